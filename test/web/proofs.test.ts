// Proofs in a real browser: Z3 with its threads, certificates, strategies held against each other, and the command line's answers.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, give, handed, Site, solve } from '../support/site.js';

const executablePath = chromiumPath('proofs on pages of "magnet web"');

describe.skipIf(executablePath === undefined)('the page proves', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  /** How long it took is all that differs. */
  const timeless = (text: string): unknown =>
    JSON.parse(text, (key, value: unknown) => (key === 'seconds' ? 0 : value)) as unknown;

  test('by Z3 that limits exclude each other, and how far each must move, as the command line does', async () => {
    const { page, said, asked } = await site.page();
    const limits = 'area=0.45mm2, latency=9us';
    const of = { verb: 'prove', over: 'space', space: 'magnet-small', network: 'lenet', residency: 'none' };
    await askFor(page, { ...of, limits });
    await solve(page, 0, 100_000);
    expect(await page.textContent('#parts')).toBe('Z3 is there (34.9 MB)');
    const [area, latency] = limits.split(', ');
    const line = ['prove', 'lenet', '--space', 'magnet-small', '--no-residency', '--limit', area!, '--limit', latency!];
    const { written } = await run([...line, '--json', 'p.json', '--smt2', 'p.smt2', '-q'], {}, { version });
    const result = await handed(page, 'result');
    expect(timeless(result)).toEqual(timeless(written.get('p.json')!));
    const core = (JSON.parse(result) as { core: readonly { text: string }[] }).core;
    expect(core.map((r) => r.text).sort()).toEqual([area, latency]);
    const shown = await page.textContent('#section');
    expect(shown).toMatch(/infeasible/);
    for (const limit of [area, latency]) expect(shown).toContain(limit);
    // Behind the line that says who made it.
    expect(await handed(page, 'script')).toBe(written.get('p.smt2')!.replace(/^.*\n/, ''));
    expect(said).toEqual([]);
    expect(site.beyond(asked)).toEqual([]);
  }, 150_000);

  test('mappings within limits, as a design', async () => {
    const { page, said } = await site.page();
    await askFor(page, { verb: 'prove', network: 'lenet', limits: 'latency=20us' });
    await solve(page, 0, 100_000);
    const design = await handed(page, 'design');
    const line = ['prove', 'lenet', '--arch', 'simba', '--limit', 'latency=20us', '--design', 'd.json', '-q'];
    const { written } = await run(line, {}, { version });
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(said).toEqual([]);
  }, 150_000);

  test("a co-design, the command line's own, with a certificate, which holds, and does not where its claim is raised", async () => {
    const { page, said } = await site.page();
    await askFor(page, { verb: 'codesign', network: 'lenet', space: 'magnet-small', certify: true });
    await solve(page, 0, 100_000);
    // As the command line finds it, byte for byte, but for who ran it and how long that took.
    const line = ['codesign', 'lenet', '--space', 'magnet-small', '--no-residency', '--design', 'd.json', '-q'];
    const { written } = await run(line, {}, { version });
    const same = (text: string) => text.replace(engine, '').replace(/"seconds": [\d.e-]+/g, '');
    expect(same(await handed(page, 'design'))).toBe(same(written.get('d.json')!));
    const certificate = await handed(page, 'certificate');
    await give(page, { 'own.json': certificate });
    expect(await page.textContent('#section h2')).toBe('Certificate holds');
    const { out } = await run(['check', 'own.json'], { 'own.json': certificate }, { version });
    expect(await page.textContent('#section pre')).toBe(out.trimEnd());
    const { claim, ...rest } = JSON.parse(certificate) as { claim: { bound: number } };
    await give(page, { 'raised.json': JSON.stringify({ ...rest, claim: { bound: claim.bound * 1.01 } }) });
    expect(await page.textContent('#section h2')).toBe('Certificate does not hold');
    expect(said).toEqual([]);
  }, 150_000);

  test('what strategies come to, against a bound', async () => {
    const { page, said } = await site.page();
    const strategies = { strategies: 'enumerate, random', timeLimit: '500ms', repeat: '1' };
    await askFor(page, { verb: 'compare', network: 'lenet', ...strategies });
    await solve(page, 0, 100_000);
    const result = JSON.parse(await handed(page, 'result')) as {
      objective: string;
      contests: readonly { bound: number; proved: boolean; runs: readonly { strategy: string; objective: number }[] }[];
    };
    expect(result.objective).toBe('layer-edp');
    for (const { bound, proved, runs } of result.contests) {
      expect(proved).toBe(true);
      expect(runs.map((r) => r.strategy).sort()).toEqual(['enumerate', 'random']);
      for (const { objective } of runs) expect(objective).toBeGreaterThanOrEqual(bound);
    }
    expect(await page.textContent('#section')).toMatch(/optimum proved/);
    expect(said).toEqual([]);
  }, 150_000);
});
