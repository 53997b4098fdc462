// What a queue costs: tasks of half a second by two threads and by two workers on a queue, in turn, and tasks of no time.
// After a build: npx tsx benchmarks/queue/throughput.ts [tasks] [rounds].

import { fork } from 'node:child_process';
import { poolTasks } from '../../test/support/pool-tasks.mjs';
import { OwnRedis } from '../../test/support/redis.js';
import type { openRunner } from '../../src/pool/node/open-runner.js';
import type * as ends from '../../src/pool/queue/open-queue.js';

const [tasks = 40, rounds = 3] = process.argv.slice(2).map(Number);
const dist = (path: string) => import(new URL(`../../dist/pool/${path}`, import.meta.url).href) as Promise<unknown>;
const { openRunner: open } = (await dist('node/open-runner.js')) as { openRunner: typeof openRunner };
const { openQueueRunner } = (await dist('queue/open-queue.js')) as typeof ends;

const redis = await OwnRedis.begin();
const workers = await Promise.all(
  [1, 2].map(async () => {
    const child = fork(new URL('../../test/support/queue-worker.mjs', import.meta.url), [redis.url, '1'], {
      execArgv: [],
    });
    await new Promise((resolve) => child.once('message', resolve));
    return child;
  }),
);
const opened = await openQueueRunner(redis.url, poolTasks, {
  version: '1',
  owner: 'throughput',
  width: () => 4,
  notice: console.log,
});
if (!opened.ok) throw new Error(opened.diagnostics[0]?.message);
const [queue, threads] = [opened.value, open(poolTasks, 2)];

let next = 0;
type Run = Pick<typeof threads, 'run'>;
/** Seconds. No two tasks are the same: those would be one. */
async function timed({ run }: Run, count: number, slow: number): Promise<number> {
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, () => run('double', { x: next++, slow })));
  return (performance.now() - began) / 1000;
}

for (const { run } of [queue, threads]) await timed({ run }, 20, 0);
for (let round = 0; round < rounds; round++) {
  const [own, queued] = [await timed(threads, tasks, 500), await timed(queue, tasks, 500)];
  const [ownNone, queuedNone] = [await timed(threads, 500, 0), await timed(queue, 500, 0)];
  console.log(
    `${tasks} tasks of 0.5 s: two threads ${own.toFixed(2)} s, two workers on a queue ${queued.toFixed(2)} s ` +
      `(${(100 * (queued / own - 1)).toFixed(1)} % more); 500 of none: ${(ownNone * 2).toFixed(2)} and ` +
      `${(queuedNone * 2).toFixed(2)} ms each`,
  );
}
await Promise.all([queue.close(), threads.close()]);
for (const child of workers) child.kill();
await redis.end();
