// The output file: whatever is left of it is read again; what is not ours is left alone; one process at a time.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan, Summary } from '../../src/batch/batch-job.js';
import { openJournal } from '../../src/batch/journal.js';
import { claimOutput, lockOf } from '../../src/batch/lock.js';
import { mergeParts } from '../../src/batch/merge.js';
import { parseShard, shardOf } from '../../src/batch/shard.js';
import { nodeDisk } from '../../src/cli/batch/node-disk.js';
import type { BatchHeader } from '../../src/results/batch-result.js';
import { outcome, plan } from '../support/batch.js';

const disk = nodeDisk();
let folder = '';
let files = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'magnet-journal-'))));
afterAll(() => rmSync(folder, { recursive: true }));
const fresh = () => join(folder, `r${files++}.jsonl`);

const plans = Array.from({ length: 7 }, (_, i) => plan(i, []));
const headerOf = (jobs: readonly Plan[] = plans, shard: BatchHeader['shard'] = null): BatchHeader => ({
  schema: 'magnet-batch/2',
  magnet: '1.0.0',
  digest: 'd',
  jobs: plans.length,
  shard,
  asked: jobs.map(({ index, key, label }) => ({ job: index, key, label })),
});
const open = (
  path: string,
  header = headerOf(),
  parts: string[] = [],
  again: (s: Summary) => boolean = () => false,
) => {
  const journal = openJournal(disk, path, header, (l) => parts.push(l.part), again);
  if (!journal.ok) throw new Error(journal.diagnostics.map((d) => d.message).join('; '));
  return journal.value;
};
const written = (path: string, order: readonly number[], header = headerOf()) => {
  const journal = open(path, header);
  for (const i of order) {
    journal.part(`part of ${i}`, { text: 'ü' });
    journal.job(plans[i]!, outcome(`résult ${i}`));
  }
  journal.complete();
  journal.close();
  return readFileSync(path, 'utf8');
};

test('complete files are in order and hold nothing but jobs, whatever the order of work', () => {
  const whole = written(fresh(), [0, 1, 2, 3, 4, 5, 6]);
  expect(written(fresh(), [6, 2, 0, 5, 1, 4, 3])).toBe(whole);
  expect(whole.trimEnd().split('\n')).toHaveLength(8);
  expect(whole).not.toContain('part of');
});

test('cut anywhere behind its header, a file is gone on with to the same end', () => {
  const whole = written(fresh(), [0, 1, 2, 3, 4, 5, 6]);
  const path = fresh();
  written(path, [3, 1, 5]);
  const bytes = readFileSync(path);
  const first = bytes.indexOf(10) + 1;
  for (let cut = first; cut <= bytes.length; cut += 13) {
    writeFileSync(path, bytes.subarray(0, cut));
    const parts: string[] = [];
    const journal = open(path, headerOf(), parts);
    expect(journal.mended).toBe(bytes[cut - 1] !== 10);
    expect(parts.length - journal.ended.size).toBeGreaterThanOrEqual(0);
    for (const p of plans) if (!journal.ended.has(p.index)) journal.job(p, outcome(`résult ${p.index}`));
    journal.complete();
    journal.close();
    expect(readFileSync(path, 'utf8')).toBe(whole);
  }
});

