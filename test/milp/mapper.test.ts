// The mapper on corners that small random machines seldom have; no bound may lie above a mapping that is known.

import { describe, expect, test } from 'vitest';
import { picojoules } from '../../src/base/units.js';
import { highs } from '../../src/milp/highs.js';
import { mapper } from '../../src/milp/mapper.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import type { Objective } from '../../src/model/cost/goal.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import type { Strategy, Task } from '../../src/search/strategy.js';
import { heuristicAnswer } from '../../src/search/strategy.js';

const budget = { time: 30, evaluations: 400, gap: 1e-4, seed: 1, now: () => performance.now() };
const nothing: Strategy = { name: 'nothing', find: () => Promise.resolve(heuristicAnswer('nothing', undefined, 0)) };
const task = (
  a: Architecture | readonly Architecture[],
  layer: Task['layer'],
  objective: Objective,
  more: Partial<Task> = {},
): Task => ({
  architectures: Array.isArray(a) ? a : [a as Architecture],
  layer,
  conventions: magnetConventions,
  goal: { objective, limits: {} },
  padding: false,
  ...more,
});
const solve = (t: Task, first: Strategy) => mapper(highs, first).find(t, budget);
const template = lowerTemplate(simba, technology16nm);

describe.each([
  ['from nothing', nothing],
  ['from a known mapping', annealing],
] as const)('%s', (_, first) => {
  test('gaps in a strided image are not needed even where tiles are boxes', { timeout: 60_000 }, async () => {
    // Stride 3, one kernel column: a tile of one output takes one pixel, the box of the whole image 46 x 46.
    const narrow = {
      ...array3,
      levels: array3.levels.map((l, i) => (i === 0 ? { ...l, bandwidth: { read: 8, write: null, total: null } } : l)),
    };
    const t = task(narrow, makeLayer('s3', { P: 16, Q: 16, C: 4, K: 4 }, { stride: [3, 3] }), 'latency', {
      conventions: timeloopConventions,
    });
    const proved = await solve(t, first);
    const tried = await annealing.find(t, { ...budget, evaluations: 8000 });
    // 16 weights and 4 x 256 pixels, one a cycle.
    expect(tried.best!.objective).toBe(1040);
    expect(proved.bound).toBeLessThanOrEqual(1040);
    expect(proved).toMatchObject({ status: 'optimal', best: { objective: 1040 } });
  });

  test('layers of groups alone, which are relevant to every tensor', { timeout: 60_000 }, async () => {
    for (const a of [[array3], template]) {
      const t = task(a, makeLayer('scale', { G: 512 }), 'energy');
      const proved = await solve(t, first);
      const tried = await annealing.find(t, { ...budget, evaluations: 4000 });
      expect(proved.status).toBe('optimal');
      expect(proved.bound).toBeLessThanOrEqual(tried.best!.objective);
      expect(proved.best!.objective).toBeLessThanOrEqual(tried.best!.objective * (1 + 1e-4));
    }
  });

  test('a layer of one multiplication', async () => {
    const proved = await solve(task(template, makeLayer('one', {}), 'edp'), first);
    expect(proved.status).toBe('optimal');
    expect(proved.best!.mapping.levels.every((l) => l.temporal.length === 0 && l.spatial.length === 0)).toBe(true);
  });

  test('a machine whose energies are all zero', async () => {
    const free = picojoules(0);
    const idle = {
      ...array3,
      compute: { name: 'MAC', energy: free },
      levels: array3.levels.map((l) => ({
        ...l,
        stores: Object.fromEntries(
          Object.entries(l.stores).map(([t, s]) => [t, { ...s, energy: { read: free, fill: free, update: free } }]),
        ),
      })),
    };
    const proved = await solve(task(idle, makeLayer('small', { K: 8, C: 8 }), 'energy'), first);
    expect(proved).toMatchObject({ status: 'optimal', bound: 0, best: { objective: 0 } });
  });

  test('a limit that only whole cycles break', { timeout: 60_000 }, async () => {
    // 3 words a cycle: the 128 words in of a product of 8 x 8 x 8 take 42.67 cycles, that is 43; 42.8 cannot be had.
    const odd = {
      ...array3,
      levels: array3.levels.map((l, i) => (i === 0 ? { ...l, bandwidth: { read: 24, write: null, total: null } } : l)),
    };
    const layer = makeLayer('8x8x8', { K: 8, C: 8, P: 8 });
    const within = await solve(
      task(odd, layer, 'energy', { goal: { objective: 'energy', limits: { latency: 43 } } }),
      first,
    );
    expect(within).toMatchObject({ status: 'optimal', best: { evaluation: { cycles: 43 } } });
    const beyond = await solve(
      task(odd, layer, 'energy', { goal: { objective: 'energy', limits: { latency: 42.8 } } }),
      first,
    );
    expect(beyond).toMatchObject({ status: 'infeasible', best: undefined });
  });
});

describe('out of time', () => {
  test('the mapping found so far stands with an honest bound', async () => {
    const t = task(template, makeLayer('3x3', { K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 }), 'edp');
    const known = await annealing.find(t, budget);
    let asked = 0;
    // The clock jumps past the deadline once the first mapping is there.
    const first: Strategy = { name: 'known', find: () => Promise.resolve(known) };
    const answer = await mapper(highs, first).find(t, { ...budget, now: () => (asked++ === 0 ? 0 : 1e9) });
    expect(answer).toMatchObject({ status: 'feasible', best: { objective: known.best!.objective } });
    // No program was solved: what is left is each tensor once from DRAM and every multiplier busy.
    const proved = await mapper(highs, first).find(t, { ...budget, time: 60 });
    expect(answer.bound).toBeGreaterThan(0);
    expect(answer.bound).toBeLessThan(proved.best!.objective);
    expect((await mapper(highs, nothing).find(t, { ...budget, time: 0 })).status).toBe('unknown');
  });
});
