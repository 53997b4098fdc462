// What finishes each step's sums, channel by channel, and whether that is exact in lanes.

import { got, nth } from '../base/invariant.js';
import type { GraphStep } from '../model/workload/network-graph.js';
import type { GraphIntegers } from '../reference/integer-arithmetic.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { linesOf } from '../reference/real-arithmetic.js';
import type { Finish } from './numeric.js';
import { wordLimit } from './numeric.js';

/** Numbers by which a network computes. `inputLimit`: no word of its inputs is larger. */
export type Numbering =
  | { readonly kind: 'reals'; readonly weights: RealWeights }
  | { readonly kind: 'words'; readonly integers: GraphIntegers; readonly inputLimit: number };

/** Sums are counted exactly up to here, and what is made of them. */
const sumLimit = 2 ** 31 - 1;
const exactLimit = Number.MAX_SAFE_INTEGER;

/** The largest sizes that a channel's sum and second operand can have. */
export interface Reach {
  readonly sum: number;
  readonly other: number;
}

/** For each channel, or one for all of them; undefined where 16-bit words, 32-bit sums or doubles might not be exact. */
export function finishesOf(
  numbering: Numbering,
  step: GraphStep,
  i: number,
  channels: number,
  reach: (channel: number) => Reach,
): readonly Finish[] | undefined {
  if (numbering.kind === 'reals') return realFinishes(step, channels, numbering.weights);
  const { channels: own, low, high, raw } = got(numbering.integers.steps, i);
  if (raw !== undefined || low < -wordLimit - 1 || high > wordLimit) return undefined;
  const isExact = Array.from({ length: channels }, (_, k) => k).every((k) => {
    const { bias, scale, second } = nth(own, own.length === 1 ? 0 : k);
    const { sum, other } = reach(k);
    return sum <= sumLimit && (sum + Math.abs(bias)) * Math.abs(scale) + other * Math.abs(second) <= exactLimit;
  });
  if (!isExact) return undefined;
  return own.map((c) => ({ first: c.bias, second: c.scale, third: c.second, fourth: 2 ** -c.shift, low, high }));
}

/** Of an average by a divisor. */
export function averageFinish(
  numbering: Numbering,
  step: GraphStep,
  i: number,
  divisor: number,
  reach: number,
): Finish | undefined {
  if (numbering.kind === 'reals') {
    const [low, high] = realLimits(step);
    return { first: divisor, second: 0, third: 0, fourth: 0, low, high };
  }
  const { byDivisor, low, high } = got(numbering.integers.steps, i);
  const ratio = byDivisor?.get(divisor);
  if (!ratio || reach > sumLimit || reach * Math.abs(ratio.scale) > exactLimit) return undefined;
  return low < -wordLimit - 1 || high > wordLimit
    ? undefined
    : { first: 0, second: ratio.scale, third: 0, fourth: 2 ** -ratio.shift, low, high };
}

function realFinishes(step: GraphStep, channels: number, weights: RealWeights): readonly Finish[] {
  const [low, high] = realLimits(step);
  if (step.kind === 'addition')
    return [{ first: 1, second: 0, third: step.signs[0], fourth: step.signs[1], low, high }];
  const negative = step.epilogue.residual?.negative;
  const [third, fourth] = [negative === 'sums' ? -1 : 1, negative === 'residual' ? -1 : 1];
  return linesOf(step.epilogue, channels, weights).map(({ scale, shift }) => ({
    first: scale,
    second: shift,
    third,
    fourth,
    low,
    high,
  }));
}

const realLimits = ({ epilogue: { clip } }: GraphStep): readonly [low: number, high: number] => [
  clip?.low ?? -Infinity,
  clip?.high ?? Infinity,
];

/** What a maximum is limited to, as it lies in memory: of words two vectors of them, of real numbers where a `Finish` has it. */
export function limitsOf(numbering: Numbering, step: GraphStep, i: number): Int16Array | Float64Array {
  if (numbering.kind === 'reals') return Float64Array.of(0, 0, 0, 0, ...realLimits(step));
  const { low, high } = got(numbering.integers.steps, i);
  const held = (x: number) => Math.min(wordLimit, Math.max(-wordLimit - 1, x));
  return Int16Array.from({ length: 16 }, (_, lane) => held(lane < 8 ? low : high));
}

/** The limits of a maximum that has none. */
export const unlimited = ({ kind }: Numbering): Int16Array | Float64Array =>
  kind === 'reals'
    ? Float64Array.of(0, 0, 0, 0, -Infinity, Infinity)
    : Int16Array.from({ length: 16 }, (_, lane) => (lane < 8 ? -wordLimit - 1 : wordLimit));

/** The largest size of the words that a step puts out; `read` is that of those which it reads. */
export function wordSize({ integers }: { readonly integers: GraphIntegers }, i: number, read: number): number {
  const own = integers.steps.get(i);
  if (!own) return read;
  const size = Math.max(Math.abs(own.low), Math.abs(own.high));
  // The host may move words as they are.
  return own.host ? Math.max(size, read) : size;
}
