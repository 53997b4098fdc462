// Law: where it is open what levels keep, the proven optimum is the least over all ways to choose, never above that with
// everything kept, and every answer says what it keeps.
//
// Runs of other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/laws/keeping.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glpk } from '../../src/milp/glpk.js';
import { highs } from '../../src/milp/highs.js';
import { mapper } from '../../src/milp/mapper.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { measure } from '../../src/model/cost/goal.js';
import { isOpen, keepingAll, openKeeps, openWithin } from '../../src/model/machine/keeping.js';
import { printShape, tensors } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { exhaustive, sizeOfSpace } from '../../src/search/mapping/exhaustive.js';
import { heuristics, randomSampling } from '../../src/search/mapping/heuristics.js';
import type { Found, Task } from '../../src/search/strategy.js';
import { certify } from '../../src/tuner/certify.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { enumerate } from '../support/enumerate.js';
import { smallTask } from '../support/small.js';

const seed = seedFrom(20261128);
const cases = casesOf('keeping');
const gap = 1e-5;
const budget = { time: 60, evaluations: 500, gap, seed: 1, now: () => performance.now() };

/** Small machines that leave open whether some levels keep some tensors. */
const openTask = fc
  .tuple(smallTask, fc.array(fc.subarray([...tensors]), { minLength: 4, maxLength: 4 }))
  .map(([task, open]): Task => ({
    ...task,
    architectures: task.architectures.map((a) => ({
      ...a,
      levels: openWithin(a.levels.map((l, i) => ({ ...l, open: open[i] ?? [] }))),
    })),
  }));
const tasks = fc.sample(
  openTask.filter((t) => openKeeps(t.architectures[0]!).length > 0 && enumerate(t, 12_000) !== undefined),
  { seed, numRuns: cases },
);
/** The minimum of a task by looking at everything bluntly. */
const known = new Map<Task, ReturnType<typeof enumerate>>();
function truthOf(task: Task): NonNullable<ReturnType<typeof enumerate>> {
  if (!known.has(task)) known.set(task, enumerate(task, 12_000));
  return known.get(task)!;
}
const about = ({ layer, conventions, goal, padding, architectures: [a] }: Task) =>
  `${conventions.name} ${goal.objective} ${printShape(layer)} ` +
  `padding ${padding} ${JSON.stringify(a!.levels.map(({ keeps, open, holdsSums }) => ({ keeps, open, holdsSums })))}`;

/** What stays kept is kept, and the mapping by itself costs what is said. */
function expectHonest(
  { layer, conventions, goal, architectures: [a] }: Task,
  { mapping, objective }: Found,
  said: string,
): void {
  a!.levels.forEach((l, i) => {
    for (const t of tensors)
      if (!isOpen(l, t)) expect(mapping.levels[i]!.keep.includes(t), said).toBe(l.keeps.includes(t));
  });
  expect(breaches(a!, layer, mapping, conventions), said).toEqual([]);
  expect(
    Math.abs(measure(goal.objective, evaluate(a!, layer, mapping, conventions)) / objective - 1),
    said,
  ).toBeLessThan(1e-12);
}

describe('machines that leave open what they keep', () => {
  test('looking at every mapping finds the least over all ways to keep', { timeout: 300_000 }, async () => {
    let [some, less] = [0, 0];
    for (const task of tasks) {
      const { best: truth, mappings } = truthOf(task);
      const { status, best } = await exhaustive.find(task, { ...budget, evaluations: Infinity });
      expect(status, about(task)).toBe(truth ? 'optimal' : 'infeasible');
      expect(sizeOfSpace(task, 1e6).mappings, about(task)).toBe(mappings);
      if (!best || !truth) continue;
      some++;
      expect(Math.abs(best.objective / truth.objective - 1), about(task)).toBeLessThan(1e-12);
      expectHonest(task, best, about(task));
      const all = enumerate({ ...task, architectures: task.architectures.map(keepingAll) }, 12_000)!.best;
      if (!all || all.objective > best.objective * (1 + 1e-9)) less++;
      if (all) expect(all.objective, about(task)).toBeGreaterThanOrEqual(best.objective * (1 - 1e-12));
    }
    expect(some).toBeGreaterThan(cases / 2);
    expect(less).toBeGreaterThan(cases / 6);
  });

  test.each([highs, glpk])(
    'the program of $name finds it too, with a bound below it',
    { timeout: 600_000 },
    async (backend) => {
      for (const [i, task] of tasks.slice(0, Math.ceil(cases / 2)).entries()) {
        const truth = truthOf(task).best;
        const answer = await mapper(
          backend,
          i % 2 ? randomSampling : heuristics.find((h) => h.name === 'annealing')!,
        ).find(task, budget);
        if (!truth) {
          expect(answer.status, about(task)).toBe('infeasible');
          continue;
        }
        expect(answer.bound, about(task)).toBeLessThanOrEqual(truth.objective * (1 + 1e-12));
        expect(answer.best!.objective, about(task)).toBeGreaterThanOrEqual(truth.objective * (1 - 1e-12));
        expect(answer.best!.objective, about(task)).toBeLessThanOrEqual(truth.objective * (1 + gap));
        if (backend === highs) expect(answer.status, about(task)).toBe('optimal');
        expectHonest(task, answer.best!, about(task));
      }
    },
  );

  test('heuristics find some and beat nothing', { timeout: 300_000 }, async () => {
    for (const heuristic of heuristics) {
      let [found, possible] = [0, 0];
      for (const task of tasks) {
        const truth = truthOf(task).best;
        const { best } = await heuristic.find(task, budget);
        if (truth) possible++;
        if (!best) continue;
        found++;
        expect(best.objective, about(task)).toBeGreaterThanOrEqual(truth!.objective * (1 - 1e-12));
        expectHonest(task, best, about(task));
      }
      expect(found, heuristic.name).toBeGreaterThanOrEqual(possible * 0.9);
    }
  });

  test(
    'what is found is certified, and what is claimed of keeping everything is not where less would do',
    { timeout: 600_000 },
    async () => {
      let certified = 0;
      const few = tasks.slice(0, Math.ceil(cases / 4));
      for (const task of few) {
        const { status, best } = await exhaustive.find(task, { ...budget, evaluations: Infinity });
        const options = { eps: 1e-3, time: 10, now: () => performance.now() };
        const told = await certify(task, { status, best }, options);
        expect(told.status, `${about(task)}: ${told.reason}`).not.toBe('refuted');
        if (told.status === 'certified') certified++;
        const all = enumerate({ ...task, architectures: task.architectures.map(keepingAll) }, 12_000)!.best;
        if (best && all && all.objective > best.objective * 1.01)
          expect((await certify(task, { status: 'optimal', best: all }, options)).status, about(task)).not.toBe(
            'certified',
          );
      }
      expect(certified).toBeGreaterThanOrEqual(few.length / 2);
    },
  );
});
