// Batches as real processes: killed at random moments and gone on with, two on one file, workers that are ended with them.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { timeless } from '../support/batch.js';
import { casesOf, inLong } from '../support/cases.js';
import { tinyArch, tinyLayers } from './run.js';

const root = new URL('../../', import.meta.url).pathname;
const bin = join(root, 'dist/cli/main.js');
let folder = '';
const maxKills = casesOf('kills');

/** 30 jobs of two layers each, some of which they share. */
const jobs = `
jobs:
  - kind: map
    network: net.yaml
    arch: tiny.yaml
    objective: [layer-edp, energy, latency]
    padding: [true, false]
    gap: [0.001, 0.0001]
    seed: [1, 2]
  - kind: map
    network: net.yaml
    arch: tiny.yaml
    layer: [fc, conv, [conv, fc]]
    objective: ed2p
    seed: [1, 2]
`;

beforeAll(() => {
  if (!existsSync(bin)) execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root });
  folder = mkdtempSync(join(tmpdir(), 'magnet-kills-'));
  for (const [name, text] of Object.entries({ 'jobs.yaml': jobs, 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers }))
    writeFileSync(join(folder, name), text);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** `watch` sees the process and what it has said so far on standard error. */
const magnet = (argv: readonly string[], watch: (child: ReturnType<typeof spawn>, err: string) => void = () => {}) =>
  new Promise<{ readonly code: number | null; readonly err: string }>((resolve) => {
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    watch(child, err);
    child.stderr.on('data', (chunk) => watch(child, (err += chunk)));
    child.on('close', (code) => resolve({ code, err }));
  });
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const finished = (name: string) =>
  existsSync(join(folder, name)) ? (textOf(name).match(/^\{"job".*\}$/gm) ?? []).length : 0;

