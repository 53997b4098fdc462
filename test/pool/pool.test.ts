// The pool of worker threads, as compiled (npm test builds first): a lost worker costs its task only.

import { expect, test } from 'vitest';
import { runHere } from '../../src/pool/here.js';
import type { openRunner } from '../../src/pool/node/open-runner.js';
import { poolTasks } from '../support/pool-tasks.mjs';

const built = new URL('../../dist/pool/node/open-runner.js', import.meta.url).href;
const { openRunner: open } = (await import(built)) as { openRunner: typeof openRunner };

test('runs tasks side by side, in order of asking, with progress', async () => {
  const pool = open(poolTasks, 2);
  const news: unknown[] = [];
  const progress = (what: string, x: number) => news.push([what, x]);
  const answers = await Promise.all([1, 2, 3, 4, 5].map((x) => pool.run('double', { x }, { progress })));
  expect(answers).toEqual([2, 4, 6, 8, 10].map((x) => ({ x })));
  // An answer may overtake what was said on the way.
  await expect.poll(() => news).toContainEqual(['half way', 3]);
  await pool.close();
});

test('the same tasks here', async () => {
  const { run, width } = runHere(poolTasks);
  const news: unknown[] = [];
  expect(await run('double', { x: 3 }, { progress: (...n) => news.push(n) })).toEqual({ x: 6 });
  await expect.poll(() => news).toEqual([['half way', 3]]);
  await expect(run('refuse', {})).rejects.toThrow('no');
  expect(width).toBe(1);
});

test('names, inputs and answers are typed', () => {
  const { run } = runHere(poolTasks);
  // @ts-expect-error: there is no such task.
  void (() => run('triple', { x: 1 }));
  // @ts-expect-error: x is missing.
  void (() => run('double', {}));
  // @ts-expect-error: the answer has no y.
  void (async () => (await run('double', { x: 1 })).y);
});

test('a task that throws rejects with its message, and the worker goes on', async () => {
  const pool = open(poolTasks, 1);
  await expect(pool.run('refuse', {})).rejects.toThrow('no');
  expect(await pool.run('double', { x: 4 })).toEqual({ x: 8 });
  await pool.close();
});

test('a worker that ends costs its task; the next gets a new one', async () => {
  const pool = open(poolTasks, 1);
  const [lost, kept] = await Promise.allSettled([pool.run('crash', {}), pool.run('double', { x: 1 })]);
  expect(lost).toMatchObject({ status: 'rejected', reason: { message: 'worker ended: exit 3' } });
  expect(kept).toEqual({ status: 'fulfilled', value: { x: 2 } });
  await pool.close();
});

test('a worker that hangs is ended after its patience', async () => {
  const pool = open(poolTasks, 1);
  const [lost, kept] = await Promise.allSettled([pool.run('hang', { patience: 1 }), pool.run('double', { x: 5 })]);
  expect(lost).toMatchObject({
    status: 'rejected',
    reason: { message: 'worker gave no answer within 1 s and was ended' },
  });
  expect(kept).toEqual({ status: 'fulfilled', value: { x: 10 } });
  await pool.close();
});

test('a task can have a worker of its own, beside those of the pool', async () => {
  const pool = open(poolTasks, 1);
  const hanging = pool.run('hang', {});
  expect(await pool.run('double', { x: 2 }, { fresh: true })).toEqual({ x: 4 });
  await Promise.all([expect(hanging).rejects.toThrow('worker ended'), pool.close()]);
});

test('closing ends what runs and what waits, and nothing begins after it', async () => {
  const pool = open(poolTasks, 1);
  const asked = [pool.run('hang', {}), pool.run('double', { x: 1 })];
  const all = Promise.allSettled(asked);
  await new Promise((resume) => setTimeout(resume, 200));
  await pool.close();
  for (const { status } of await all) expect(status).toBe('rejected');
  await expect(pool.run('double', { x: 1 })).rejects.toThrow('the pool was closed');
});
