// Tasks by workers of a browser: here ports stand for them, which speak the same.

import { afterEach, describe, expect, test } from 'vitest';
import { serveTasks } from '../../src/pool/browser/serve.js';
import { webWorkers } from '../../src/pool/browser/web-workers.js';
import { Pool } from '../../src/pool/pool.js';
import type { TaskModule } from '../../src/pool/tasks.js';

interface Sums {
  readonly sum: (numbers: readonly number[], progress: (done: number) => void) => number;
  readonly fail: (why: string) => number;
  readonly never: (input: undefined) => Promise<number>;
}

const patience = () => 1000;
const sums: TaskModule<Sums> = {
  url: '',
  name: 'sums',
  tasks: {
    sum: {
      load: () =>
        Promise.resolve((numbers, progress) =>
          numbers.reduce((total, n, i) => {
            progress(i + 1);
            return total + n;
          }, 0),
        ),
      patience,
    },
    fail: {
      load: () =>
        Promise.resolve((why) => {
          throw new Error(why);
        }),
      patience,
    },
    never: { load: () => Promise.resolve(() => new Promise<number>(() => {})), patience },
  },
};

const opened: MessagePort[] = [];
let terminated = 0;

/** What a page sees of a worker; `served` are the tables that its script has. */
function portWorker(served = [sums]): Worker {
  const { port1, port2 } = new MessageChannel();
  opened.push(port1, port2);
  serveTasks(served, port2 as unknown as Parameters<typeof serveTasks>[1]);
  port2.start();
  port1.start();
  return Object.assign(port1, { terminate: () => void terminated++ }) as unknown as Worker;
}

afterEach(() => {
  for (const port of opened.splice(0)) port.close();
  terminated = 0;
});

describe('workers of a browser', () => {
  const poolOf = (width: number, make = portWorker) => new Pool(webWorkers(make)(sums), sums.tasks, width);

  test('answer, and tell how far they are', async () => {
    const told: number[] = [];
    expect(await poolOf(1).run('sum', [1, 2, 3], { progress: (n) => told.push(n) })).toBe(6);
    await expect.poll(() => told).toEqual([1, 2, 3]);
  });

  test('are as many as the pool is wide, and each goes on to the next task', async () => {
    let made = 0;
    const pool = poolOf(2, () => {
      made++;
      return portWorker();
    });
    const all = Array.from({ length: 6 }, (_, i) => pool.run('sum', [i, 1]));
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(made).toBe(2);
  });

  test('say what went wrong in a task, and of a table that they do not have', async () => {
    await expect(poolOf(1).run('fail', 'no numbers')).rejects.toThrow('no numbers');
    await expect(poolOf(1, () => portWorker([])).run('sum', [1])).rejects.toThrow(/sums/);
  });

  test('are terminated when the pool is closed, whatever they do', async () => {
    const pool = poolOf(1);
    const lost = pool.run('never', undefined);
    lost.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
    await pool.close();
    await expect(lost).rejects.toThrow('worker ended: terminated');
    expect(terminated).toBe(1);
  });

  test('whose script fails cost their task only', async () => {
    let made = 0;
    const pool = poolOf(1, () => {
      const worker = portWorker();
      if (made++ === 0) setTimeout(() => worker.dispatchEvent(new Event('error')), 20);
      return worker;
    });
    await expect(pool.run('never', undefined)).rejects.toThrow('worker ended: its script could not be loaded');
    expect(terminated).toBe(1);
    expect(await pool.run('sum', [4, 5])).toBe(9);
  });
});