test('killed again and again at random moments, a batch loses nothing that was finished and ends as if undisturbed', async () => {
  const undisturbed = await magnet(['batch', 'jobs.yaml', '--out', 'whole.jsonl', '--workers', '2']);
  expect(undisturbed).toMatchObject({ code: 0 });
  expect(finished('whole.jsonl')).toBe(30);

  const { next: random } = seeded(7);
  let [kills, runs] = [0, 0];
  for (let before = 0; kills < maxKills && runs < 40; runs++) {
    // Some are killed by the clock, at the beginning and between; others just as a job ends.
    const after = 2 + Math.floor(random() * 5);
    const { code, err } = await magnet(
      ['batch', 'jobs.yaml', '--out', 'killed.jsonl', '--workers', '2'],
      (child, said) => {
        if (runs % 3 === 2 && said === '') setTimeout(() => child.kill('SIGKILL'), 100 + random() * 500);
        if ((said.match(/^\[/gm) ?? []).length >= after) child.kill('SIGKILL');
      },
    );
    if (code === 0) break;
    expect(err).not.toContain('is being written by');
    kills++;
    expect(finished('killed.jsonl')).toBeGreaterThanOrEqual(before);
    before = finished('killed.jsonl');
  }
  expect(kills).toBeGreaterThanOrEqual(maxKills - 2);
  const last = await magnet(['batch', 'jobs.yaml', '--out', 'killed.jsonl', '--workers', '2']);
  expect(last.code).toBe(0);
  expect(timeless(textOf('killed.jsonl'))).toBe(timeless(textOf('whole.jsonl')));
  expect(existsSync(join(folder, 'killed.jsonl.lock'))).toBe(false);
}, 180_000);

test('two processes on one file: the second is refused; when the first is killed, the next takes over', async () => {
  writeFileSync(
    join(folder, 'slow.yaml'),
    'jobs: [{ kind: map, network: pilotnet, layer: conv2, arch: simba, solver: random, timeLimit: 3s }]',
  );
  const argv = ['batch', 'slow.yaml', '--out', 'two.jsonl'];
  const locked = async (): Promise<void> => {
    while (!existsSync(join(folder, 'two.jsonl.lock'))) await new Promise((resume) => setTimeout(resume, 50));
  };
  let running: ReturnType<typeof spawn> | undefined;
  const first = magnet(argv, (child) => (running = child));
  await locked();
  const second = await magnet(argv);
  expect(second).toMatchObject({
    code: 3,
    err: `error: two.jsonl is being written by process ${running!.pid} on this machine; wait for it, or give this one another --out\n`,
  });
  running!.kill('SIGKILL');
  await first;
  expect(existsSync(join(folder, 'two.jsonl.lock'))).toBe(true);
  expect((await magnet(argv)).code).toBe(2);
  expect(finished('two.jsonl')).toBe(1);
  expect(existsSync(join(folder, 'two.jsonl.lock'))).toBe(false);
}, 60_000);

test('workers without room for their job: it is reported as failed, the batch comes to its end, and --retry does it', async () => {
  writeFileSync(
    join(folder, 'one.yaml'),
    'jobs: [{ kind: map, network: net.yaml, arch: tiny.yaml, objective: [layer-edp, energy] }]',
  );
  const starved = await magnet(['batch', 'one.yaml', '--out', 'one.jsonl', '--memory', '3']);
  expect(starved.code).toBe(2);
  // Two workers have a layer each: either may be the first to be lost twice.
  expect(starved.err).toMatch(/^tiny-net on tiny, layer-edp failed (conv|fc): twice: worker ended: .*memory/m);
  expect(textOf('one.jsonl').match(/"status":"failed"/g)).toHaveLength(2);
  expect((await magnet(['batch', 'one.yaml', '--out', 'one.jsonl'])).code).toBe(2);
  expect((await magnet(['batch', 'one.yaml', '--out', 'one.jsonl', '--retry'])).code).toBe(0);
  expect(textOf('one.jsonl')).not.toContain('failed');
  expect(finished('one.jsonl')).toBe(2);
}, 60_000);

/** A run of a comparison as it stands in a result, and as the answer of a part. */
interface RunLine {
  readonly strategy: string;
  readonly seed: number;
  readonly seconds: number;
}

test('a comparison that is killed has every run once in the end, and those that had ended are not made again', async () => {
  writeFileSync(
    join(folder, 'compare.yaml'),
    "jobs: [{ kind: compare, network: net.yaml, arch: tiny.yaml, strategies: 'annealing, random', time: 0.3, repeat: 4 }]",
  );
  const linesOf = () =>
    existsSync(join(folder, 'compare.jsonl'))
      ? textOf('compare.jsonl')
          .split('\n')
          .slice(0, -1)
          .map(
            (l) =>
              JSON.parse(l) as {
                readonly answer?: RunLine;
                readonly result?: {
                  readonly contests: readonly { readonly referee: RunLine; readonly runs: readonly RunLine[] }[];
                };
              },
          )
      : [];
  const keptNow = () => linesOf().flatMap(({ answer }) => (answer ? [answer] : []));
  for (let kills = 0; kills < inLong(3, 1); kills++) {
    const before = keptNow().length;
    await magnet(['batch', 'compare.yaml', '--out', 'compare.jsonl', '--workers', '2'], (child, said) => {
      if (said !== '') return;
      const watch = setInterval(() => keptNow().length >= before + 3 && child.kill('SIGKILL'), 20);
      child.on('close', () => clearInterval(watch));
    });
    expect(keptNow().length).toBeGreaterThanOrEqual(before + 3);
  }
  const kept = keptNow();
  expect((await magnet(['batch', 'compare.yaml', '--out', 'compare.jsonl', '--workers', '2'])).code).toBe(0);
  const contests = linesOf()[1]!.result!.contests;
  for (const { runs } of contests)
    expect(runs.map((r) => `${r.strategy} ${r.seed}`).sort()).toEqual(
      [1, 2, 3, 4].flatMap((seed) => [`annealing ${seed}`, `random ${seed}`]).sort(),
    );
  // Wall times are those of no other run.
  const all = contests.flatMap(({ referee, runs }) => [referee, ...runs]).map((r) => r.seconds);
  expect(new Set(all).size).toBe(2 * (2 * 4 + 1));
  for (const { seconds } of kept) expect(all).toContain(seconds);
}, 60_000);

test.each(inLong(['SIGINT', 'SIGTERM', 'SIGHUP'] as const, ['SIGINT', 'SIGTERM'] as const))(
  '%s ends it at once, gives the lock back, and the same command goes on',
  async (signal) => {
    const name = `${signal}.jsonl`;
    let asked = false;
    const { code, err } = await magnet(['batch', 'jobs.yaml', '--out', name, '--workers', '2'], (child, said) => {
      if (asked || !said.includes('[ 3/30]')) return;
      asked = true;
      child.kill(signal);
      // As managers do that mean it.
      if (signal !== 'SIGINT') child.kill('SIGTERM');
    });
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted: \d+ of 30 jobs are finished; the same command goes on with the rest\n$/);
    expect(existsSync(join(folder, `${name}.lock`))).toBe(false);
    expect((await magnet(['batch', 'jobs.yaml', '--out', name, '--workers', '2'])).code).toBe(0);
    expect(timeless(textOf(name))).toBe(timeless(textOf('whole.jsonl')));
  },
  60_000,
);
