// The pool over a queue, as compiled (npm test builds first): tasks get done whatever becomes of workers and of the Redis.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import type * as ends from '../../src/pool/queue/open-queue.js';
import type { QueueRunner } from '../../src/pool/queue/queue-runner.js';
import type { QueueWorker } from '../../src/pool/queue/queue-worker.js';
import type { PoolTasks } from '../support/pool-tasks.mjs';
import { poolTasks } from '../support/pool-tasks.mjs';
import { OwnRedis, freePort, hasRedis } from '../support/redis.js';

const built = new URL('../../dist/pool/queue/open-queue.js', import.meta.url).href;
const { openQueueRunner, openQueueWorker } = (await import(built)) as typeof ends;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const value = <T>(result: Parsed<T>): T => {
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.value;
};

async function redis(...more: readonly string[]): Promise<OwnRedis> {
  const own = await OwnRedis.begin(...more);
  cleanups.push(() => own.end());
  return own;
}

interface Heard {
  readonly said: string[];
}

async function coordinator(url: string, more: { version?: string; owner?: string; width?: number } = {}) {
  const said: string[] = [];
  const { version = '1', owner = 'me', width = 8 } = more;
  const runner = value(
    await openQueueRunner<PoolTasks>(url, poolTasks, {
      version,
      owner,
      width: () => width,
      notice: (l) => said.push(l),
    }),
  );
  cleanups.push(() => runner.close());
  return Object.assign(runner, { said }) as QueueRunner<PoolTasks> & Heard;
}

async function worker(url: string, more: { version?: string; width?: number } = {}): Promise<QueueWorker & Heard> {
  const said: string[] = [];
  const options = {
    version: '1',
    width: 1,
    memory: 64,
    pid: process.pid,
    ...more,
    notice: (l: string) => said.push(l),
  };
  const opened = value(await openQueueWorker(url, [poolTasks] as never, options));
  cleanups.push(() => opened.close());
  return Object.assign(opened, { said });
}

/** In a process of its own, which can be killed. */
async function workerProcess(url: string): Promise<ChildProcess> {
  const child = fork(new URL('../support/queue-worker.mjs', import.meta.url), [url, '1'], { stdio: 'ignore' });
  const over = new Promise((resolve) => child.once('exit', resolve));
  cleanups.push(() => {
    child.kill('SIGKILL');
    return over;
  });
  await new Promise((resolve) => child.once('message', resolve));
  return child;
}

const doubles = (runner: QueueRunner<PoolTasks>, count: number, slow = 0) =>
  Promise.all(Array.from({ length: count }, (_, x) => runner.run('double', { x, slow })));
const doubled = (count: number) => Array.from({ length: count }, (_, x) => ({ x: 2 * x }));

