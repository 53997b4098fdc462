// Steps in integers, as the machine must do them: y = sat(clip(round_half_even(((sum + bias) scale + residual scale_r) / 2^shift))).

import { defined, got, nth } from '../base/invariant.js';
import { roundToEven } from '../base/integers.js';
import type { GraphStep, NetworkGraph, PoolStep, Weights } from '../model/workload/network-graph.js';
import { channelAxis } from '../model/workload/network-graph.js';
import type { HostScales } from './host-words.js';
import { hostWords } from './host-words.js';
import type { Numbers } from './numbers.js';
import { countOf } from './numbers.js';
import { eachElement } from './real-arithmetic.js';
import type { Arithmetic } from './run-graph.js';

/** A positive or negative factor scale / 2^shift. */
export interface Ratio {
  readonly scale: number;
  readonly shift: number;
}

/** What one output channel multiplies and adds; `second` is the residual's scale, or the second operand's. */
export interface Channel extends Ratio {
  readonly bias: number;
  readonly second: number;
}

/**
 * What post-processing does to the sums of a step: y = sat(clip(round_half_even(((sum + bias) scale + residual scale_r) /
 * 2^shift))).
 */
export interface StepIntegers {
  /** One for each output channel, or one for all. */
  readonly channels: readonly Channel[];
  /** Limits and what the word can hold, both ends included. */
  readonly low: number;
  readonly high: number;
  /** Of an average: by divisor. */
  readonly byDivisor?: ReadonlyMap<number, Ratio>;
  /** Of a last layer that leaves the sums with their bias as they are: their bits. */
  readonly raw?: number;
  /** Of work of the host. */
  readonly host?: HostScales;
}

/** A network in the machine's integers: of each step its factors, and the words of its weights. */
export interface GraphIntegers {
  /** By the place of the step; none for those that only move words, and that are not run. */
  readonly steps: ReadonlyMap<number, StepIntegers>;
  /** Integers of the weights that steps multiply or add, by step and by name; of the host's weights the real numbers. */
  readonly weights: ReadonlyMap<string, Numbers>;
  /** Tensors whose words go from 0 on; all others have a sign. */
  readonly unsigned?: ReadonlySet<string> | undefined;
}

export const weightKey = (step: number, { value }: Weights): string => `${step} ${value}`;

/** 2^-shift: exact, and a product by it too. */
const fractions = Float64Array.from({ length: 64 }, (_, shift) => 2 ** -shift);
const fractionOf = (shift: number): number => fractions[shift] ?? 2 ** -shift;

/** The quotient of a sum of two products by 2^shift, halves to the even one: exact whatever their size, without a minus zero. */
export function rescaled(a: number, scale: number, b: number, second: number, shift: number): number {
  const [p, q] = [a * scale, b * second];
  if (Math.abs(p) + Math.abs(q) <= Number.MAX_SAFE_INTEGER) return roundToEven((p + q) * fractionOf(shift)) + 0;
  const sum = BigInt(a) * BigInt(scale) + BigInt(b) * BigInt(second);
  const floor = sum >> BigInt(shift);
  const [rest, half] = [sum - (floor << BigInt(shift)), shift === 0 ? 1n : 1n << BigInt(shift - 1)];
  return Number(rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor);
}

const saturated = ({ low, high }: StepIntegers, x: number): number => Math.min(high, Math.max(low, x));