test('a whole file is not touched again', () => {
  const path = fresh();
  const before = written(path, [0, 1, 2, 3, 4, 5, 6]);
  const journal = open(path);
  expect(journal.ended.size).toBe(7);
  journal.complete();
  journal.close();
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('failed jobs can be asked again; the last answer counts', () => {
  const path = fresh();
  const whole = written(fresh(), [0, 1, 2, 3, 4, 5, 6]);
  const first = open(path);
  for (const p of plans)
    first.job(p, p.index === 2 ? { ...outcome(null), status: 'failed', settled: false } : outcome(`résult ${p.index}`));
  first.complete();
  first.close();
  const second = open(path, headerOf(), [], (s) => s.status === 'failed');
  expect(second.ended.has(2)).toBe(false);
  second.job(plans[2]!, outcome('résult 2'));
  second.complete();
  second.close();
  expect(readFileSync(path, 'utf8')).toBe(whole);
});

test('files of others are refused and left as they are', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['my notes\n', /expected results of "magnet batch"; name another file/],
    [
      `${JSON.stringify({ ...headerOf(), schema: 'magnet-batch/9' })}\n`,
      /magnet-batch\/9: this magnet reads magnet-batch\/2/,
    ],
    [
      `${JSON.stringify({ ...headerOf(), magnet: '0.9.0' })}\n`,
      /belongs to another batch: it was begun by magnet 0\.9\.0, this is 1\.0\.0/,
    ],
    [
      `${JSON.stringify({ ...headerOf(), digest: 'e' })}\n`,
      /its jobs, or files that they name, are not those of this job file/,
    ],
    [`${JSON.stringify({ ...headerOf(), shard: { number: 1, of: 2 } })}\n`, /it is shard 1\/2, not the whole/],
    [`${JSON.stringify(headerOf())}\nnoise\n`, /line 2 is damaged/],
  ];
  for (const [text, expected] of cases) {
    const path = fresh();
    writeFileSync(path, text);
    expect(() => open(path)).toThrow(expected);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});

test('one process at a time; locks of the dead are taken over', () => {
  const path = fresh();
  const first = claimOutput(disk, path);
  if (!first.ok) throw new Error('refused');
  first.value();
  expect(existsSync(lockOf(path))).toBe(false);

  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const lockText = (pid: number, host = hostname(), begun = disk.running(pid) ?? '') =>
    `${JSON.stringify({ pid, host, begun })}\n`;
  const refusal = (text: string) => {
    writeFileSync(lockOf(path), text);
    const claimed = claimOutput(disk, path);
    if (claimed.ok) claimed.value();
    return claimed.ok ? '' : claimed.diagnostics[0]!.message;
  };
  expect(refusal(lockText(child.pid!))).toContain(`is being written by process ${child.pid} on this machine`);
  // A later process with the number of the one that held it.
  expect(refusal(lockText(child.pid!, hostname(), 'started 1'))).toBe('');
  expect(refusal(lockText(process.pid))).toBe('');
  expect(refusal(lockText(1, 'elsewhere'))).toContain(
    `process 1 on elsewhere; if that has ended, delete ${lockOf(path)}`,
  );
  expect(refusal('what is this')).toContain('is not a lock file of magnet');
  child.kill('SIGKILL');
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  expect(refusal(lockText(dead, hostname(), 'started 5'))).toBe('');
  expect(existsSync(lockOf(path))).toBe(false);
});

const dealt = (number: number, of: number) => shardOf(plans, { number, of });

test('shards hold every job once, and are of one size', () => {
  for (const of of [1, 2, 3, 7, 9]) {
    const shards = Array.from({ length: of }, (_, i) => dealt(i + 1, of));
    expect(
      shards
        .flat()
        .map((p) => p.index)
        .sort(),
    ).toEqual(plans.map((p) => p.index));
    const sizes = shards.map((s) => s.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
  for (const text of ['0/3', '4/3', '1', 'a/b', '1/0', '-1/2']) expect(parseShard(text).ok).toBe(false);
  expect(parseShard('2/3')).toEqual({ ok: true, value: { number: 2, of: 3 } });
});

test('parts merged are the whole; otherwise it is said what is in the way, and nothing is written', () => {
  const whole = written(fresh(), [0, 1, 2, 3, 4, 5, 6]);
  const parts = [1, 2, 3].map((number) => {
    const [path, mine] = [fresh(), dealt(number, 3)];
    written(
      path,
      mine.map((p) => p.index),
      headerOf(mine, { number, of: 3 }),
    );
    return path;
  });
  const [out, [a, b, c]] = [fresh(), parts as [string, string, string]];
  const why = (...given: string[]) => {
    const merged = mergeParts(disk, out, given);
    expect(existsSync(out)).toBe(merged.ok);
    return merged.ok ? '' : merged.diagnostics.map((d) => d.message).join('\n');
  };
  expect(why(a, c)).toBe(`${dealt(2, 3).length} of 7 jobs are in no part that was given: shard 2/3 is missing`);
  expect(why(a, b, c, a)).toContain(`is in ${a} and in ${a}; give each part once`);
  expect(why(a, 'nowhere.jsonl')).toContain('cannot read nowhere.jsonl');
  const half = fresh();
  written(half, [dealt(2, 3)[0]!.index], headerOf(dealt(2, 3), { number: 2, of: 3 }));
  expect(why(a, half, c)).toContain(
    `${half} is not complete: ${dealt(2, 3)
      .slice(1)
      .map((p) => `job ${p.index} (job ${p.index})`)
      .join(', ')}`,
  );
  const other = fresh();
  written(other, [1], { ...headerOf(dealt(2, 3), { number: 2, of: 3 }), digest: 'x' });
  expect(why(a, other, c)).toContain('are not parts of one batch');
  expect(why(c, b, a)).toBe('');
  expect(readFileSync(out, 'utf8')).toBe(whole);
});