describe.runIf(hasRedis)('a queue', () => {
  test('answers as a pool does, with progress, whoever comes first', async () => {
    const { url } = await redis();
    const runner = await coordinator(url);
    const news: unknown[] = [];
    const progress = (what: string, x: number) => news.push([what, x]);
    // What is said of a task that is answered already is told to nobody.
    const asked = [1, 2, 3, 4, 5].map((x) => runner.run('double', { x, slow: 200 }, { progress }));
    await worker(url, { width: 2 });
    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8, 10].map((x) => ({ x })));
    await expect.poll(() => news).toContainEqual(['half way', 3]);
    await expect(runner.run('refuse', {})).rejects.toThrow(/^no$/);
    expect(await runner.run('double', { x: -0 }, { fresh: true })).toEqual({ x: -0 });
    expect(await runner.run('double', { x: Infinity })).toEqual({ x: Infinity });
  });

  test('leaves nothing behind but what goes away by itself', async () => {
    const own = await redis();
    const runner = await coordinator(own.url, { width: 3 });
    await worker(own.url);
    expect(await doubles(runner, 10)).toEqual(doubled(10));
    await expect.poll(() => own.cli('keys', 'magnet:tasks-1:t*')).toBe('');
    await runner.close();
    expect(own.cli('keys', 'magnet:lease*')).toBe('');
  });

  test('back-pressure: no more tasks are in the queue than it was given room for', async () => {
    const own = await redis();
    const runner = await coordinator(own.url, { width: 4 });
    const all = doubles(runner, 20);
    await expect.poll(() => Number(own.cli('llen', 'magnet:tasks-1:wait'))).toBe(4);
    expect(runner.figures()).toMatchObject({ handed: 4, held: 16 });
    await worker(own.url);
    expect(await all).toEqual(doubled(20));
  });

  test('a worker that is killed costs nothing: others do what it had', async () => {
    const { url } = await redis();
    const runner = await coordinator(url);
    const lost = await workerProcess(url);
    const all = doubles(runner, 6, 300);
    await expect.poll(() => runner.figures().answered, { timeout: 20_000 }).toBeGreaterThan(0);
    lost.kill('SIGKILL');
    await worker(url, { width: 2 });
    expect(await all).toEqual(doubled(6));
  });

  test('a worker that is asked to end gives back what it has at once, and it counts as no try', async () => {
    const { url } = await redis();
    const runner = await coordinator(url);
    const asked = runner.run('double', { x: 7, slow: 1500 });
    for (let i = 0; i < 4; i++) {
      const leaving = await worker(url);
      await expect.poll(() => leaving.figures().active, { timeout: 10_000 }).toBe(1);
      await leaving.close();
    }
    await worker(url);
    expect(await asked).toEqual({ x: 14 });
  });

  test('a Redis that lost its memory is filled again', async () => {
    const own = await redis();
    const runner = await coordinator(own.url);
    await worker(own.url);
    const all = doubles(runner, 12, 100);
    await expect.poll(() => runner.figures().answered, { timeout: 20_000 }).toBeGreaterThan(2);
    await own.kill();
    await expect.poll(() => runner.said.join(), { timeout: 20_000 }).toMatch(/hung up|nobody listens/);
    await own.start();
    expect(await all).toEqual(doubled(12));
    expect(runner.said.join()).toContain('is there again');
    expect(runner.figures().again).toBeGreaterThan(0);
  });

  test('a coordinator that begins again has the answers that came meanwhile', async () => {
    const own = await redis();
    const first = await coordinator(own.url);
    const asked = first.run('double', { x: 21, slow: 200 });
    asked.catch(() => {});
    await expect.poll(() => own.cli('llen', 'magnet:tasks-1:wait')).toBe('1');
    // As if it were killed: it says nothing, and hears nothing.
    (first as unknown as { events: { close: () => Promise<void> } }).events.close().catch(() => {});
    clearInterval((first as unknown as { timer: NodeJS.Timeout }).timer);
    const busy = await worker(own.url);
    await expect.poll(() => busy.figures().done, { timeout: 10_000 }).toBe(1);
    const second = await coordinator(own.url);
    expect(await second.run('double', { x: 21, slow: 200 })).toEqual({ x: 42 });
    expect(busy.figures().done).toBe(1);
  });

  test('what loses its worker three times is set aside and named, and the others are done', async () => {
    const { url } = await redis();
    const runner = await coordinator(url);
    await worker(url, { width: 2 });
    const poison = runner.run('crash', {});
    poison.catch(() => {});
    expect(await doubles(runner, 5)).toEqual(doubled(5));
    await expect(poison).rejects.toThrow('set aside after 3 tries: worker ended: exit 3');
    expect(runner.said.join()).toContain('task crash');
    // Asked again, it is tried again.
    await expect(runner.run('crash', {})).rejects.toThrow('set aside');
    expect(runner.figures().setAside).toBe(2);
  });

  test('one that hangs is ended after its patience', async () => {
    const { url } = await redis();
    const runner = await coordinator(url);
    await worker(url);
    await expect(runner.run('hang', { patience: 0.3 })).rejects.toThrow('gave no answer within 0.3 s');
  });

  test('large parts go by content, once to a worker', async () => {
    const own = await redis();
    const runner = await coordinator(own.url);
    await worker(own.url);
    const table = Array.from({ length: 4000 }, (_, i) => i / 7);
    const ask = (x: number) => runner.run('double', { x, table: [...table] });
    for (let x = 0; x < 6; x++) expect(await ask(x)).toEqual({ x: 2 * x });
    expect(own.cli('keys', 'magnet:content:*').split('\n')).toHaveLength(1);
    // A Redis without the text is given it again.
    own.cli('flushall');
    await worker(own.url);
    expect(await Promise.all([6, 7, 8].map(ask))).toEqual([12, 14, 16].map((x) => ({ x })));
  });

  test('workers of another version are refused, and those that are there get nothing', async () => {
    const { url } = await redis();
    const old = await worker(url, { version: '0' });
    const runner = await coordinator(url);
    await expect(worker(url, { version: '0' })).rejects.toThrow(
      /the tasks on redis:.* are of magnet 1, this is magnet 0: .*install/,
    );
    const asked = runner.run('double', { x: 1 });
    await expect.poll(() => runner.said.join(), { timeout: 10_000 }).toContain('1 of magnet 0; this is magnet 1');
    await worker(url);
    expect(await asked).toEqual({ x: 2 });
    expect(old.figures().done).toBe(0);
  });

  test('a Redis that refuses to write is waited for', async () => {
    const own = await redis('--maxmemory', '100mb');
    const runner = await coordinator(own.url);
    await worker(own.url);
    own.cli('config', 'set', 'maxmemory', '1');
    const all = doubles(runner, 4);
    await expect.poll(() => runner.said.join(), { timeout: 10_000 }).toContain('OOM');
    own.cli('config', 'set', 'maxmemory', '0');
    expect(await all).toEqual(doubled(4));
  });

  test('what cannot be opened is told plainly, and no password is told', async () => {
    const { url, port } = await redis('--requirepass', 'secret');
    const none = await freePort();
    const why = async (address: string): Promise<string> => {
      const notice = () => {};
      const options = { version: '1', owner: 'me', width: () => 1, notice };
      const opened = await openQueueRunner<PoolTasks>(address, poolTasks, options);
      return opened.ok ? 'opened' : opened.diagnostics.map((d) => d.message).join();
    };
    expect(await why(url)).toContain(`wants a password: --queue redis://:PASSWORD@127.0.0.1:${port}`);
    expect(await why(`redis://:wrong-word@127.0.0.1:${port}`)).toMatch(/does not take this user and password$/);
    expect(await why(`redis://:wrong-word@127.0.0.1:${none}`)).toBe(
      `nobody listens at redis://127.0.0.1:${none}; start redis-server there, or give another --queue`,
    );
    expect(await why(`redis://:secret@127.0.0.1:${port}/99`)).toContain('has no database of that number');
    expect(await why('http://me:wrong-word@here')).toContain('http:// is no address of a Redis');
    expect(await why('wrong-word')).toContain('this is no URL');
    expect(await why(`redis://:secret@127.0.0.1:${port}/a?b`)).toContain('nothing may follow the database');
    const all = ['http://me:wrong-word@here', 'wrong-word', `redis://:wrong-word@127.0.0.1:${none}`].map(why);
    expect((await Promise.all(all)).join()).not.toContain('wrong-word');
    await coordinator(`redis://default:secret@127.0.0.1:${port}/3`);
  });
});
