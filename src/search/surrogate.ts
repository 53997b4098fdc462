// A Gaussian process made again and again of more and more looks, which keeps the length scales that it has learned.

import { nth } from '../base/invariant.js';
import { byValue } from './design/design-run.js';
import type { GaussianProcess } from './gaussian.js';
import { firstScales, gaussianProcess, likelierProcess } from './gaussian.js';

/** What is known of one place. */
export interface Look {
  readonly at: readonly number[];
  readonly value: number;
}

export interface Learning {
  /** Looks that a process is made of at most: time grows with their cube. */
  readonly maxLooks: number;
  /** Length scales are learned anew whenever there are so many times the looks. */
  readonly growth: number;
}

/** Where no time is left, scales are learned no further: many processes are made for that. */
export function learner<L extends Look>(
  quantity: (look: L) => number,
  { maxLooks, growth }: Learning,
  left: () => boolean,
): (looks: readonly L[]) => GaussianProcess {
  let scales: readonly number[] | undefined;
  let learned = 0;
  return (looks) => {
    const taken = telling(looks, maxLooks);
    const [xs, ys] = [taken.map((look) => look.at), taken.map(quantity)];
    scales ??= firstScales(nth(xs, 0).length);
    const learns = looks.length >= growth * learned;
    if (learns) learned = looks.length;
    const fitted = learns ? likelierProcess(xs, ys, scales, left) : gaussianProcess(xs, ys, scales);
    scales = fitted.scales;
    return fitted;
  };
}

/** All, or the best and of the others the latest. */
function telling<L extends Look>(looks: readonly L[], max: number): readonly L[] {
  if (looks.length <= max) return looks;
  const best = new Set(looks.toSorted(byValue).slice(0, max / 2));
  return [...best, ...looks.filter((look) => !best.has(look)).slice(-max / 2)];
}
