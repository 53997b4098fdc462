// The steps of a nest of tiles, counted by kind: in step j tile j is brought in, tile j - 1
// worked on, tile j - 2 taken away.
//
// What happens to a tile depends on the *advance* that leads to it: the number of the loop that moves on, 0 the
// innermost (all inside it begin anew). A tensor is brought in where no loop of its run is under way: where the advance
// is at least the number of loops in the run. Of two consecutive advances one is 0, so a nest has few kinds of steps.

import { nth } from '../../base/invariant.js';

/** A nest has so many steps more than tiles: the last tile is worked on, then taken away. */
export const stepsBeyondTiles = 2;

/** The advance to the first tile of a nest, and the one past its last: everything begins, or ends. */
const ends = Infinity;
/** No such tile. */
const none = -1;

export interface Step {
  /** The advance to the tile that is brought in; below 0 where there is none. */
  readonly enter: number;
  /** The advances to and past the tile that is worked on. */
  readonly work: { readonly from: number; readonly to: number } | undefined;
  /** The advance past the tile that is taken away; below 0 where there is none. */
  readonly leave: number;
  readonly count: number;
}

/** Bounds of the loops from the innermost out, all above 1. */
export function stepKinds(bounds: readonly number[]): readonly Step[] {
  const tiles = bounds.reduce((n, b) => n * b, 1);
  const first: Step = { enter: ends, work: undefined, leave: none, count: 1 };
  const last: Step = { enter: none, work: undefined, leave: ends, count: 1 };
  const [innermost] = bounds;
  if (innermost === undefined)
    return [first, { enter: none, work: { from: ends, to: ends }, leave: none, count: 1 }, last];
  const between = (from: number, to: number, count: number): Step => ({
    enter: to,
    work: { from, to },
    leave: from,
    count,
  });
  const kinds = [first, { enter: 0, work: { from: ends, to: 0 }, leave: none, count: 1 }];
  kinds.push(between(0, 0, tiles - 2 * (tiles / innermost)));
  let outside = tiles / innermost;
  for (let x = 1; x < bounds.length; x++) {
    // Loop x moves on (b - 1) times for each position of the loops around it, each time between two moves of loop 0.
    outside /= nth(bounds, x);
    const count = (nth(bounds, x) - 1) * outside;
    kinds.push(between(0, x, count), between(x, 0, count));
  }
  kinds.push({ enter: none, work: { from: 0, to: ends }, leave: 0, count: 1 }, last);
  return kinds;
}

/** One step of a nest by its number, from 0; there are `stepsBeyondTiles` more than tiles. */
export function stepAt(bounds: readonly number[], number: number): Omit<Step, 'count'> {
  const tiles = bounds.reduce((n, b) => n * b, 1);
  /** To tile k: all loops inside the one that moves on begin anew. */
  const advance = (k: number): number => {
    if (k === 0 || k === tiles) return ends;
    let [inside, left] = [0, k];
    while (left % nth(bounds, inside) === 0) left /= nth(bounds, inside++);
    return inside;
  };
  return {
    enter: number < tiles ? advance(number) : none,
    work: number > 0 && number <= tiles ? { from: advance(number - 1), to: advance(number) } : undefined,
    leave: number > 1 ? advance(number - 1) : none,
  };
}
