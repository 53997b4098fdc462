// All residencies as ways through a trellis: between two steps a point for each set of living tensors that stay, and moves that each
// step makes from one to another.

import { nth } from '../../base/invariant.js';
import { choicesOf, leftBehind, stateWith } from './cheapest-residency.js';
import type { Residency, ResidencyProblem, StepState } from './residency.js';
import { noDetours, routesOf } from './routes.js';

export interface Move {
  /** Places of points before the step and behind it. */
  readonly from: number;
  readonly to: number;
  readonly state: StepState;
  /** Tensors that the step makes and that stay. */
  readonly begun: readonly number[];
}

export interface Trellis {
  /** Of each step. */
  readonly moves: readonly (readonly Move[])[];
  /** Points before each step, and behind the last. */
  readonly points: readonly number[];
}

/** `fixed` says of some tensors whether they stay; moves that take more banks than there are, or that `may` refuses, are left out. */
export function trellisOf(
  problem: ResidencyProblem,
  fixed: ReadonlyMap<number, boolean>,
  may: (state: StepState) => boolean,
): Trellis {
  let points: readonly (readonly number[])[] = [[]];
  const counts = [1];
  const moves = routesOf(problem, noDetours).stretches.map(({ steps }): readonly Move[] => {
    const own = nth(steps, 0);
    const choices = choicesOf(own.begun, fixed);
    const numbers = new Map<string, number>();
    const next: (readonly number[])[] = [];
    const made = points.flatMap((before, from) =>
      choices.flatMap((begun): readonly Move[] => {
        const kept = [...before, ...begun];
        const state = stateWith(problem, own, kept);
        if (!state || !may(state)) return [];
        const left = leftBehind(own, kept);
        const key = left.join(' ');
        const to = numbers.get(key) ?? next.push(left) - 1;
        numbers.set(key, to);
        return [{ from, to, state, begun }];
      }),
    );
    points = next;
    counts.push(next.length);
    return made;
  });
  return { moves, points: counts };
}

/** What the cheapest way from the beginning to each point costs, and from each point to the end; +Infinity where there is none. */
export function cheapestWays(
  { moves, points }: Trellis,
  costOf: (move: Move) => number,
): { readonly before: readonly Float64Array[]; readonly behind: readonly Float64Array[] } {
  const all = () => points.map((n) => new Float64Array(n).fill(Infinity));
  const [before, behind] = [all(), all()];
  nth(before, 0).fill(0);
  nth(behind, moves.length).fill(0);
  const lower = (costs: Float64Array, at: number, cost: number) => {
    costs[at] = Math.min(nth(costs, at), cost);
  };
  for (const [step, own] of moves.entries())
    for (const m of own) lower(nth(before, step + 1), m.to, nth(nth(before, step), m.from) + costOf(m));
  for (const [step, own] of [...moves.entries()].reverse())
    for (const m of own) lower(nth(behind, step), m.from, nth(nth(behind, step + 1), m.to) + costOf(m));
  return { before, behind };
}

/** Which of the tensors stay on a way. */
export const residencyOf = ({ tensors }: ResidencyProblem, way: Iterable<Pick<Move, 'begun'>>): Residency => {
  const staying = new Set([...way].flatMap(({ begun }) => begun));
  return tensors.map((_, t) => staying.has(t));
};
