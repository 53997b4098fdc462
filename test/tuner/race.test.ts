// A race of solvers: the first proof wins and who is still at work is ended; without a proof, what both know counts.

import { describe, expect, test } from 'vitest';
import type { Milp, Outcome, SolveOptions } from '../../src/program/milp.js';
import { timeLimit } from '../../src/base/stop-reason.js';
import type { Runner } from '../../src/pool/tasks.js';
import type { Entrant } from '../../src/tuner/race/race.js';
import { entrantIn, race, together } from '../../src/tuner/race/race.js';
import type { RaceTasks } from '../../src/tuner/race/race-tasks.js';

// min x, 3 x >= 4, x whole: 2.
const milp: Milp = {
  columns: [{ name: 'x', lower: 0, upper: 9, integer: true, cost: 1 }],
  rows: [{ name: 'r', indices: [0], values: [3], lower: 4, upper: Infinity }],
  offset: 0,
};
const options: SolveOptions = { timeLimit: 20, gap: 0 };
const solved = (status: 'optimal' | 'feasible', objective: number, bound = objective): Outcome => ({
  status,
  point: Float64Array.of(objective),
  objective,
  bound,
  nodes: 0,
});
const unknown: Outcome = { status: 'unknown', bound: 1.5, reason: timeLimit };

/** Answers after so many turns; never where there is no answer. */
function entrant(answer: Outcome | undefined, turns = 0): Entrant & { ended: number } {
  const own = {
    ended: 0,
    solve: async (): Promise<Outcome> => {
      if (!answer) return new Promise(() => {});
      for (let i = 0; i < turns; i++) await Promise.resolve();
      return answer;
    },
    end: (): Promise<void> => {
      own.ended++;
      return Promise.resolve();
    },
  };
  return own;
}
const run = (...entrants: Entrant[]) => race(() => Promise.resolve(entrants)).solve(milp, options);

describe('a race', () => {
  test.each([0, 1])('is won by the first proof, and the other is ended', async (winner) => {
    const entrants = [entrant(undefined), entrant(undefined)];
    entrants[winner] = entrant(solved('optimal', 2));
    expect(await run(...entrants)).toMatchObject({ status: 'optimal', objective: 2 });
    expect(entrants.map((e) => e.ended)).toEqual(winner === 0 ? [0, 1] : [1, 0]);
  });

  test('waits for a proof where somebody gives up', async () => {
    expect(await run(entrant(unknown), entrant(solved('optimal', 2), 20))).toMatchObject({ status: 'optimal' });
    expect(await run(entrant(solved('feasible', 3, 1)), entrant({ status: 'infeasible' }, 20))).toEqual({
      status: 'infeasible',
    });
  });

  test('has the better point and the higher bound where nobody proves anything', async () => {
    const found = await run(entrant(solved('feasible', 3, 1.9)), entrant(solved('feasible', 2, 1)));
    expect(found).toMatchObject({ status: 'feasible', objective: 2, bound: 1.9 });
    expect(together(unknown, solved('feasible', 2, 1))).toMatchObject({ status: 'feasible', objective: 2, bound: 1.5 });
    expect(together(solved('feasible', 2, 1), unknown)).toMatchObject({ status: 'feasible', objective: 2, bound: 1.5 });
    expect(together(unknown, { ...unknown, bound: 1 })).toMatchObject({ status: 'unknown', bound: 1.5 });
  });

  test('does not believe a proof that rules out the point that the solver was given', async () => {
    const start = Float64Array.of(2);
    const field = (first: Outcome) => () => Promise.resolve([entrant(first), entrant(solved('optimal', 2), 20)]);
    for (const wrong of [{ status: 'infeasible' } as const, solved('optimal', 3)])
      expect(await race(field(wrong)).solve(milp, { ...options, start })).toMatchObject({
        status: 'optimal',
        objective: 2,
      });
  });

  test('is run by HiGHS alone where there are no threads, and of relaxations', async () => {
    expect(await race(() => Promise.resolve(undefined)).solve(milp, options)).toMatchObject({
      status: 'optimal',
      objective: 2,
    });
    const relaxed = await race(() => Promise.reject(new Error('nobody asked'))).solve(milp, {
      ...options,
      relax: true,
    });
    if (relaxed.status !== 'optimal') throw new Error(relaxed.status);
    expect(relaxed.objective).toBeCloseTo(4 / 3);
    expect(relaxed.duals).toHaveLength(1);
    // These sources have no threads.
    expect(await race().solve(milp, options)).toMatchObject({ status: 'optimal', objective: 2 });
  });
});

test('an entrant keeps its worker, until it is ended; a lost one is an unknown, and the next program gets another', async () => {
  const opened: string[] = [];
  let answer: () => Promise<Outcome> = () => Promise.resolve(solved('optimal', 2));
  const worker = (): Runner<RaceTasks> => {
    opened.push('worker');
    return { width: 1, run: (() => answer()) as Runner<RaceTasks>['run'], close: () => Promise.resolve() };
  };
  const one = entrantIn(worker, 'glpk');
  await one.solve(milp, options);
  await one.solve(milp, options);
  expect(opened).toHaveLength(1);
  await one.end();
  answer = () => Promise.reject(new Error('worker ended: exit 1'));
  expect(await one.solve(milp, options)).toMatchObject({
    status: 'unknown',
    reason: { kind: 'failed', message: 'worker ended: exit 1' },
  });
  expect(opened).toHaveLength(2);
});
