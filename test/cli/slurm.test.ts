// `magnet batch --slurm`: the script does its parts as a shell runs it, goes on where it is stopped, and together they are the batch.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildOnce, root } from '../support/built.js';
import { run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), "magnet's slurm-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const jobs = 'jobs: [{kind: map, network: pilotnet, arch: [simba, magnet], objective: [energy, latency, edp]}]\n';
const magnet = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd: folder, encoding: 'utf8' });

beforeAll(() => {
  buildOnce();
  writeFileSync(join(folder, 'jobs.yaml'), jobs);
  // What a task that is stopped calls, in place of Slurm's.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/scontrol'),
    `#!/bin/sh\necho "$@" >> '${folder.replaceAll("'", "'\\''")}/requeued'\n`,
  );
  chmodSync(join(folder, 'bin/scontrol'), 0o755);
});

const task = (n: number) => ({
  ...process.env,
  ...{ PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, SLURM_ARRAY_TASK_ID: String(n), SLURM_ARRAY_JOB_ID: '7' },
});
/** But for times. */
const lines = (file: string) =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((l) => l.replaceAll(/"seconds":[\d.e-]+/g, '"seconds":0'));

test('its tasks are the batch, stopped and begun again too', { timeout: 240_000 }, async () => {
  const written = magnet('batch', 'jobs.yaml', '--out', 'all.jsonl', '--slurm', 's.sbatch', '--shards', '3');
  expect(written.stderr).toContain('6 jobs in 3 tasks: sbatch s.sbatch; then magnet merge all.jsonl all.part*.jsonl');
  const script = readFileSync(join(folder, 's.sbatch'), 'utf8');
  for (const line of [
    '--array=1-3',
    '--time=240',
    '--mem=5120M',
    '--cpus-per-task=2',
    '--requeue',
    '--signal=B:USR1@60',
  ])
    expect(script).toContain(`#SBATCH ${line}\n`);
  // A task that is told that its time is over asks for its place in the line; one that is cancelled does not.
  const part = join(folder, 'all.part1.jsonl');
  const stoppedBy = async (signal: NodeJS.Signals): Promise<number | null> => {
    rmSync(part, { force: true });
    const stopped = spawn('bash', ['s.sbatch'], { cwd: folder, env: task(1), stdio: 'ignore' });
    while (!existsSync(part)) await new Promise((r) => setTimeout(r, 20));
    stopped.kill(signal);
    return new Promise((r) => stopped.on('exit', r));
  };
  expect(await stoppedBy('SIGTERM')).toBe(130);
  expect(existsSync(join(folder, 'requeued'))).toBe(false);
  expect(await stoppedBy('SIGUSR1')).toBe(130);
  expect(readFileSync(join(folder, 'requeued'), 'utf8')).toBe('requeue 7_1\n');
  // A lock that is left does no harm.
  writeFileSync(`${part}.lock`, 'of a node that is gone');
  for (const n of [1, 2, 3]) execFileSync('bash', ['s.sbatch'], { cwd: folder, env: task(n) });
  expect(magnet('merge', 'all.jsonl', 'all.part1.jsonl', 'all.part2.jsonl', 'all.part3.jsonl')).toMatchObject({
    status: 0,
  });
  expect(magnet('batch', 'jobs.yaml', '--out', 'here.jsonl', '-q')).toMatchObject({ status: 0 });
  expect(lines('all.jsonl')).toEqual(lines('here.jsonl'));
});

test('what no task could do is refused at once, by name', async () => {
  const asked = async (...more: readonly string[]) =>
    run(['batch', 'jobs.yaml', '--slurm', 's', ...more], { 'jobs.yaml': jobs });
  expect((await asked('--shard', '1/2')).err).toContain('drop --shard');
  expect((await asked('--out', '-')).err).toContain('name files for both');
  expect((await run(['batch', 'jobs.yaml', '--shards', '3'], { 'jobs.yaml': jobs })).err).toContain('--slurm');
  const faulty = await run(['batch', 'j.yaml', '--slurm', 's'], {
    'j.yaml': 'jobs: [{kind: map, network: pilotnt, arch: simba}]\n',
  });
  expect([faulty.code, faulty.written.size]).toEqual([3, 0]);
  expect(faulty.err).toContain('pilotnet');
});
