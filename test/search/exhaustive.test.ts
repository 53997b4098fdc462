// Law: looking at every mapping finds what the blunt enumeration of the tests finds, on any machine, under any conventions.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/search/exhaustive.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printShape } from '../../src/model/workload/layer.js';
import { exhaustive, sizeOfSpace } from '../../src/search/mapping/exhaustive.js';
import type { Budget, Task } from '../../src/search/strategy.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { enumerate } from '../support/enumerate.js';
import { smallTask, smallTemplateTask } from '../support/small.js';

const seed = seedFrom(20191104);
const cases = casesOf('exhaustive');
const budget: Budget = { time: 60, evaluations: Infinity, gap: 0, seed: 1, now: () => performance.now() };

async function compare(task: Task): Promise<boolean> {
  const census = enumerate(task, 4000);
  if (!census) return false;
  const about = `${task.conventions.name} ${task.goal.objective} ${printShape(task.layer)} padding ${task.padding}`;
  const answer = await exhaustive.find(task, budget);
  expect(answer, about).toMatchObject(
    census.best ? { status: 'optimal', bound: answer.best?.objective } : { status: 'infeasible', bound: Infinity },
  );
  // The last digit: sums of the same numbers in one order, of mappings that cost the same.
  if (census.best) expect(Math.abs(answer.best!.objective / census.best.objective - 1), about).toBeLessThan(1e-12);
  const size = sizeOfSpace(task, 4000);
  expect(size.mappings, about).toBe(census.mappings);
  expect(answer.evaluations, about).toBeLessThanOrEqual(size.looks);
  return true;
}

describe('looking at every mapping', () => {
  test.each([
    ['general machines', smallTask],
    ['the template', smallTemplateTask],
  ] as const)('agrees with the blunt enumeration on %s', { timeout: 300_000 }, async (_, tasks) => {
    let done = 0;
    for (const task of fc.sample(tasks, { seed, numRuns: cases })) {
      if (!(await compare(task))) continue;
      done++;
      const best = enumerate({ ...task, goal: { objective: 'latency', limits: {} } }, 4000)!.best;
      // At the limit there is something, below it nothing.
      if (best)
        for (const latency of [best.evaluation.cycles, best.evaluation.cycles * 0.99])
          await compare({ ...task, goal: { objective: 'energy', limits: { latency } } });
    }
    expect(done).toBeGreaterThan(cases / 6);
  });

  test('is refused in time where there are too many, and ends when the time is over', async () => {
    const [task] = fc.sample(smallTask, { seed, numRuns: 1 });
    const large: Task = {
      ...task!,
      layer: { ...task!.layer, bounds: { N: 8, G: 1, K: 512, C: 512, P: 56, Q: 56, R: 3, S: 3 } },
    };
    expect(sizeOfSpace(large, 1e6)).toEqual({ mappings: Infinity, looks: Infinity });
    expect(await exhaustive.find(large, budget)).toMatchObject({
      status: 'unknown',
      best: undefined,
      bound: 0,
      reason: { kind: 'unsuited' },
    });
    expect(await exhaustive.find(task!, { ...budget, time: 0 })).toMatchObject({
      status: 'unknown',
      reason: { kind: 'time-limit' },
    });
  });
});
