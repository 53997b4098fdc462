// Comparisons and certificates in batches: what the verbs write, what is asked once, what counts as settled.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planBatch } from '../../src/cli/batch/plan.js';
import type { Io } from '../../src/cli/io.js';
import type { CompareResult } from '../../src/results/compare-result.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { timeless } from '../support/batch.js';
import { parseProveResult } from '../../src/results/prove-result.js';
import { run, tinyArch, tinyLayers } from './run.js';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'magnet-kinds-'))));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const files = { 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
interface Line {
  readonly status: string;
  readonly settled: boolean;
  readonly reason: string;
  readonly bound: number | null;
  readonly result: unknown;
}
/** Exit code, and the lines of the jobs. */
async function ask(
  name: string,
  jobs: string,
): Promise<{ readonly code: number; readonly err: string; readonly lines: readonly Line[] }> {
  const { code, err } = await run(['batch', 'jobs.yaml', '--out', at(name), '-q'], {
    ...files,
    'jobs.yaml': `jobs: [${jobs}]`,
  });
  const lines =
    code === 3
      ? []
      : readFileSync(at(name), 'utf8')
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((l) => JSON.parse(l) as Line);
  return { code, err, lines };
}
async function planned(jobs: string) {
  const io = {
    version: '1.2.3',
    read: (path: string) =>
      new TextEncoder().encode(path === 'jobs.yaml' ? `jobs: [${jobs}]` : files[path as keyof typeof files]),
    obstacle: () => undefined,
    err: () => {},
    now: () => 0,
  } as unknown as Io;
  const made = await planBatch(io, 'jobs.yaml', { run: () => Promise.reject(new Error('nothing is run')), width: 1 });
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('\n'));
  return made.value.plans;
}

const compared =
  "kind: compare, network: net.yaml, arch: tiny.yaml, time: 0.2, repeat: 2, strategies: 'highs, annealing'";

test('a comparison: the runs of the verb, held against the same bounds, and a report that reads them', async () => {
  const { code, lines } = await ask('compare.jsonl', `{ ${compared} }`);
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ status: 'optimal', settled: true, reason: '' }]);
  const result = lines[0]!.result as CompareResult;
  const alone = JSON.parse(
    (
      await run(
        'compare net.yaml --arch tiny.yaml --time 0.2s --repeat 2 --strategies highs,annealing --json -'.split(' '),
        files,
      )
    ).out,
  ) as CompareResult;
  const question = ({ contests: _, sum: __, ...rest }: CompareResult) => rest;
  expect(question(result)).toEqual(question(alone));
  const played = (r: CompareResult) =>
    r.contests.map((c) => ({
      name: c.name,
      count: c.count,
      proved: c.proved,
      runs: c.runs.map(({ strategy, seed }) => ({ strategy, seed })),
    }));
  // What a run finds in its time is the machine's business; the bound is not.
  expect(played(result)).toEqual(played(alone));
  // Whoever proved it: the referee, or one of the runs, which prove within the gap.
  for (const [i, { bound, runs }] of [...result.contests, ...alone.contests].entries()) {
    const min = Math.min(...runs.map((r) => r.objective ?? Infinity));
    expect(bound, `contest ${i}`).toBeGreaterThanOrEqual(min * (1 - result.gap));
    expect(bound, `contest ${i}`).toBeLessThanOrEqual(min);
  }
  expect(lines[0]!.bound).toBe(result.sum!.bound);
  // Asked first and always: whether the others prove the optimum is not known when the questions are made.
  expect(result.contests.map((c) => c.referee?.status)).toEqual(['optimal', 'optimal']);
  const report = await run(['report', 'c.jsonl', '--markdown', '-'], {
    'c.jsonl': readFileSync(at('compare.jsonl'), 'utf8'),
  });
  expect(report.code).toBe(0);
  expect(report.out).toContain('compare: tiny-net on tiny');
}, 60_000);

