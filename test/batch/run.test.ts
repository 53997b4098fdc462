// Jobs worked on: in turn, equal parts once, lost workers at the cost of their jobs only.

import { expect, test } from 'vitest';
import { makeCache } from '../../src/batch/cache.js';
import type { JobOutcome, Plan } from '../../src/batch/batch-job.js';
import { runJobs } from '../../src/batch/run-batch.js';
import type { openRunner } from '../../src/pool/node/open-runner.js';
import type { FakePart } from '../support/batch.js';
import { plan } from '../support/batch.js';
import type { PoolTasks } from '../support/pool-tasks.mjs';
import { poolTasks } from '../support/pool-tasks.mjs';

const built = new URL('../../dist/pool/node/open-runner.js', import.meta.url).href;
const { openRunner: open } = (await import(built)) as { openRunner: typeof openRunner };

const turn = () => new Promise((resume) => setTimeout(resume));

interface Ran {
  readonly ended: ReadonlyMap<number, JobOutcome>;
  /** Parts in the order in which they were begun. */
  readonly begun: readonly string[];
  readonly kept: readonly string[];
  readonly maxCached: number;
}

async function run(
  plans: readonly Plan[],
  width: number,
  stopped: () => boolean = () => false,
  known: readonly (readonly [string, unknown])[] = [],
): Promise<Ran> {
  const ended = new Map<number, JobOutcome>();
  const [begun, kept]: [string[], string[]] = [[], []];
  const cache = makeCache(plans);
  for (const [key, answer] of known) cache.put(key, answer);
  let maxCached = 0;
  await runJobs(plans, {
    width,
    cache,
    begun: (p, part) => begun.push(`${p.index} ${part}`),
    solved: (key) => kept.push(key),
    done: () => (maxCached = Math.max(maxCached, cache.size())),
    finished(p, o) {
      expect(ended.has(p.index)).toBe(false);
      ended.set(p.index, o);
    },
    stopped,
  });
  expect(ended.size === plans.length ? cache.size() : 0).toBe(0);
  return { ended, begun, kept, maxCached };
}

const counted = () => {
  const solved: string[] = [];
  const part = (key: string): FakePart => ({
    key,
    async solve() {
      solved.push(key);
      await turn();
      return `answer ${key}`;
    },
  });
  return { solved, part };
};

