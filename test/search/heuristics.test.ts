// The heuristics: seeds reproduce, answers are legal and claim no proof, budgets hold.

import { describe, expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/conventions.js';
import { evaluate } from '../../src/model/evaluate.js';
import { measure } from '../../src/model/goal.js';
import { makeLayer } from '../../src/model/layer.js';
import { breaches } from '../../src/model/legality.js';
import { simba } from '../../src/model/presets.js';
import { technology16nm } from '../../src/model/technology.js';
import { lowerTemplate } from '../../src/model/template.js';
import { heuristics } from '../../src/search/heuristics.js';
import type { Budget, Task } from '../../src/search/strategy.js';
import { gapOf } from '../../src/search/strategy.js';

const task: Task = {
  architectures: lowerTemplate({ ...simba, accumCollector: 4, inputCollector: 2 }, technology16nm),
  layer: makeLayer('3x3', { K: 16, C: 8, P: 14, Q: 14, R: 3, S: 3 }),
  conventions: magnetConventions,
  goal: { objective: 'edp', limits: {} },
  padding: true,
};
const budget: Budget = { time: 60, evaluations: 800, gap: 0, seed: 11, now: () => performance.now() };

describe.each(heuristics)('$name', (strategy) => {
  test('gives the same answer to the same seed', async () => {
    const [a, b, other] = [await strategy.find(task, budget), await strategy.find(task, budget), await strategy.find(task, { ...budget, seed: 12 })];
    expect(a).toEqual(b);
    expect(a.best!.mapping).not.toEqual(other.best!.mapping);
  });

  test('finds a legal mapping with its true cost, and proves nothing', async () => {
    const { best, status, bound, evaluations } = await strategy.find(task, budget);
    const a = task.architectures[best!.architecture]!;
    expect(breaches(a, task.layer, best!.mapping, task.conventions)).toEqual([]);
    const evaluation = evaluate(a, task.layer, best!.mapping, task.conventions);
    expect(best!.evaluation).toEqual(evaluation);
    expect(best!.objective).toBe(measure('edp', evaluation));
    expect([status, bound, evaluations]).toEqual(['feasible', 0, 800]);
    expect(gapOf({ best, bound })).toBe(1);
  });

  test('is no worse with more evaluations', async () => {
    const few = await strategy.find(task, { ...budget, evaluations: 300 });
    const many = await strategy.find(task, { ...budget, evaluations: 1500 });
    // A longer budget continues the same walk.
    expect(many.best!.objective).toBeLessThanOrEqual(few.best?.objective ?? Infinity);
  });

  test('stops when its time is over', async () => {
    let clock = 0;
    const answer = await strategy.find(task, { ...budget, time: 0.1, evaluations: Infinity, now: () => clock++ });
    expect(answer.evaluations).toBeLessThanOrEqual(101);
  });

  test('has no mapping where none is legal, and does not call that infeasible', async () => {
    const nothing = await strategy.find({ ...task, goal: { objective: 'edp', limits: { latency: 1 } } }, { ...budget, evaluations: 200 });
    expect(nothing).toMatchObject({ status: 'unknown', best: undefined, bound: 0 });
    expect(nothing.reason).not.toBe('');
  });

  test('takes a layer of one multiplication', async () => {
    const one = await strategy.find({ ...task, layer: makeLayer('one', {}) }, { ...budget, evaluations: 50 });
    expect(one.best!.evaluation.compute.cycles).toBe(1);
  });
});
