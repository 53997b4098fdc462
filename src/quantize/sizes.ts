// How large the numbers of a tensor are, gathered run after run, and the largest of them that is still told apart by words.

import { nth } from '../base/invariant.js';

export const clipMethods = ['max', 'percentile', 'mse'] as const;
export type ClipMethod = (typeof clipMethods)[number];

/** Bins of a histogram, from 0 to the largest number seen. */
const bins = 2048;
/** Of all numbers that are not 0, the percentile keeps this share. */
const kept = 0.9999;
/** Clips tried for the least squared error: shares of the largest number. */
const steps = 100;

/** Bins of a histogram that is shown. */
const shown = 64;

/** How many numbers have which size: bins from 0 on, each as wide, the last with the largest. Numbers that are 0 are in none. */
export interface Histogram {
  readonly width: number;
  readonly counts: readonly number[];
}

/** Sizes of numbers, whatever their sign. Of as many numbers as come: the bins grow with the largest. */
export class Sizes {
  private counts = new Float64Array(bins);
  /** Upper end of the last bin: a power of two. */
  private end = 0;
  max = 0;

  add(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i] ?? NaN);
      // No number, or an infinite one, has no size.
      if (!(size > 0 && size < Infinity)) continue;
      if (size > this.max) this.max = size;
      if (size >= this.end) this.widen(size);
      const bin = Math.floor((size / this.end) * bins);
      this.counts[bin] = nth(this.counts, bin) + 1;
    }
  }

  /** The largest number that words up to `top` are to stand for; 0 where all are 0. */
  clip(method: ClipMethod, top: number): number {
    switch (method) {
      case 'max':
        return this.max;
      case 'percentile':
        return this.percentile();
      case 'mse':
        return this.leastError(top);
    }
  }

  /** 64 bins at most, each of as many of ours; none where all numbers are 0. */
  histogram(): Histogram {
    if (this.max === 0) return { width: 0, counts: [] };
    const used = Math.floor((this.max / this.end) * bins) + 1;
    const each = Math.ceil(used / shown);
    const counts = Array.from({ length: Math.ceil(used / each) }, (_, i) =>
      this.counts.subarray(i * each, (i + 1) * each).reduce((n, c) => n + c, 0),
    );
    return { width: (each * this.end) / bins, counts };
  }

  /** Bins of a histogram twice, four times ... as wide: each holds what two, four ... held. */
  private widen(size: number): void {
    const end = 2 ** (Math.floor(Math.log2(size)) + 1);
    const before = this.counts;
    this.counts = new Float64Array(bins);
    const share = this.end / end;
    for (const [bin, count] of before.entries()) {
      const into = Math.floor(bin * share);
      this.counts[into] = nth(this.counts, into) + count;
    }
    this.end = end;
  }

  private percentile(): number {
    const wanted = kept * this.counts.reduce((n, c) => n + c, 0);
    let seen = 0;
    for (const [bin, count] of this.counts.entries()) {
      seen += count;
      if (seen >= wanted) return Math.min(this.max, ((bin + 1) / bins) * this.end);
    }
    return this.max;
  }

  /** The clip by which words are nearest to the numbers, in squares. */
  private leastError(top: number): number {
    const filled = [...this.counts.entries()].flatMap(([bin, count]) =>
      count === 0 ? [] : [{ size: ((bin + 0.5) / bins) * this.end, count }],
    );
    let best = this.max;
    let min = Infinity;
    for (let i = 1; i <= steps; i++) {
      const clip = (i / steps) * this.max;
      const error = errorAt(filled, clip / top, top, min);
      if (error < min) [best, min] = [clip, error];
    }
    return best;
  }
}

/** Squares by which words of a step are off; as soon as it is no less than `beyond` it is of no interest. */
function errorAt(
  filled: readonly { readonly size: number; readonly count: number }[],
  step: number,
  top: number,
  beyond: number,
): number {
  let error = 0;
  for (const { size, count } of filled) {
    if (error >= beyond) break;
    error += count * (size - step * Math.min(top, Math.round(size / step))) ** 2;
  }
  return error;
}