test('a comparison is settled where every layer has a proven optimum, or one fits nowhere', async () => {
  const { code, lines } = await ask(
    'settled.jsonl',
    `
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: random, time: 0.1, repeat: 1, proofTime: 1.0e-6 },
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: random, time: 0.1, repeat: 1, limit: energy=1pJ }`,
  );
  expect(code).toBe(2);
  expect(lines[0]).toMatchObject({ settled: false });
  expect(lines[0]!.reason).toMatch(/^conv: nobody proved the optimum; and 1 more$/);
  expect(lines[1]).toMatchObject({
    status: 'infeasible',
    settled: true,
    reason: expect.stringMatching(
      /^conv: the limit on energy is 1 pJ, and no mapping goes below \d+; the best mapping has \d+$/,
    ) as unknown,
  });
  expect((lines[1]!.result as CompareResult).contests.every((c) => c.infeasible)).toBe(true);
}, 60_000);

test('searches over machines are compared as well', async () => {
  const { code, lines } = await ask(
    'machines.jsonl',
    "{ kind: compare, network: net.yaml, space: magnet-quick, strategies: 'random, " +
      "annealing', time: 1, repeat: 1, gap: 0.5, proofTime: 30 }",
  );
  expect(code).toBe(0);
  expect(lines[0]!.result).toMatchObject({
    subject: 'machines',
    space: 'magnet-quick',
    strategies: ['random', 'annealing'],
  });
}, 120_000);

test('a run that several comparisons ask for is one question; another time, seed, gap or objective makes another', async () => {
  const plans = await planned(`
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: ['highs, random', 'annealing, random'], repeat: 3 },
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: 'highs, random', repeat: 3, seed: 2 },
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: 'highs, random', repeat: 3, time: 11 },
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: 'highs, random', repeat: 3, gap: 0.01 },
    { kind: compare, network: net.yaml, arch: tiny.yaml, strategies: 'highs, random', repeat: 3, objective: energy }`);
  const [base, ...others] = plans.map((p) => new Set(p.parts));
  // Of two layers: three rounds of two, and the proof.
  expect(base!.size).toBe(2 * (2 * 3 + 1));
  expect(others.map((o) => [...o].filter((key) => base!.has(key)).length)).toEqual([2 * (3 + 1), 14, 2, 0, 0]);
  expect(new Set(plans.map((p) => p.key)).size).toBe(6);
});

test('what is wrong with a comparison is said with its line', async () => {
  const said = async (fields: string) =>
    (await ask('wrong.jsonl', `{ kind: compare, network: net.yaml, ${fields} }`)).err;
  expect(await said('arch: tiny.yaml, strategies: highss')).toContain(
    'line 1: strategies: unknown strategy: highss. Did you mean highs?',
  );
  expect(await said("arch: tiny.yaml, strategies: 'highs, highs'")).toContain('highs is named twice; keep one');
  expect(await said("arch: tiny.yaml, strategies: 'highs,'")).toContain(
    "expected strategies separated by commas, such as 'a, b'",
  );
  expect(await said('arch: tiny.yaml, strategies: enumerate')).toContain('enumerate cannot take part');
  expect(await said('repeat: 2')).toContain('arch or space is missing');
  expect(await said('arch: tiny.yaml, gap: 2')).toContain('expected a share');
});

const mapped = 'kind: map, network: net.yaml, arch: tiny.yaml';

test('certified mappings: what the verb writes but for times', async () => {
  const { code, lines } = await ask('certified.jsonl', `{ ${mapped}, certify: true }`);
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ status: 'optimal', settled: true }]);
  const alone = await run('map net.yaml --arch tiny.yaml --certify --json -'.split(' '), files);
  expect(JSON.parse(timeless(JSON.stringify(lines[0]!.result)))).toEqual(JSON.parse(timeless(alone.out)));
  expect(lines[0]!.result).toMatchObject({
    layers: [{ certificate: { status: 'certified' } }, { certificate: { status: 'certified' } }],
  });
}, 120_000);

