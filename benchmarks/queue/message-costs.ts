// What a message over a queue costs: the processor time of the one who leads, and how long one task is on its way to a worker and back.

import { fork } from 'node:child_process';
import { poolTasks } from '../../test/support/pool-tasks.mjs';
import { OwnRedis } from '../../test/support/redis.js';
import type * as ends from '../../src/pool/queue/open-queue.js';
import type { MessageCosts } from './virtual-workers.js';

const built = new URL('../../dist/pool/queue/open-queue.js', import.meta.url).href;

/** A queue of its own with so many workers, of one task each, until `act` has ended. */
export async function withQueue<T>(
  workers: number,
  width: number,
  act: (runner: Awaited<ReturnType<typeof opened>>) => Promise<T>,
): Promise<T> {
  const redis = await OwnRedis.begin();
  const children = await Promise.all(
    Array.from({ length: workers }, async () => {
      const child = fork(new URL('../../test/support/queue-worker.mjs', import.meta.url), [redis.url, '1'], {
        execArgv: [],
      });
      await new Promise((resolve) => child.once('message', resolve));
      return child;
    }),
  );
  const runner = await opened(redis.url, width);
  try {
    return await act(runner);
  } finally {
    await runner.close();
    for (const child of children) child.kill();
    await redis.end();
  }
}

async function opened(url: string, width: number) {
  const { openQueueRunner } = (await import(built)) as typeof ends;
  const made = await openQueueRunner(url, poolTasks, {
    version: '1',
    owner: 'benchmark',
    width: () => width,
    notice: console.log,
  });
  if (!made.ok) throw new Error(made.diagnostics[0]?.message);
  return made.value;
}

/** `size`: numbers of an input, each another one. */
export const messageCosts = (tasks: number, size: number): Promise<MessageCosts> =>
  withQueue(1, 16, async ({ run }) => {
    let next = 0;
    const ask = () => run('double', { x: next++, table: Array.from({ length: size }, (_, i) => next + i / 7) });
    const many = (count: number) => Promise.all(Array.from({ length: count }, ask));
    await many(100);
    const from = process.cpuUsage();
    await many(tasks);
    const { user, system } = process.cpuUsage(from);
    const trips: number[] = [];
    for (let i = 0; i < tasks / 4; i++) {
      const began = performance.now();
      await ask();
      trips.push(performance.now() - began);
    }
    const lead = (user + system) / 1000 / tasks;
    const trip = trips.sort((x, y) => x - y)[Math.floor(trips.length / 2)]!;
    return { lead, way: Math.max(0, (trip - lead) / 2) };
  });
