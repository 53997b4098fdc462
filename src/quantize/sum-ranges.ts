// How far the sums of every layer can go, whatever the inputs: intervals of words times the weights that the network has.
//
// What a shape allows is 2 to 3 bits more than trained weights use. A sum in any order, and one that lacks products at a border, lies
// between that of all negative products and that of all positive ones.

import { got, nth } from '../base/invariant.js';
import type { GraphStep, LayerStep, NetworkGraph, Operand, PoolStep } from '../model/workload/network-graph.js';
import { operandsOf } from '../model/workload/network-graph.js';
import type { GraphIntegers } from '../reference/integer-arithmetic.js';
import { divisorsOf, weightKey } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import type { Interval, WordRanges } from '../reference/word-ranges.js';
import { wordRanges } from '../reference/word-ranges.js';
import { stepsOf } from '../reference/numbers.js';

export interface SumRange extends Interval {
  /** The place of the step. */
  readonly step: number;
  /** Of a signed accumulator that holds both ends. */
  readonly bits: number;
}

/** Of a signed word that holds all whole numbers from `min` to `max`. */
export function signedBits({ min, max }: Interval): number {
  let bits = 1;
  while (min < -(2 ** (bits - 1)) || max >= 2 ** (bits - 1)) bits++;
  return bits;
}

/** Of every layer and average; `rangeOf` are the least and the greatest word of an input of the network. */
export function sumRanges(
  graph: NetworkGraph,
  integers: GraphIntegers,
  rangeOf: (tensor: string) => readonly [min: number, max: number],
): readonly SumRange[] {
  const words = wordRanges(graph, integers, rangeOf);
  return graph.steps.flatMap((step, i): readonly SumRange[] => {
    const own = integers.steps.get(i);
    if (!own) return [];
    const range =
      step.kind === 'layer'
        ? ofLayer(step, i, integers, words)
        : step.kind === 'pool' && step.mode === 'average'
          ? ofAverage(step, words)
          : undefined;
    return range ? [{ step: i, ...range, bits: signedBits(range) }] : [];
  });
}

/** The window is never larger than what the divisor counts. */
function ofAverage(step: PoolStep, words: WordRanges): Interval {
  const { min, max } = words(nth(step.inputs, 0));
  const most = Math.max(...divisorsOf(step));
  return { min: Math.min(0, most * min), max: Math.max(0, most * max) };
}

function ofLayer(step: LayerStep, i: number, integers: GraphIntegers, words: WordRanges): Interval {
  const { channels } = got(integers.steps, i);
  const products = productRanges(step, i, integers, words, channels.length);
  const ends = channels.flatMap(({ bias }, k) => {
    const { min, max } = nth(products, products.length === 1 ? 0 : k);
    return [min, max, min + bias, max + bias];
  });
  return { min: Math.min(...ends), max: Math.max(...ends) };
}

/** Sums of products of each channel, or the same for all. */
function productRanges(
  step: LayerStep,
  i: number,
  { weights, unsigned }: GraphIntegers,
  words: WordRanges,
  channels: number,
): readonly Interval[] {
  const { run } = step;
  const valuesOf = (x: Operand): Numbers | undefined =>
    x.kind === 'weights' ? weights.get(weightKey(i, x)) : undefined;
  const rangeOf = (x: Operand): Interval => {
    if (x.kind === 'tensor') return words(x.name);
    const { values } = got(weights, weightKey(i, x));
    return values.reduce(({ min, max }, w) => ({ min: Math.min(min, w), max: Math.max(max, w) }), { min: 0, max: 0 });
  };
  const last = nth(operandsOf(step), operandsOf(step).length - 1);
  const left = run.kind === 'product' ? rangeOf(run.left) : words(nth(step.inputs, 0));
  const own = valuesOf(last);
  const transposed = run.kind === 'product' && run.transposed.right;
  const axis = !own || run.kind === 'convolution' ? 0 : own.shape.length - (transposed ? 2 : 1);
  const { C, R, S } = nth(step.layers, 0).layer.bounds;
  if (!own || own.shape[axis] !== channels) {
    const [a, b, n] = [left, rangeOf(last), C * R * S];
    const ends = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
    return [{ min: n * Math.min(0, ...ends), max: n * Math.max(0, ...ends) }];
  }
  // Behind a pool the machine has the maximum of sums of the words as they lie in memory, 2^(bits - 1) less than they are.
  const lefts = step.epilogue.pool && unsigned?.has(nth(step.inputs, 0)) ? [left, stored(left)] : [left];
  const inner = nth(stepsOf(own.shape), axis);
  const found = Array.from({ length: channels }, () => ({ min: 0, max: 0 }));
  for (const range of lefts) {
    const sums = found.map(() => ({ min: 0, max: 0 }));
    for (const [at, w] of own.values.entries()) {
      const sum = nth(sums, Math.floor(at / inner) % channels);
      sum.min += Math.min(0, w * range.min, w * range.max);
      sum.max += Math.max(0, w * range.min, w * range.max);
    }
    for (const [k, { min, max }] of sums.entries()) {
      const of = nth(found, k);
      of.min = Math.min(of.min, min);
      of.max = Math.max(of.max, max);
    }
  }
  return found;
}

function stored({ max }: Interval): Interval {
  const half = 2 ** Math.ceil(Math.log2(max + 1)) / 2;
  return { min: -half, max: half - 1 };
}

/** Steps whose sums an accumulator of so many bits does not hold for every input, with a sentence each. */
export function overflows(
  ranges: readonly SumRange[],
  steps: readonly GraphStep[],
  accumulatorBits: number,
): readonly string[] {
  return ranges
    .filter((r) => r.bits > accumulatorBits)
    .map(
      ({ step, min, max, bits }) =>
        `layer ${nth(steps, step).name} has sums from ${min} to ${max} for some input: ${bits} bits, more than ${accumulatorBits}`,
    );
}
