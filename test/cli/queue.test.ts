// `--queue` and `magnet worker` as processes: the results are those of threads.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arch, small, smallJobs } from '../../benchmarks/batch/jobs.js';
import { jobsIn } from '../../benchmarks/batch/process.js';
import { storm } from '../../benchmarks/queue/storm.js';
import { timeless } from '../support/batch.js';
import { seedFrom } from '../support/cases.js';
import { OwnRedis, freePort, hasRedis } from '../support/redis.js';
import { tinyArch, tinyLayers } from './run.js';

const bin = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const jobs = `
jobs:
  - { kind: map, network: net.yaml, arch: tiny.yaml, objective: [layer-edp, energy, latency], seed: [1, 2] }
  - { kind: prove, network: net.yaml, arch: tiny.yaml, limit: [[latency=1], [latency=1000000000]] }
`;
let folder = '';
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'magnet-queue-'));
  for (const [name, text] of Object.entries({ 'jobs.yaml': jobs, 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers }))
    writeFileSync(join(folder, name), text);
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `begun` is called with the process. */
const magnet = (argv: readonly string[], begun: (child: ChildProcess) => void = () => {}): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder });
    children.push(child);
    begun(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    child.on('close', (code) => resolve({ code, out, err }));
  });

const results = (name: string) => timeless(readFileSync(join(folder, name), 'utf8'));

describe.runIf(hasRedis)('over a queue', () => {
  test('a batch and a co-design answer as they do by themselves, and say nothing of the password', async () => {
    const redis = await OwnRedis.begin('--requirepass', 'pass-word');
    try {
      const url = `redis://:pass-word@127.0.0.1:${redis.port}`;
      let ask = () => {};
      const worker = magnet(
        ['worker', '--queue', url, '--workers', '2'],
        (child) => (ask = () => void child.kill('SIGTERM')),
      );
      const alone = await magnet(['batch', 'jobs.yaml', '--out', 'alone.jsonl', '--workers', '2']);
      const queued = await magnet(['batch', 'jobs.yaml', '--out', 'queued.jsonl', '--queue', url]);
      expect([alone.code, queued.code]).toEqual([0, 0]);
      expect(results('queued.jsonl')).toBe(results('alone.jsonl'));

      const asked = ['codesign', 'net.yaml', '--space', 'magnet-quick', '--gap', '10%'];
      const more = ['--workers', '2', '--json', '-', '--quiet'];
      const [here, there] = [await magnet([...asked, ...more]), await magnet([...asked, ...more, '--queue', url])];
      const figures = (text: string) => {
        const { status, objective, bound, nodes } = JSON.parse(text) as Record<string, unknown>;
        return { status, objective, bound, nodes };
      };
      expect(here.code).toBe(0);
      expect(figures(there.out)).toEqual(figures(here.out));
      for (const { out, err } of [queued, there]) expect(out + err).not.toContain('pass-word');
      expect(results('queued.jsonl') + there.out).not.toContain('pass-word');
      ask();
      const ended = await worker;
      expect(ended.code).toBe(130);
      expect(ended.err).toContain(`working for redis://127.0.0.1:${redis.port}, 2 tasks at a time`);
      expect(ended.err).toMatch(/[1-9]\d* tasks done in/);
    } finally {
      await redis.end();
    }
  }, 240_000);

  test('workers, the Redis and the coordinator are killed, and the file is that of an undisturbed run', async () => {
    const many = { 'many.yaml': smallJobs(60), 'arch.yaml': arch, 'small.yaml': small('small', 2) };
    for (const [name, text] of Object.entries(many))
      writeFileSync(join(folder, name), text.replace('tiny.yaml', 'arch.yaml'));
    const argv = ['batch', 'many.yaml', '--out'];
    const { code } = await magnet([...argv, 'whole.jsonl']);
    const survived = await storm(folder, [...argv, 'stormy.jsonl'], () => jobsIn(join(folder, 'stormy.jsonl')) / 60, {
      workers: 2,
      killEvery: 3000,
      redisAt: [0.3],
      coordinatorAt: [0.6],
      seed: seedFrom(1),
    });
    expect({ ...survived, whole: code }).toMatchObject({ code: 0, whole: 0, redis: 1, coordinators: 1 });
    expect(survived.workers).toBeGreaterThan(0);
    expect(results('stormy.jsonl')).toBe(results('whole.jsonl'));
  }, 240_000);

  test('where nobody listens it says so, and nothing is begun', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    for (const argv of [['worker'], ['batch', 'jobs.yaml', '--out', 'never.jsonl'], ['compare', 'pilotnet']]) {
      const { code, err } = await magnet([...argv, '--queue', url]);
      expect([code, err]).toEqual([
        3,
        `error: nobody listens at ${url}; start redis-server there, or give another --queue\n`,
      ]);
    }
    expect(() => results('never.jsonl')).toThrow('ENOENT');
  });
});