test('parts of one key are solved once, within a job, side by side and later', async () => {
  const { solved, part } = counted();
  const plans = [
    plan(0, [part('a'), part('b'), part('a')]),
    plan(1, [part('b'), part('c')]),
    plan(2, [part('d')]),
    plan(3, [part('e')]),
    plan(4, [part('a'), part('c')]),
  ];
  const { ended } = await run(plans, 2);
  expect(solved.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(ended.get(0)!.result).toEqual(['answer a', 'answer b', 'answer a']);
  expect(ended.get(4)!.result).toEqual(['answer a', 'answer c']);
});

test('answers known from before are not asked for', async () => {
  const { solved, part } = counted();
  const { ended } = await run([plan(0, [part('a'), part('b')])], 1, undefined, [['a', 'known']]);
  expect(solved).toEqual(['b']);
  expect(ended.get(0)!.result).toEqual(['known', 'answer b']);
});

test('a job of many parts does not hold up the small ones behind it', async () => {
  const { part } = counted();
  const plans = [
    plan(
      0,
      Array.from({ length: 20 }, (_, i) => part(`big${i}`)),
    ),
    plan(1, [part('x')]),
    plan(2, [part('y')]),
  ];
  const { begun } = await run(plans, 1);
  expect(begun.slice(0, 4)).toEqual(['0 big0', '1 x', '0 big1', '2 y']);
});

test('the next questions are made while a worker is at work, not when it waits for one', async () => {
  const said: string[] = [];
  const plans = [0, 1, 2].map((i): Plan => {
    const solve = async () => {
      await new Promise((resume) => setTimeout(resume, 50));
      said.push(`solved ${i}`);
      return i;
    };
    const inner = plan(i, [{ key: `k${i}`, solve }]);
    return { ...inner, open: () => (said.push(`open ${i}`), inner.open()) };
  });
  await run(plans, 1);
  expect(said).toEqual(['open 0', 'open 1', 'open 2', 'solved 0', 'solved 1', 'solved 2']);
});

test('what may be of use after a kill is kept: parts of larger jobs, and parts that others want', async () => {
  const { part } = counted();
  const { kept } = await run(
    [plan(0, [part('a'), part('b')]), plan(1, [part('alone')]), plan(2, [part('c')]), plan(3, [part('c')])],
    1,
  );
  expect([...kept].sort()).toEqual(['a', 'b', 'c']);
});

test('few jobs are open at a time, also where all wait for one part', async () => {
  let [open, max] = [0, 0];
  const { part } = counted();
  const plans = Array.from({ length: 300 }, (_, i): Plan => {
    const inner = plan(i, [part('slow'), part(`own${i}`)]);
    return {
      ...inner,
      open() {
        max = Math.max(max, ++open);
        const { parts, conclude } = inner.open();
        return { parts, conclude: (answers) => (open--, conclude(answers)) };
      },
    };
  });
  const { ended, maxCached } = await run(plans, 2);
  expect(ended.size).toBe(300);
  expect(max).toBeLessThanOrEqual(32);
  expect(maxCached).toBeLessThanOrEqual(2 + 32);
});

test('of a job that failed, only what others wait for is still solved', async () => {
  const { solved, part } = counted();
  const bad: FakePart = { key: 'bad', solve: () => Promise.reject(new Error('lost')) };
  const { ended } = await run([plan(0, [bad, part('shared'), part('own')]), plan(1, [part('x'), part('shared')])], 1);
  expect(ended.get(0)).toMatchObject({ status: 'failed', reason: 'bad: twice: lost' });
  expect(ended.get(1)!.result).toEqual(['answer x', 'answer shared']);
  expect(solved).not.toContain('own');
});

test('a stop: nothing more is begun, and what comes back is dropped', async () => {
  const { part } = counted();
  let begun = 0;
  const plans = Array.from({ length: 10 }, (_, i) =>
    plan(i, [{ key: `k${i}`, solve: () => (begun++, part(`k${i}`).solve()) }]),
  );
  const { ended } = await run(plans, 2, () => begun >= 4);
  expect(begun).toBe(4);
  expect(ended.size).toBeLessThan(4);
});

test('what cannot be kept ends the batch', async () => {
  const { part } = counted();
  const plans = Array.from({ length: 5 }, (_, i) => plan(i, [part(`k${i}`)]));
  const full = () => {
    throw new Error('no space');
  };
  await expect(
    runJobs(plans, {
      width: 2,
      cache: makeCache(plans),
      begun: () => {},
      solved: () => {},
      done: () => {},
      finished: full,
      stopped: () => false,
    }),
  ).rejects.toThrow('no space');
});

test('workers that crash, hang or run out of memory cost their jobs, after a second try', async () => {
  const pool = open(poolTasks, 2, 32);
  let tries = 0;
  const inPool = (key: string, name: keyof PoolTasks, patience = 30): FakePart => ({
    key,
    solve: () => {
      tries++;
      return pool.run(name, { x: 4, patience });
    },
  });
  let fits = 0;
  const once: FakePart = {
    key: 'unlucky',
    solve: () => (fits++ === 0 ? pool.run('crash', { patience: 5 }) : Promise.resolve('well')),
  };
  const plans = [
    plan(0, [inPool('0', 'double')]),
    plan(1, [inPool('1a', 'double'), inPool('1b', 'crash'), inPool('1c', 'double')]),
    plan(2, [inPool('2', 'hang', 1)]),
    plan(3, [inPool('3', 'swell')]),
    plan(4, [once]),
    plan(5, [inPool('5', 'double'), inPool('1a', 'double')]),
  ];
  const { ended } = await run(plans, 2);
  await pool.close();
  const said = [...ended].sort(([a], [b]) => a - b).map(([, o]) => [o.status, o.reason]);
  expect(said).toEqual([
    ['optimal', ''],
    ['failed', '1b: twice: worker ended: exit 3'],
    ['failed', 'twice: worker gave no answer within 1 s and was ended'],
    ['failed', expect.stringMatching(/^twice: worker ended: .*memory/)],
    ['optimal', ''],
    ['optimal', ''],
  ]);
  expect(ended.get(4)!.result).toEqual(['well']);
  expect(ended.get(5)!.result).toEqual([{ x: 8 }, { x: 8 }]);
  expect(tries).toBeGreaterThanOrEqual(9);
}, 60_000);
