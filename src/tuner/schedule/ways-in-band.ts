// Ways through residencies that cost no more than so much by some prices, and what their mappings come to in energy and cycles:
// added up step by step, but for what another undercuts in both.
//
// A move is in the band only where the least that the steps before it and behind it cost leaves room for it.

import { nth } from '../../base/invariant.js';
import { Staircase } from '../../base/staircase.js';
import type { Totals } from '../../milp/master/master.js';
import type { Move, Trellis } from '../../milp/schedule/trellis.js';
import { cheapestWays } from '../../milp/schedule/trellis.js';

/** A move that some way in the band has, with what it may cost there. */
export interface Room {
  readonly move: Move;
  readonly room: number;
}

export interface Band {
  readonly trellis: Trellis;
  readonly max: number;
  readonly rooms: readonly Room[];
  /** What the steps behind each point cost at least. */
  readonly behind: Float64Array;
}

export function bandOf(trellis: Trellis, floorOf: (move: Move) => number, max: number): Band {
  const { before, behind } = cheapestWays(trellis, floorOf);
  const rooms = trellis.moves.flatMap((move) => {
    const room = max - nth(before, move.from) - nth(behind, move.to);
    return floorOf(move) <= room ? [{ move, room }] : [];
  });
  return { trellis, max, rooms, behind };
}

/** The widest of those that are alike. */
export function widestRooms<K>(rooms: readonly Room[], keyOf: (move: Move) => K): ReadonlyMap<K, Room> {
  const widest = new Map<K, Room>();
  for (const own of rooms) {
    const key = keyOf(own.move);
    if (own.room > (widest.get(key)?.room ?? -Infinity)) widest.set(key, own);
  }
  return widest;
}

interface Costs {
  readonly energy: number;
  readonly cycles: number;
}

/** The totals of steps so far, and how they came about: with a column for each move. */
export interface Way<C> extends Costs {
  readonly move: Move | undefined;
  readonly column: C | undefined;
  readonly before: Way<C> | undefined;
}

/** Totals that are kept in mind at once. */
const maxTotals = 200_000;

/** From the quickest on; 'too-many' where there are more than can be kept in mind. */
export function waysIn<C>(
  { trellis, max, rooms, behind }: Band,
  weights: Totals,
  columnsOf: (move: Move) => readonly C[],
  costsOf: (column: C) => Costs,
): readonly Way<C>[] | 'too-many' {
  const ways = new Map<number, Staircase<Way<C>>>();
  const waysTo = (point: number) => {
    const own = ways.get(point) ?? new Staircase<Way<C>>();
    ways.set(point, own);
    return own;
  };
  waysTo(0).add(0, 0, { energy: 0, cycles: 0, move: undefined, column: undefined, before: undefined });
  /** Moves from a point that are left: behind the last of them its totals are not looked at again. */
  const leaving = new Map<number, number>();
  for (const { move } of rooms) leaving.set(move.from, (leaving.get(move.from) ?? 0) + 1);
  let kept = 1;
  for (const { move } of rooms) {
    const room = max - nth(behind, move.to);
    const from = waysTo(move.from).items;
    const into = waysTo(move.to);
    const known = into.items.length;
    const columns = columnsOf(move).map((column) => ({ column, costs: costsOf(column) }));
    for (const way of from)
      for (const { column, costs } of columns) {
        const energy = way.energy + costs.energy;
        const cycles = way.cycles + costs.cycles;
        if (weights.energy * energy + weights.cycles * cycles > room) continue;
        into.add(cycles, energy, { energy, cycles, move, column, before: way });
      }
    const left = (leaving.get(move.from) ?? 0) - 1;
    leaving.set(move.from, left);
    kept += into.items.length - known;
    if (left === 0 && ways.delete(move.from)) kept -= from.length;
    if (kept > maxTotals) return 'too-many';
  }
  return trellis.end === undefined ? [] : waysTo(trellis.end).items;
}

/** In their order. */
export function stepsOf<C>(end: Way<C>): readonly { readonly move: Move; readonly column: C }[] {
  const steps: { readonly move: Move; readonly column: C }[] = [];
  for (let at: Way<C> | undefined = end; at; at = at.before)
    if (at.move && at.column !== undefined) steps.push({ move: at.move, column: at.column });
  return steps.reverse();
}
