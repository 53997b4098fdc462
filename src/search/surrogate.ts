// A Gaussian process made again and again of more and more looks, which keeps the length scales that it has learned.

import { byValue } from './design-run.js';
import type { GaussianProcess } from './gaussian.js';
import { firstScales, gaussianProcess, likelierScales } from './gaussian.js';

/** What is known of one place. */
export interface Look {
  readonly at: readonly number[];
  readonly value: number;
}

export interface Learning {
  /** Looks that a process is made of at most: time grows with their cube. */
  readonly mostLooks: number;
  /** Length scales are learned anew whenever there are so many times the looks. */
  readonly growth: number;
}

export function learner<L extends Look>(quantity: (look: L) => number, { mostLooks, growth }: Learning): (looks: readonly L[]) => GaussianProcess {
  let scales: readonly number[] | undefined;
  let learned = 0;
  return (looks) => {
    const taken = telling(looks, mostLooks);
    const [xs, ys] = [taken.map((look) => look.at), taken.map(quantity)];
    scales ??= firstScales(xs[0]!.length);
    if (looks.length >= growth * learned) {
      scales = likelierScales(xs, ys, scales);
      learned = looks.length;
    }
    return gaussianProcess(xs, ys, scales);
  };
}

/** All, or the best and of the others the latest. */
function telling<L extends Look>(looks: readonly L[], most: number): readonly L[] {
  if (looks.length <= most) return looks;
  const best = new Set(looks.toSorted(byValue).slice(0, most / 2));
  return [...best, ...looks.filter((look) => !best.has(look)).slice(-most / 2)];
}