test('an optimum whose certificate was asked for and is open is not settled', async () => {
  const { code, lines } = await ask('open.jsonl', `{ ${mapped}, certify: true, certifyTime: 1.0e-9 }`);
  expect(code).toBe(2);
  expect(lines[0]).toMatchObject({ status: 'optimal', settled: false });
  expect(lines[0]!.reason).toMatch(/^conv: not certified: ./);
}, 60_000);

test('certificates make other questions; how they are made says nothing where there are none', async () => {
  const plans = await planned(
    `{ ${mapped}, certify: [false, true], certifyEps: [0.001, 0.01], certifyTime: [60, 30] }`,
  );
  expect(plans.map((p) => p.label)).toEqual([
    'tiny-net on tiny, certifyEps 0.001, certifyTime 60',
    'tiny-net on tiny, certify, certifyEps 0.001, certifyTime 60',
    'tiny-net on tiny, certify, certifyEps 0.001, certifyTime 30',
    'tiny-net on tiny, certify, certifyEps 0.01, certifyTime 60',
    'tiny-net on tiny, certify, certifyEps 0.01, certifyTime 30',
  ]);
  expect(new Set(plans.flatMap((p) => p.parts)).size).toBe(5 * 2);
});

test('co-designs have schedules as the verb has them, or none where they shall not', { timeout: 240_000 }, async () => {
  const few = { 'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n' };
  const jobs = ['', ', residency: false'].map((more) => `{kind: codesign, network: lenet, space: few.yaml${more}}`);
  const ran = await run(['batch', 'jobs.yaml', '--out', at('schedules'), '-q'], {
    ...few,
    'jobs.yaml': `jobs: [${jobs.join()}]`,
  });
  expect(ran.code).toBe(0);
  const lines = readFileSync(at('schedules'), 'utf8').trimEnd().split('\n').slice(1);
  const results = lines.flatMap((line) => {
    const { result } = JSON.parse(line) as { readonly result: unknown };
    const read = parseCodesignResult(result);
    return read.ok ? [read.value] : [];
  });
  const alone = await run(['codesign', 'lenet', '--space', 'few.yaml', '-q', '--json', '-'], few);
  const verb = parseCodesignResult(JSON.parse(alone.out));
  if (!verb.ok) throw new Error('no answer');
  const { objective, point, schedules, networks } = verb.value;
  const kept = (all: typeof schedules) => all?.map(({ keep }) => keep);
  const [first] = results.filter((r) => r.schedules !== undefined);
  expect([first?.objective, first?.point, kept(first?.schedules), first?.networks]).toEqual([
    objective,
    point,
    kept(schedules),
    networks,
  ]);
  expect(results.map((r) => r.schedules === undefined).sort()).toEqual([false, true]);
});

test('proofs have schedules as the verb has them, or none where they shall not', { timeout: 240_000 }, async () => {
  const few = { 'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n' };
  const asked = 'network: lenet, space: few.yaml, limit: energy=4.6uJ';
  const jobs = ['', ', residency: false'].map((more) => `{kind: prove, ${asked}${more}}`);
  const ran = await run(['batch', 'jobs.yaml', '--out', at('proofs'), '-q'], {
    ...few,
    'jobs.yaml': `jobs: [${jobs.join()}]`,
  });
  expect(ran.code).toBe(0);
  const lines = readFileSync(at('proofs'), 'utf8').trimEnd().split('\n').slice(1);
  const results = lines.flatMap((line) => {
    const { result } = JSON.parse(line) as { readonly result: unknown };
    const read = parseProveResult(result);
    return read.ok ? [read.value] : [];
  });
  expect(results.map((r) => [r.status, r.residency]).sort()).toEqual([
    ['feasible', true],
    ['infeasible', undefined],
  ]);
  const line = ['prove', 'lenet', '--space', 'few.yaml', '--limit', 'energy=4.6uJ', '-q', '--json', '-'];
  const verb = parseProveResult(JSON.parse((await run(line, few)).out));
  if (!verb.ok) throw new Error('no answer');
  const own = results.find((r) => r.residency);
  expect([own?.schedule?.keep, own?.witness]).toEqual([verb.value.schedule?.keep, verb.value.witness]);
});
