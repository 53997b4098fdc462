// What a network that others quantized says of its words: scales and ranges of tensors, and units of weights.

import { nth } from '../../base/invariant.js';

/** What the words of a tensor stand for in a file that others have quantized. */
export interface GivenTensor {
  /** What one stands for where a real number is rounded to it, and where a step reads it: in most files the same. */
  readonly scale: number;
  readonly unit: number;
  /** The least and the greatest, its zero point taken off: the number 0 is the real number 0. */
  readonly low: number;
  readonly high: number;
}

/** What a file that others have quantized says of its words. Names are those of the graph and of its weights. */
export interface GivenWords {
  /** By tensor of the graph; those that the file leaves in real numbers are missing. */
  readonly tensors: ReadonlyMap<string, GivenTensor>;
  /** What one stands for to a step that reads it by another unit than most, by `readKey`. */
  readonly reads: ReadonlyMap<string, number>;
  /** What one stands for in an output of the network. */
  readonly outputs: ReadonlyMap<string, number>;
  /** Of outputs that leave as words: their zero point. */
  readonly wordOutputs: ReadonlyMap<string, number>;
  /** By the name of weights: what one unit of each number stands for. */
  readonly units: ReadonlyMap<string, Float64Array>;
  /** In what the file rounds otherwise than the machine can, a clause for each kind. */
  readonly differences: readonly string[];
}

/** What a file of words says before any of them is looked at. */
export interface KnownWords {
  /** By name. */
  readonly weights: ReadonlyMap<string, Float64Array>;
  /** Of the words of tensors, by name: the least and the greatest. */
  readonly ranges: ReadonlyMap<string, { readonly low: number; readonly high: number }>;
}

/** Weights as words, and how far those of tensors go: they say how many bits layers need. */
export const knownWords = (numbers: ReadonlyMap<string, Float64Array>, given: GivenWords): KnownWords => ({
  weights: wordsOf(numbers, given),
  ranges: new Map(
    [...given.tensors].flatMap(([name, { low, high }]) =>
      Number.isFinite(high) ? [[name, { low, high }] as const] : [],
    ),
  ),
});

/** Weights in words, by name; of numbers that the file leaves real there are none. */
const wordsOf = (
  numbers: ReadonlyMap<string, Float64Array>,
  { units }: Pick<GivenWords, 'units'>,
): ReadonlyMap<string, Float64Array> =>
  new Map(
    [...numbers].flatMap(([name, values]) => {
      const own = units.get(name);
      return own?.length === values.length ? [[name, values.map((x, i) => Math.round(x / nth(own, i)))] as const] : [];
    }),
  );

/** As which operand a step reads a tensor: by its place, or beside its sums. */
export type ReadAs = 0 | 1 | 'residual';
export const readKey = (step: number, as: ReadAs, tensor: string): string => `${step} ${as} ${tensor}`;
