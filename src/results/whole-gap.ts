// How far an answer about a network is from its bound, where sums of doubles are no distance.

import { gapBetween } from '../model/cost/goal.js';

/** (value - bound) / value, and 0 where they differ by no more than sums of doubles may. */
export const wholeGap = ({ value, bound }: { readonly value: number; readonly bound: number }): number => {
  const gap = gapBetween(value, bound);
  return gap <= 1e-9 ? 0 : gap;
};
