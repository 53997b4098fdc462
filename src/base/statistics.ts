// Middles of a few numbers, some of which may be infinite: what was never reached.

import { nth } from './invariant.js';

/** Mean of the two middle ones where their number is even; +Infinity where one of them is; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => (a === b ? 0 : a - b));
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? nth(sorted, half) : (nth(sorted, half - 1) + nth(sorted, half)) / 2;
}
