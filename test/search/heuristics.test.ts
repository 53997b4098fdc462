// The contract of heuristics over mappings: seeds reproduce, answers are legal and claim no proof, budgets hold, what is
// found is told, all but random sampling are better than that, and none goes below what is proven.

import { describe, expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { measure, withinLimits } from '../../src/model/cost/goal.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { heuristics, randomSampling } from '../../src/search/mapping/heuristics.js';
import type { Budget, Strategy, Task } from '../../src/search/strategy.js';
import { gapOf } from '../../src/search/strategy.js';
import { enumeration } from '../../src/tuner/enumeration.js';
import { casesOf, inLong } from '../support/cases.js';

const task: Task = {
  architectures: lowerTemplate({ ...simba, accumCollector: 4, inputCollector: 2 }, technology16nm),
  layer: makeLayer('3x3', { K: 16, C: 8, P: 14, Q: 14, R: 3, S: 3 }),
  conventions: magnetConventions,
  goal: { objective: 'edp', limits: {} },
  padding: true,
};
const looks = inLong(800, 400);
const budget: Budget = { time: 60, evaluations: looks, gap: 0, seed: 11, now: () => performance.now() };

const layers = [
  makeLayer('3x3', { K: 64, C: 64, P: 28, Q: 28, R: 3, S: 3 }),
  makeLayer('1x1', { K: 256, C: 64, P: 14, Q: 14 }),
  makeLayer('depthwise', { G: 96, P: 14, Q: 14, R: 3, S: 3 }),
].map((layer) => {
  const onSimba: Task = {
    ...task,
    layer,
    architectures: lowerTemplate(simba, technology16nm),
    machine: { template: simba, technology: technology16nm },
  };
  return {
    name: layer.name,
    onSimba,
    bound: once(async () => (await enumeration.find(onSimba, { ...budget, gap: 1e-4 })).bound),
  };
});

const large = makeLayer('3x3', { K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 });
const median = async (s: Strategy) => {
  const found: number[] = [];
  for (const seed of [1, 2, 3])
    found.push((await s.find({ ...task, layer: large }, { ...budget, evaluations: 1500, seed })).best!.objective);
  return found.toSorted((x, y) => x - y)[1]!;
};
const medianOfSampling = once(() => median(randomSampling));

/** What all strategies are held against is found once. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= find());
}

describe.each(heuristics)('$name', (strategy) => {
  test('gives the same answer to the same seed', async () => {
    const [a, b] = [await strategy.find(task, budget), await strategy.find(task, budget)];
    expect(a).toEqual(b);
    // Few looks, so that two seeds do not end at the same mapping because there is no better one.
    const short = (seed: number) =>
      strategy.find(task, { ...budget, evaluations: strategy === randomSampling ? 400 : 60, seed });
    expect((await short(11)).best!.mapping).not.toEqual((await short(12)).best!.mapping);
  });

  test('finds a legal mapping with its true cost, and proves nothing', async () => {
    const { best, status, bound, evaluations } = await strategy.find(task, budget);
    const a = task.architectures[best!.architecture]!;
    expect(breaches(a, task.layer, best!.mapping, task.conventions)).toEqual([]);
    const evaluation = evaluate(a, task.layer, best!.mapping, task.conventions);
    expect(best!.evaluation).toEqual(evaluation);
    expect(best!.objective).toBe(measure('edp', evaluation));
    expect([status, bound, evaluations]).toEqual(['feasible', 0, looks]);
    expect(gapOf({ best, bound })).toBe(1);
  });

  test('is no worse with more evaluations', async () => {
    const few = await strategy.find(task, { ...budget, evaluations: inLong(300, 150) });
    const many = await strategy.find(task, { ...budget, evaluations: inLong(1500, 700) });
    // A longer budget continues the same walk.
    expect(many.best!.objective).toBeLessThanOrEqual(few.best?.objective ?? Infinity);
  });

  test('stops when its time is over', async () => {
    let clock = 0;
    const answer = await strategy.find(task, { ...budget, time: 0.1, evaluations: Infinity, now: () => clock++ });
    expect(answer.evaluations).toBeLessThanOrEqual(101);
  });

  test('has no mapping where none is legal, and does not call that infeasible', async () => {
    const nothing = await strategy.find(
      { ...task, goal: { objective: 'edp', limits: { latency: 1 } } },
      { ...budget, evaluations: 200 },
    );
    expect(nothing).toMatchObject({ status: 'unknown', best: undefined, bound: 0 });
    expect(nothing.reason).toEqual({ kind: 'nothing-found' });
  });

  test('takes a layer of one multiplication', async () => {
    const one = await strategy.find({ ...task, layer: makeLayer('one', {}) }, { ...budget, evaluations: 50 });
    expect(one.best!.evaluation.compute.cycles).toBe(1);
  });

  test('tells every improvement, and what it answers last', async () => {
    const told: [number, number][] = [];
    const { best } = await strategy.find(task, {
      ...budget,
      progress: (objective, bound) => told.push([objective, bound]),
    });
    expect(told.length).toBeGreaterThan(1);
    told.forEach(([objective, bound], i) =>
      expect([objective < (told[i - 1]?.[0] ?? Infinity), bound]).toEqual([true, 0]),
    );
    expect(told.at(-1)![0]).toBe(best!.objective);
  });

  test('keeps to limits and to the bounds as they are where padding is off', async () => {
    const free = (await strategy.find(task, budget)).best!.evaluation;
    const limits = { energy: free.energy * 1.05, latency: free.cycles * 1.5 };
    const { best } = await strategy.find(
      { ...task, padding: false, goal: { objective: 'latency', limits } },
      { ...budget, evaluations: inLong(1500, 700) },
    );
    expect(mappedBounds(best!.mapping)).toEqual(task.layer.bounds);
    expect(withinLimits(limits, best!.evaluation)).toBe(true);
    expect(best!.objective).toBe(best!.evaluation.cycles);
  });

  test('takes every arrangement of the machine', async () => {
    // Where only one arrangement has room, that one must have been tried, whichever it is.
    const tight = (a: Architecture): Architecture => ({
      ...a,
      levels: a.levels.map((l, i) => (i === 0 ? l : { ...l, pools: l.pools.map((p) => ({ ...p, bits: bits(1) })) })),
    });
    const [one, other] = task.architectures as [Architecture, Architecture];
    for (const [architectures, only] of [
      [[one, tight(other)], 0],
      [[tight(one), other], 1],
    ] as const) {
      const { best } = await strategy.find({ ...task, architectures }, budget);
      expect(best!.architecture).toBe(only);
    }
  });

  test.each(layers)('does not go below what the enumeration proves: $name', async ({ onSimba, bound }) => {
    const proven = await bound();
    expect(proven).toBeGreaterThan(0);
    const evaluations = casesOf('moves against a bound');
    for (const seed of inLong([1, 2], [1]))
      expect((await strategy.find(onSimba, { ...budget, evaluations, seed })).best!.objective).toBeGreaterThanOrEqual(
        proven,
      );
  });

  test.skipIf(strategy === randomSampling)('is better than random sampling', async () => {
    // Random sampling is some times above the optimum after so few looks.
    expect(await median(strategy)).toBeLessThan((await medianOfSampling()) / 1.5);
  });
});
