// Law: on small spaces the mapper's optimum is the one that looking at every mapping finds, and its bound is below it.
//
// Runs of other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/laws/optimum.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printShape } from '../../src/model/workload/layer.js';
import { glpk } from '../../src/milp/glpk.js';
import { highs } from '../../src/milp/highs.js';
import { mapper } from '../../src/milp/mapper.js';
import { randomSampling } from '../../src/search/mapping/heuristics.js';
import type { Answer, Strategy, Task } from '../../src/search/strategy.js';
import { heuristicAnswer } from '../../src/search/strategy.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { enumerate } from '../support/enumerate.js';
import { smallTask, smallTemplateTask } from '../support/small.js';

const seed = seedFrom(20191104);
const cases = casesOf('optimum');
const gap = 1e-5;
const budget = { time: 60, evaluations: 200, gap, seed: 1, now: () => performance.now() };
/** Half of the cases start from nothing, half from a sampled mapping. */
const nothing: Strategy = { name: 'nothing', find: () => Promise.resolve(heuristicAnswer('nothing', undefined, 0)) };

/** How the answer stands beside looking at everything; undefined where that is too much. */
async function agree(
  task: Task,
  backend: typeof highs,
  first: Strategy,
  max: number,
): Promise<Answer['status'] | undefined> {
  const census = enumerate(task, max);
  if (!census) return undefined;
  const answer = await mapper(backend, first).find(task, budget);
  const about = `${task.conventions.name} ${task.goal.objective} ${printShape(task.layer)} padding ${task.padding}`;
  if (!census.best) {
    expect(answer.status, about).toBe('infeasible');
    return answer.status;
  }
  expect(answer.best?.objective, about).toBeDefined();
  const { objective } = answer.best!;
  // The last digit: sums of the same numbers in one order.
  expect(objective, about).toBeGreaterThanOrEqual((1 - 1e-12) * census.best.objective);
  expect(answer.bound, about).toBeLessThanOrEqual(census.best.objective);
  if (answer.reason?.kind === 'relaxed') return answer.status;
  expect(objective - census.best.objective, about).toBeLessThanOrEqual(gap * census.best.objective);
  // GLPK takes integers within 1e-5, and magnet says so where that is all that is left.
  if (backend.name === 'glpk' && (answer.reason?.kind === 'tolerance' || answer.reason?.kind === 'excluded-point'))
    expect(answer.bound, about).toBeGreaterThan(0.99 * census.best.objective);
  else expect(answer.status, about).toBe('optimal');
  return 'optimal';
}

/** How many of the sampled tasks were small enough to be enumerated, and how many of these have a mapping that is only bounded. */
async function sweep(
  tasks: readonly Task[],
  backend: typeof highs,
  max: number,
): Promise<{ readonly done: number; readonly open: number }> {
  const found: (Answer['status'] | undefined)[] = [];
  for (const [i, task] of tasks.entries())
    found.push(await agree(task, backend, i % 2 ? randomSampling : nothing, max));
  return { done: found.filter((s) => s !== undefined).length, open: found.filter((s) => s === 'feasible').length };
}

describe.each([highs, glpk])('$name agrees with exhaustive enumeration', (backend) => {
  const shift = backend.name === 'glpk' ? 1 : 0;
  test('on general machines, both conventions, all objectives', { timeout: 600_000 }, async () => {
    const { done, open } = await sweep(fc.sample(smallTask, { seed: seed + shift, numRuns: cases * 2 }), backend, 4000);
    // Of twice as many draws those that can be looked at whole.
    expect(done).toBeGreaterThan(cases / 3);
    expect(open).toBe(0);
  });

  test('on the template, collectors in every order', { timeout: 600_000 }, async () => {
    const { done, open } = await sweep(
      fc.sample(smallTemplateTask, { seed: seed + shift, numRuns: cases }),
      backend,
      6000,
    );
    // Of twice as many draws those that can be looked at whole.
    expect(done).toBeGreaterThan(cases / 3);
    // Cycles of tiles are a sum of maxima, which the program has from below only.
    expect(open).toBeLessThan(done / 4);
  });

  test('with upper limits on the other quantities', { timeout: 600_000 }, async () => {
    const tasks: Task[] = [];
    for (const task of fc.sample(smallTask, { seed: seed + 2 + shift, numRuns: cases })) {
      const free = enumerate({ ...task, goal: { objective: 'latency', limits: {} } }, 4000)?.best;
      if (!free) continue;
      // A limit between the two extremes, and one that nothing meets.
      const slack = tasks.length % 3 === 0 ? 0.99 : 1.3;
      tasks.push({ ...task, goal: { objective: 'energy', limits: { latency: free.evaluation.cycles * slack } } });
    }
    expect((await sweep(tasks, backend, 4000)).done).toBeGreaterThan(cases / 3);
  });
});
