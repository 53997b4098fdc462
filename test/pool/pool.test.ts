// The pool of worker threads, as compiled (npm test builds first): a lost worker costs its task only.

import { expect, test } from 'vitest';
import type { Pool as PoolClass } from '../../src/pool/pool.js';

const built = new URL('../../dist/pool/pool.js', import.meta.url).href;
const { Pool } = (await import(built)) as { Pool: typeof PoolClass };
const url = new URL('../support/pool-tasks.mjs', import.meta.url).href;
const task = (name: string, input: unknown = {}, patience = 20, progress: (...news: never[]) => void = () => {}) => ({
  url,
  name,
  input,
  progress,
  patience,
});

test('runs tasks side by side, in order of asking, with progress', async () => {
  const pool = new Pool(2);
  const news: unknown[] = [];
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((x) => pool.run(task('double', { x }, 20, ((...n: unknown[]) => news.push(n)) as never))),
  );
  expect(answers).toEqual([2, 4, 6, 8, 10].map((x) => ({ x })));
  expect(news).toContainEqual(['half way', 3]);
  await pool.close();
});

test('a task that throws rejects with its message, and the worker goes on', async () => {
  const pool = new Pool(1);
  await expect(pool.run(task('refuse'))).rejects.toThrow('no');
  expect(await pool.run(task('double', { x: 4 }))).toEqual({ x: 8 });
  await pool.close();
});

test('a worker that ends costs its task; the next gets a new one', async () => {
  const pool = new Pool(1);
  const [lost, kept] = await Promise.allSettled([pool.run(task('crash')), pool.run(task('double', { x: 1 }))]);
  expect(lost).toMatchObject({ status: 'rejected', reason: { message: 'worker ended: exit 3' } });
  expect(kept).toEqual({ status: 'fulfilled', value: { x: 2 } });
  await pool.close();
});

test('a worker that hangs is ended after its patience', async () => {
  const pool = new Pool(1);
  const [lost, kept] = await Promise.allSettled([pool.run(task('hang', {}, 1)), pool.run(task('double', { x: 5 }))]);
  expect(lost).toMatchObject({
    status: 'rejected',
    reason: { message: 'worker gave no answer within 1 s and was ended' },
  });
  expect(kept).toEqual({ status: 'fulfilled', value: { x: 10 } });
  await pool.close();
});
