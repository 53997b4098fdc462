// Labelled samples of a classifier: as many numbers each as its input has, batch aside.

import { countOf } from '../reference/numbers.js';
import type { Numbers } from '../reference/numbers.js';

/** Labelled samples of a classifier, in memory. */
export interface Samples {
  /** Sizes of one sample, without the batch. */
  readonly shape: readonly number[];
  readonly count: number;
  /** `count` x the product of `shape` numbers, one sample after the other, as they are put into the network. */
  readonly values: Float64Array;
  /** Of each sample the place of its class among the scores, from 0 on. */
  readonly labels: ArrayLike<number>;
}

/** Some of them as the input of a network. */
export function tensorOf({ shape, values }: Samples, first: number, count: number): Numbers {
  const each = countOf(shape);
  return { shape: [count, ...shape], values: values.slice(first * each, (first + count) * each) };
}

/** So many from the one at `first` on, or those that there are. */
export function someOf(samples: Samples, first: number, count: number): Samples {
  const kept = Math.max(0, Math.min(count, samples.count - first));
  const each = countOf(samples.shape);
  return {
    ...samples,
    count: kept,
    values: samples.values.subarray(first * each, (first + kept) * each),
    labels: Array.from({ length: kept }, (_, i) => samples.labels[first + i] ?? 0),
  };
}
