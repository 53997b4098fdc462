// Whether boxes leave a hole: places of a grid that no box holds.

import { nth } from '../base/invariant.js';

/** From the lowest place to the highest in each direction, both included. */
export interface Range {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const meets = (a: Range, b: Range): boolean =>
  a.low.every((low, i) => low <= nth(b.high, i) && nth(b.low, i) <= nth(a.high, i));
const holds = (a: Range, b: Range): boolean =>
  a.low.every((low, i) => low <= nth(b.low, i) && nth(b.high, i) <= nth(a.high, i));

/**
 * A part of `all` that no box meets; undefined where there is none. What is left beside a box that meets a part falls into
 * parts around it, at most two in each direction: boxes may overlap, and stand in any order.
 */
export function holeIn(all: Range, boxes: readonly Range[]): Range | undefined {
  const near = boxes.filter((b) => meets(b, all));
  const [first, ...others] = near.sort((a, b) => sizeWithin(b, all) - sizeWithin(a, all));
  if (!first) return all;
  if (holds(first, all)) return undefined;
  let { low, high } = all;
  for (const i of all.low.keys()) {
    const [from, to] = [nth(first.low, i), nth(first.high, i)];
    if (nth(low, i) < from) {
      const hole = holeIn({ low, high: high.with(i, from - 1) }, others);
      if (hole) return hole;
      low = low.with(i, from);
    }
    if (nth(high, i) > to) {
      const hole = holeIn({ low: low.with(i, to + 1), high }, others);
      if (hole) return hole;
      high = high.with(i, to);
    }
  }
  return undefined;
}

/** Places of `all` that a box holds: the largest first leaves the fewest parts. */
const sizeWithin = (box: Range, all: Range): number =>
  all.low.reduce(
    (n, low, i) => n * (Math.min(nth(box.high, i), nth(all.high, i)) - Math.max(nth(box.low, i), low) + 1),
    1,
  );
