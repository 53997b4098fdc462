// Disks that are full while something is written: it says so, what was finished is there, no draft is left, and with space the same
// command goes on to what an undisturbed run gives. A limit on the size of files does it anywhere; a small disk of its own where the
// system lets a user mount one.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arch, small, smallJobs } from '../../benchmarks/batch/jobs.js';
import { jobsIn, timeless } from '../../benchmarks/batch/process.js';
import { buildOnce, root } from '../support/built.js';
import { OwnRedis, hasRedis } from '../support/redis.js';

const folder = mkdtempSync(join(tmpdir(), 'magnet-full-'));
const at = (name: string) => join(folder, name);
const program = `${process.execPath} ${join(root, 'dist/cli/main.js')}`;
const jobs = 20;
const batch = (out: string, more = '') => `${program} batch jobs.yaml --out ${out} --workers 1 --quiet${more}`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `kB`: that no file may be larger than. Node hears of it as it hears of a full disk, by what a write answers. */
const shell = (command: string, kB?: number): Promise<Ended> =>
  new Promise((resolve) => {
    const limit = kB === undefined ? '' : `ulimit -f ${kB}; `;
    const child = spawn('bash', ['-c', `${limit}exec ${command}`], { cwd: folder });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    child.on('close', (code) => resolve({ code, out, err }));
  });

beforeAll(async () => {
  buildOnce();
  const files = { 'jobs.yaml': smallJobs(jobs), 'tiny.yaml': arch, 'small.yaml': small('small', 2) };
  for (const [name, text] of Object.entries({ ...files, 'net.yaml': small('net', 4) })) writeFileSync(at(name), text);
  expect(await shell(batch('whole.jsonl'))).toMatchObject({ code: 0, err: '' });
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const drafts = (where = folder) => readdirSync(where).filter((name) => name.startsWith('.') || name.endsWith('.lock'));
const goesOn = 'what is finished is in it, and the same command continues from there\n';

describe('a batch', () => {
  test.each([0, 1, 40, 100])('whose file may have %i kB', { timeout: 120_000 }, async (kB) => {
    const out = `limited${kB}.jsonl`;
    const stopped = await shell(batch(out), kB);
    expect(stopped).toMatchObject({
      code: 3,
      err: `error: cannot write ${out}: the file would be too large; ${goesOn}`,
    });
    const finished = jobsIn(at(out));
    expect(finished).toBeLessThan(jobs);
    if (kB >= 40) expect(finished).toBeGreaterThan(0);
    expect(drafts()).toEqual([]);
    const { code, err } = await shell(batch(out).replace(' --quiet', ''));
    expect(code).toBe(0);
    expect(err.includes('jobs are finished already')).toBe(finished > 0);
    if (finished > 0) expect(err).toContain(`${finished} of ${jobs} jobs are finished already\n`);
    expect(err.match(/^\[ ?\d+\/20\]/gm)).toHaveLength(jobs - finished);
    expect(timeless(at(out))).toBe(timeless(at('whole.jsonl')));
  });

  test.runIf(hasRedis)('over a queue', { timeout: 120_000 }, async () => {
    const redis = await OwnRedis.begin();
    const worker = spawn('bash', ['-c', `exec ${program} worker --workers 1 --quiet --queue ${redis.url}`], {
      cwd: folder,
    });
    try {
      const command = batch('queued.jsonl').replace('--workers 1', `--queue ${redis.url}`);
      const stopped = await shell(command, 40);
      expect(stopped).toMatchObject({ code: 3 });
      expect(stopped.err).toContain(`error: cannot write queued.jsonl: the file would be too large; ${goesOn}`);
      expect(jobsIn(at('queued.jsonl'))).toBeGreaterThan(0);
      expect(await shell(command)).toMatchObject({ code: 0 });
      expect(timeless(at('queued.jsonl'))).toBe(timeless(at('whole.jsonl')));
    } finally {
      worker.kill('SIGKILL');
      await redis.end();
    }
  });
});

/** Whether this system lets a process have mounts of its own. */
const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0;
if (!mounts) console.warn('no mounts of its own for a process here: full disks are limits on file sizes alone');

test.runIf(mounts)(
  'a disk of its own: full, then too small for the last rewriting, then large',
  { timeout: 240_000 },
  () => {
    // All lines have room in the second size, and a second file of them in their order has not.
    const whole = Math.ceil(readFileSync(at('whole.jsonl')).length / 1024);
    const script = `
    mkdir disk && mount -t tmpfs -o size=64k none disk && cp *.yaml disk && cd disk || exit 1
    for size in 64k ${whole + 70}k 4m; do
      mount -o remount,size=$size none . || exit 1
      ${batch('out.jsonl')} 2> ../said > /dev/null
      echo "$? $(grep -c '^{"job".*}$' out.jsonl) $(ls -A | wc -l) $(cat ../said)"
    done
    cp out.jsonl ../small-disk.jsonl`;
    const { stdout, status } = spawnSync('unshare', ['-rm', 'bash', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(0);
    const full = `error: cannot write out.jsonl: no space is left on the device; ${goesOn}`.trim();
    // The files that it began with, and its own: no draft and no lock.
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml')).length + 1;
    const [first = '', ...others] = stdout.trimEnd().split('\n');
    const [, finished] = /^3 (\d+) /.exec(first) ?? [];
    expect(first).toBe(`3 ${finished} ${files} ${full}`);
    expect(Number(finished)).toBeGreaterThan(0);
    expect(Number(finished)).toBeLessThan(jobs);
    expect(others).toEqual([`3 ${jobs} ${files} ${full}`, `0 ${jobs} ${files}`]);
    expect(timeless(at('small-disk.jsonl'))).toBe(timeless(at('whole.jsonl')));
  },
);

test(
  'a search goes on where its checkpoint finds no room, and its answer is printed',
  { timeout: 120_000 },
  async () => {
    const search = `${program} codesign net.yaml --space magnet-quick --gap 30% --workers 1 --checkpoint search.json`;
    const searched = await shell(search, 0);
    expect(searched.code).toBe(3);
    expect(searched.err).toContain(
      'warning: cannot write search.json: the file would be too large; the search goes on\n',
    );
    expect(searched.err).toMatch(/error: cannot write search.json: the file would be too large\n$/);
    expect(searched.out).toMatch(/^status +optimal/m);
    expect(drafts()).toEqual([]);
    const again = await shell(`${search} --json found.json`);
    expect(again.code).toBe(0);
    expect(existsSync(at('found.json'))).toBe(true);
  },
);
