// The table of a queue at the foot of a terminal: whatever is said meanwhile, it stands below that and above the line that is drawn
// again and again, and goes without a trace.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arch, small, smallJobs } from '../../benchmarks/batch/jobs.js';
import type { Io } from '../../src/cli/io.js';
import { queueTable } from '../../src/cli/queue/queue-table.js';
import { openScreen } from '../../src/cli/queue/screen.js';
import type { WorkerFigures } from '../../src/pool/queue/protocol.js';
import { seeded } from '../../src/base/random.js';
import { buildOnce, root } from '../support/built.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { OwnRedis, hasRedis } from '../support/redis.js';
import { screenOf } from '../support/terminal.js';

test('lines stay, the table is the last that was drawn, and below it is what is drawn again and again', () => {
  for (let seed = seedFrom(1), cases = 0; cases < casesOf('lines of a terminal'); cases++, seed++) {
    const { next } = seeded(seed);
    let written = '';
    const put = (text: string) => void (written += text);
    const screen = openScreen({ err: put, out: put, columns: 60 } as unknown as Io, 60);
    const said: string[] = [];
    let [table, live]: [readonly string[], string] = [[], ''];
    for (let step = 0; step < 40; step++) {
      const chance = next();
      const word = `word ${seed} ${step}`;
      if (chance < 0.3) {
        table = Array.from({ length: Math.floor(next() * 5) }, (_, i) => `${word} row ${i}`.padEnd(i * 40, '.'));
        screen.draw(table);
      } else if (chance < 0.6) {
        live = next() < 0.3 ? '' : word;
        screen.io.err(`\r\u001b[K${live}`);
      } else if (chance < 0.9) {
        // A line of its own takes the place of what was drawn.
        live = '';
        screen.io.err(`\r\u001b[K${word}\n`);
        said.push(word);
      } else if (live === '') {
        screen.io.out(`${word}\n`);
        table = [];
        said.push(word);
      }
      expect(screenOf(written)).toEqual([...said, ...table.map((line) => line.slice(0, 59)), live]);
    }
    screen.end();
    expect(screenOf(written)).toEqual([...said, live]);
  }
});

const worker = (id: string, more: Partial<WorkerFigures>): WorkerFigures => ({
  ...{ id, host: 'host', pid: 1, version: '1', width: 2, active: 1, done: 0, failed: 0, seconds: 60, busySeconds: 0 },
  ...more,
});

test('it says of each worker how much it does, the busiest first, and of many the first', () => {
  const none = { workers: [], handed: 0, held: 0, answered: 0, setAside: 0, again: 0 };
  const before = { ...none, workers: [worker('a', { pid: 7, done: 10, busySeconds: 20 })], answered: 10 };
  const workers = [
    worker('a', { pid: 7, done: 12, busySeconds: 25 }),
    worker('b', { pid: 8, done: 30, failed: 1, busySeconds: 9 }),
  ];
  expect(queueTable({ ...none, workers, handed: 4, held: 9, answered: 40, setAside: 1 }, before, 5)).toEqual([
    '2 workers  6.0 tasks/s  4 in the queue or at work  9 held  40 done  1 set aside',
    'worker  tasks/s  at work  busy  done  failed',
    '------  -------  -------  ----  ----  ------',
    'host/8      6.0      1/2  90 %    30       1',
    'host/7     0.40      1/2  50 %    12       0',
  ]);
  const many = Array.from({ length: 20 }, (_, i) => worker(`w${i}`, { pid: i }));
  expect(queueTable({ ...none, workers: many }, none, 1)).toHaveLength(3 + 8 + 1);
  expect(queueTable({ ...none, workers: many }, none, 1).at(-1)).toBe('and 12 more');
  expect(queueTable(none, none, 1)).toHaveLength(1);
});

test.runIf(hasRedis)(
  'on a terminal it is drawn as long as the batch runs, and is gone at its end',
  { timeout: 120_000 },
  async () => {
    buildOnce();
    const redis = await OwnRedis.begin();
    const folder = mkdtempSync(join(tmpdir(), 'magnet-screen-'));
    const files = { 'jobs.yaml': smallJobs(60), 'tiny.yaml': arch, 'small.yaml': small('small', 2) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const program = join(root, 'dist/cli/main.js');
    const working = spawn(process.execPath, [program, 'worker', '--workers', '1', '--quiet', '--queue', redis.url]);
    try {
      // `script` gives it a terminal of its own.
      const command = `stty cols 100; exec ${process.execPath} ${program} batch jobs.yaml --out out.jsonl --queue ${redis.url}`;
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let written = '';
      const drawn: (readonly string[])[] = [];
      child.stdout.on('data', (text) => drawn.push(screenOf((written += text))));
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code).toBe(0);
      const tables = drawn.filter((lines) =>
        lines.some((l) => /^1 worker {2}.* tasks\/s {2}\d+ in the queue or at work/.test(l)),
      );
      expect(tables.length).toBeGreaterThan(0);
      for (const lines of tables) {
        expect(lines.filter((l) => l.startsWith('worker '))).toHaveLength(1);
        expect(lines.at(-1)).toMatch(/^$|^\d+\/60 jobs/);
      }
      const end = drawn.at(-1)!;
      expect(end.some((l) => l.includes('tasks/s'))).toBe(false);
      expect(end.join('\n')).toContain('60 jobs: 60 settled');
    } finally {
      working.kill('SIGKILL');
      await redis.end();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
