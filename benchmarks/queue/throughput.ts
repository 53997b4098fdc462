// What a queue costs: tasks of half a second by two threads and by two workers on a queue, in turn, and tasks of no time.
// After a build: npx tsx benchmarks/queue/throughput.ts [tasks] [rounds].

import { poolTasks } from '../../test/support/pool-tasks.mjs';
import type { openRunner } from '../../src/pool/node/open-runner.js';
import { withQueue } from './message-costs.js';

const [tasks = 40, rounds = 3] = process.argv.slice(2).map(Number);
const built = new URL('../../dist/pool/node/open-runner.js', import.meta.url).href;
const { openRunner: open } = (await import(built)) as { openRunner: typeof openRunner };

const threads = open(poolTasks, 2);
let next = 0;
/** Seconds. No two tasks are the same: those would be one. */
async function timed({ run }: Pick<typeof threads, 'run'>, count: number, slow: number): Promise<number> {
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, () => run('double', { x: next++, slow })));
  return (performance.now() - began) / 1000;
}

await withQueue(2, 4, async (queue) => {
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
});
await threads.close();
