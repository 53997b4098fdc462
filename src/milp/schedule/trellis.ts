// All residencies on all routes of a network as ways through a trellis: a point for each place between two steps, of the network or
// inside a stretch, with each set of living tensors that stay there; a move for each way in which a step leads from one to another.

import { got, nth } from '../../base/invariant.js';
import type { Residency, StepState } from './residency.js';
import type { Routes, Stretch, StretchStep } from './routes.js';

/** Where some steps of a network are done, and which tensors stay behind them. */
export interface Point {
  /** Steps of the network before it; where a stretch is under way, those before the stretch. */
  readonly at: number;
  /** Inside a stretch: its number, and how many of its steps are done. */
  readonly within: { readonly stretch: number; readonly steps: number } | undefined;
  /** Tensors by number, ascending. */
  readonly kept: readonly number[];
}

export interface Move {
  /** Places of points. */
  readonly from: number;
  readonly to: number;
  readonly state: StepState;
  /** Tensors that live from this step on and stay. */
  readonly begun: readonly number[];
  /** Which it is the last step of. */
  readonly stretch: Stretch | undefined;
}

export interface Trellis {
  /** The first is where the network begins. */
  readonly points: readonly Point[];
  /** Those to a point before those from it. */
  readonly moves: readonly Move[];
  /** From which point each of them leads to which: what is gone through again and again lies close together. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Behind the last step, which no tensor outlives; undefined where no way leads there. */
  readonly end: number | undefined;
}

/** `fixed` says of some tensors whether they stay; moves that take more banks than there are, or that `may` refuses, are left out. */
export function trellisOf(
  routes: Routes,
  fixed: ReadonlyMap<number, boolean>,
  may: (state: StepState) => boolean,
): Trellis {
  const points: Point[] = [{ at: 0, within: undefined, kept: [] }];
  const moves: Move[] = [];
  const places = Array.from({ length: routes.end + 1 }, () => new Map<string, number>());
  nth(places, 0).set('', 0);
  for (let at = 0; at < routes.end; at++) {
    for (const [number, stretch] of routes.stretches.entries()) {
      if (stretch.from !== at) continue;
      let reached: Iterable<number> = [...nth(places, at).values()];
      for (const [i, step] of stretch.steps.entries()) {
        const steps = i + 1;
        const isLast = steps === stretch.steps.length;
        const into = isLast ? nth(places, stretch.upTo) : new Map<string, number>();
        const where = isLast ? { at: stretch.upTo, within: undefined } : { at, within: { stretch: number, steps } };
        for (const from of reached)
          for (const { begun, state, left } of takes(routes, step, nth(points, from).kept, fixed)) {
            if (!may(state)) continue;
            const key = left.join(' ');
            const to = into.get(key) ?? points.push({ ...where, kept: left }) - 1;
            into.set(key, to);
            moves.push({ from, to, state, begun, stretch: isLast ? stretch : undefined });
          }
        reached = [...into.values()];
      }
    }
  }
  const from = Int32Array.from(moves, (move) => move.from);
  const to = Int32Array.from(moves, (move) => move.to);
  return { points, moves, from, to, end: nth(places, routes.end).get('') };
}

interface Taken {
  readonly begun: readonly number[];
  readonly state: StepState;
  /** What stays behind the step. */
  readonly left: readonly number[];
}

/** Every way to take a step beside what stays. */
function* takes(
  { banks, tensors }: Pick<Routes, 'banks' | 'tensors'>,
  { step, operands, begun: beginning, ended, barred = [] }: StretchStep,
  before: readonly number[],
  fixed: ReadonlyMap<number, boolean>,
): Iterable<Taken> {
  if (before.some((t) => barred.includes(t))) return;
  for (const begun of choicesOf(
    beginning.filter((t) => !barred.includes(t)),
    fixed,
  )) {
    const kept = [...before, ...begun];
    const free = banks - kept.reduce((sum, t) => sum + nth(tensors, t).banks, 0);
    if (free < 0) continue;
    const left = kept.filter((t) => !ended.includes(t)).toSorted((a, b) => a - b);
    yield { begun, state: { step, kept: operands.map((t) => kept.includes(t)), free }, left };
  }
}

/** Every choice of which of some tensors stay. */
const choicesOf = (list: readonly number[], fixed: ReadonlyMap<number, boolean>): readonly (readonly number[])[] =>
  list.reduce<readonly (readonly number[])[]>(
    (all, t) => {
      const may = fixed.has(t) ? [got(fixed, t)] : [false, true];
      return may.flatMap((stays) => (stays ? all.map((c) => [...c, t]) : all));
    },
    [[]],
  );

/** What the cheapest way from the beginning to each point costs, and from each point to the end; +Infinity where there is none. */
export function cheapestWays(
  trellis: Trellis,
  costOf: (move: Move) => number,
): { readonly before: Float64Array; readonly behind: Float64Array } {
  const { points, moves, end } = trellis;
  const before = new Float64Array(points.length).fill(Infinity);
  const behind = new Float64Array(points.length).fill(Infinity);
  before[0] = 0;
  if (end !== undefined) behind[end] = 0;
  for (const move of moves) before[move.to] = Math.min(nth(before, move.to), nth(before, move.from) + costOf(move));
  for (const move of moves.toReversed())
    behind[move.from] = Math.min(nth(behind, move.from), nth(behind, move.to) + costOf(move));
  return { before, behind };
}

/** The moves of the cheapest way, and what they cost together; undefined where no way has a cost. */
export function cheapestWay(
  { points, moves, from, to, end }: Trellis,
  costOf: (move: Move, place: number) => number,
): { readonly moves: readonly Move[]; readonly cost: number } | undefined {
  const costs = new Float64Array(points.length).fill(Infinity);
  const last = new Int32Array(points.length).fill(-1);
  costs[0] = 0;
  for (let place = 0; place < moves.length; place++) {
    const into = nth(to, place);
    const cost = nth(costs, nth(from, place)) + costOf(nth(moves, place), place);
    if (cost >= nth(costs, into)) continue;
    costs[into] = cost;
    last[into] = place;
  }
  if (end === undefined || costs[end] === Infinity) return undefined;
  const way: Move[] = [];
  for (let place = nth(last, end); place >= 0; place = nth(last, nth(from, place))) way.push(nth(moves, place));
  return { moves: way.reverse(), cost: nth(costs, end) };
}

/** Which stretches a way takes, and which of all tensors stay on it. */
export function scheduleOn(
  { tensors }: Pick<Routes, 'tensors'>,
  way: readonly Pick<Move, 'begun' | 'stretch'>[],
): { readonly route: readonly Stretch[]; readonly residency: Residency } {
  const staying = new Set(way.flatMap(({ begun }) => begun));
  return { route: way.flatMap(({ stretch }) => stretch ?? []), residency: tensors.map((_, t) => staying.has(t)) };
}