/** `of` has the integers of a step; it may make them when it is first asked, from what the step is about to finish. */
export function integerArithmetic(
  of: (step: GraphStep, i: number, sums: Numbers) => StepIntegers,
  operand: Arithmetic['operand'],
  has: Arithmetic['has'],
): Arithmetic {
  const finish = (step: GraphStep, i: number, x: Numbers, axis: number | null, second?: Numbers): Numbers => {
    const integers = of(step, i, x);
    const { channels, raw, low, high } = integers;
    const others = second?.values;
    return eachElement(x, channels.length === 1 ? null : axis, (v, at, k) => {
      const c = nth(channels, k);
      if (raw !== undefined) return v + c.bias;
      const y = rescaled(v + c.bias, c.scale, others?.[at] ?? 0, c.second, c.shift);
      return y < low ? low : y > high ? high : y;
    });
  };
  return {
    operand,
    has,
    layer: (step, i, sums, residual) => finish(step, i, sums, channelAxis(step, sums.shape.length), residual),
    addition: (step, i, a, b) => finish(step, i, a, null, b),
    multiplication: (step, i, a, b) =>
      finish(
        step,
        i,
        eachElement(a, null, (v, at) => v * nth(b.values, at)),
        null,
      ),
    scale: (step, i, x) => finish(step, i, x, step.axis),
    average: (step, i) => (sum, divisor) => averaged(of(step, i, noSums), sum, divisor),
    limits(step, i, x) {
      const integers = of(step, i, x);
      return eachElement(x, null, (v) => saturated(integers, v));
    },
    host(step, i, operands, shape) {
      const integers = of(step, i, noSums);
      return hostWords(defined(step.work).function, operands, defined(integers.host), integers, shape);
    },
  };
}

/** An average does not look at its sums to be scaled, nor does the host. */
const noSums: Numbers = { shape: [0], values: new Float64Array(0) };

function averaged({ byDivisor }: StepIntegers, sum: number, divisor: number): number {
  const { scale, shift } = got(byDivisor ?? new Map<number, Ratio>(), divisor);
  return rescaled(sum, scale, 0, 0, shift);
}

/** Steps in integers as the machine does them; for `runGraph`. */
export const arithmeticOf = ({ steps, weights }: GraphIntegers, graph: NetworkGraph): Arithmetic => {
  const known = new Set([...weights.keys()].map((key) => key.slice(key.indexOf(' ') + 1)));
  const beside = new Set(graph.steps.flatMap((s) => besideOperands(s).map((w) => w.value)));
  return integerArithmetic(
    (_, i) => got(steps, i),
    (w, _, i) => weights.get(weightKey(i, w)),
    (w) => known.has(w.value) || beside.has(w.value),
  );
};

/** Weights that are part of the integers of the step: biases, scales and shifts. */
function besideOperands({ epilogue: { bias, affine = [] } }: GraphStep): readonly Weights[] {
  const parts = affine.flatMap((a) => (a.kind === 'batch-norm' ? [a.scale, a.shift, a.mean, a.variance] : [a.value]));
  return [...(bias ? [bias] : []), ...parts.filter((x) => typeof x === 'object')];
}

/** Every divisor that the windows of an average have. */
export const divisorsOf = ({ window: { kernel }, global }: PoolStep): readonly number[] =>
  global ? [countOf(kernel)] : Array.from({ length: countOf(kernel) }, (_, i) => i + 1);

/** The greatest shift of a machine; scales have 16 bits and a sign. */
const maxShift = 63;

/** With 16 bits, exact to 2^-16, or with fewer; a factor of no size is 0. */
export function ratioOf(factor: number, bits = 16): Ratio {
  if (factor === 0) return { scale: 0, shift: 0 };
  const shift = Math.min(maxShift, Math.max(0, bits - 1 - Math.floor(Math.log2(Math.abs(factor)))));
  const scale = Math.round(factor * 2 ** shift);
  return Math.abs(scale) >= 2 ** bits && shift > 0 ? { scale: scale / 2, shift: shift - 1 } : { scale, shift };
}

/**
 * With a second operand beside the sums, whose factor is one for all channels: its shift is that of no channel exceeded,
 * and what it lacks to a channel's own stands in that channel's second scale. A channel's shift is at most `lift` above it:
 * the factor of one that is finer has fewer bits.
 */
export function withSecond<T extends Ratio>(
  channels: readonly T[],
  factor: number,
  lift = Infinity,
): readonly (T & { readonly second: number })[] {
  const own = ratioOf(factor);
  const shift = channels.reduce((n, c) => Math.min(n, c.shift), own.shift);
  const scale = Math.round(factor * 2 ** shift);
  return channels.map((c) => {
    const kept = Math.min(c.shift, shift + lift);
    return {
      ...c,
      scale: Math.round(c.scale / 2 ** (c.shift - kept)),
      shift: kept,
      second: scale * 2 ** (kept - shift),
    };
  });
}
