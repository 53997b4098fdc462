// The script of `magnet batch --slurm` under Slurm itself, as it is: tasks that are stopped go on, cancelled ones do not come back, and
// together they are the batch.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeless } from '../support/batch.js';
import { buildOnce, root } from '../support/built.js';
import { OwnSlurm, hasSlurm } from '../support/slurm.js';

const folder = mkdtempSync(join(tmpdir(), "magnet's array-"));
const magnet = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd: folder, encoding: 'utf8' });
const text = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
let slurm: OwnSlurm;

beforeAll(async () => {
  if (!hasSlurm) return;
  buildOnce();
  slurm = await OwnSlurm.begin();
}, 240_000);
afterAll(async () => {
  await slurm?.end();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe.runIf(hasSlurm)('an array job', () => {
  test('is the batch, whatever its tasks were stopped by', { timeout: 240_000 }, async () => {
    // The first of each task takes a second or more: time to stop it.
    writeFileSync(
      join(folder, 'jobs.yaml'),
      'jobs: [{ kind: map, network: pilotnet, arch: [simba, magnet], objective: [energy, latency, layer-edp] }]\n',
    );
    const written = magnet(
      ...['batch', 'jobs.yaml', '--out', 'all.jsonl', '--slurm', 's.sbatch', '--shards', '3'],
      ...['--workers', '1', '--memory', '500MB'],
    );
    expect(written.stderr).toContain('6 jobs in 3 tasks: sbatch s.sbatch');
    const submit = (...more: readonly string[]) => slurm.ask('sbatch', ['--parsable', ...more, 's.sbatch'], folder);
    const begun = (n: number) => expect.poll(() => text(`all.part${n}.jsonl`), { timeout: 60_000 }).not.toBe('');
    const reached = (task: string, state: string, restarts: number) =>
      expect.poll(() => slurm.stateOf(task), { timeout: 120_000, interval: 500 }).toEqual({ state, restarts });
    /** Slurm lets what is put into the line again wait for two minutes. */
    const now = (task: string) => slurm.ask('scontrol', ['update', `jobid=${task}`, 'StartTime=now']);

    const array = submit();
    const [first, second, third] = [1, 2, 3].map((n) => `${array}_${n}`) as [string, string, string];
    await begun(1);
    // As Slurm does a minute before its time is over.
    slurm.ask('scancel', ['--signal=USR1', '--batch', first]);
    await reached(first, 'PENDING', 1);
    await begun(2);
    // As for a node that is needed for something else: its processes are killed.
    slurm.ask('scontrol', ['requeue', second]);
    await reached(second, 'PENDING', 1);
    await begun(3);
    slurm.ask('scancel', [third]);
    await reached(third, 'CANCELLED', 0);
    for (const task of [first, second]) now(task);
    await reached(first, 'COMPLETED', 1);
    await reached(second, 'COMPLETED', 1);
    // Of the one that was cancelled nothing is done until somebody asks.
    expect(slurm.stateOf(third)).toEqual({ state: 'CANCELLED', restarts: 0 });
    expect(magnet('merge', 'all.jsonl', 'all.part1.jsonl', 'all.part2.jsonl', 'all.part3.jsonl').status).not.toBe(0);

    const again = submit('--array=3');
    await reached(`${again}_3`, 'COMPLETED', 0);
    const parts = [1, 2, 3].map((n) => `all.part${n}.jsonl`);
    expect(magnet('merge', 'all.jsonl', ...parts)).toMatchObject({ status: 0, stderr: '' });
    expect(magnet('batch', 'jobs.yaml', '--out', 'here.jsonl', '--quiet')).toMatchObject({ status: 0 });
    expect(timeless(text('all.jsonl'))).toBe(timeless(text('here.jsonl')));
    expect([1, 2, 3].map((n) => text(`all.part${n}.log`)).join('')).not.toContain('error: cannot');
  });
});
