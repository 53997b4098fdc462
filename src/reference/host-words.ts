// Work of the host on words: it reads them as the numbers that they stand for, computes, and rounds to words again.

import { nth } from '../base/invariant.js';
import { roundToEven } from '../base/integers.js';
import type { HostFunction } from '../model/workload/host-function.js';
import { movesWords } from '../model/workload/host-function.js';
import { hostResult } from './host-functions.js';
import type { Numbers } from './numbers.js';

/** What words stand for. */
export interface HostScales {
  /** One word of each operand; 1 where the operand is numbers. */
  readonly operands: readonly number[];
  /** One word of the result. */
  readonly result: number;
}

export interface WordRange {
  readonly low: number;
  readonly high: number;
}

/** In real numbers. */
export const hostReal = (f: HostFunction, operands: readonly Numbers[], scales: HostScales, shape: readonly number[]) =>
  hostResult(
    f,
    operands.map(({ shape: of, values }, i) => {
      const scale = nth(scales.operands, i);
      return { shape: of, values: scale === 1 ? values : values.map((v) => v * scale) };
    }),
    shape,
  );

/** In words: halves to the even one; what is no number (the logarithm of a negative one, say) is 0. */
export function hostWords(
  f: HostFunction,
  operands: readonly Numbers[],
  scales: HostScales,
  { low, high }: WordRange,
  shape: readonly number[],
): Numbers {
  const { values } = hostReal(f, operands, scales, shape);
  const word = (v: number): number => {
    const nearest = roundToEven(v / scales.result);
    return Number.isNaN(nearest) ? 0 : Math.min(high, Math.max(low, nearest)) + 0;
  };
  // What only changes places has words as they are, and so have their scales: those are one.
  return { shape, values: movesWords(f) && scales.result === 1 ? values : values.map(word) };
}
