// Where real numbers of 32 bits compute a step exactly, whatever its inputs: all they add up is below 2^24 units.

import { valuation, wordRange } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { GraphStep, NetworkGraph, Operand, PoolStep } from '../model/workload/network-graph.js';
import { operandsOf } from '../model/workload/network-graph.js';
import type { GraphIntegers, Ratio, StepIntegers } from '../reference/integer-arithmetic.js';
import { weightKey } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf, stepsOf } from '../reference/numbers.js';

/** Whole numbers up to here are floats. */
const mantissa = 2 ** 24;

/**
 * Steps whose words ONNX Runtime may round otherwise: M x max|sum| is 2^24 or more, with M the scale without the powers of
 * two that all of a channel's terms have in common. To each how far its real numbers may lie from exact ones, in words:
 * a word differs, by one, only where the exact value is as near to a tie.
 */
export function floatErrors(
  graph: NetworkGraph,
  integers: GraphIntegers,
  bits = 8,
  tensorBits?: ReadonlyMap<string, number>,
): ReadonlyMap<number, number> {
  const signed = -wordRange(bits, false)[0];
  const largest = (tensor: string) => {
    const [min, max] = wordRange(tensorBits?.get(tensor) ?? bits, integers.unsigned?.has(tensor) ?? false);
    return Math.max(-min, max);
  };
  const isSigned = (tensor: string) => integers.unsigned?.has(tensor) !== true;
  const errors = new Map<number, number>();
  for (const [i, step] of graph.steps.entries()) {
    const own = integers.steps.get(i);
    if (!own || own.raw !== undefined) continue;
    const channels =
      step.kind === 'pool'
        ? averages(step, own, largest)
        : sums(step, i, own, integers, { largest, isSigned, weight: signed });
    const error = channels.reduce(
      (n, { reach, units, unit, terms }) => (reach < mantissa ? n : Math.max(n, units * unit * gamma(terms))),
      0,
    );
    if (error > 0) errors.set(i, error);
  }
  return errors;
}

/** What one channel adds up: so many units without signs, a unit in words, in so many terms. */
interface Terms {
  /** As far as it goes on either side of zero in any order of its terms, in units: below the mantissa nothing is rounded. */
  readonly reach: number;
  readonly units: number;
  readonly unit: number;
  readonly terms: number;
}

/** Of a sum of products, each rounded and then added in any order: the error beside the sum without signs. */
function gamma(terms: number): number {
  // A weight's factor, the product, and what comes behind: two scales and a residual.
  const roundings = (terms + 5) / mantissa;
  return roundings / (1 - roundings);
}

const averages = (
  { window, inputs }: PoolStep,
  { byDivisor = new Map<number, Ratio>() }: StepIntegers,
  largest: (tensor: string) => number,
) =>
  [...byDivisor.values()].map(({ scale, shift }): Terms => {
    const { first, unit } = common(scale, 0, shift);
    const terms = countOf(window.kernel);
    const units = first * terms * largest(nth(inputs, 0));
    return { reach: units, units, unit, terms };
  });

function sums(
  step: GraphStep,
  i: number,
  { channels }: StepIntegers,
  { weights }: GraphIntegers,
  sizes: Sizes,
): readonly Terms[] {
  const words = (x: Operand): Numbers | undefined => (x.kind === 'weights' ? weights.get(weightKey(i, x)) : undefined);
  const max = maxSums(step, channels.length, words, sizes);
  const beside = besideOf(step);
  const added = beside === undefined ? 0 : sizeOf(sizes, beside);
  const { C, R, S } = step.kind === 'layer' ? nth(step.layers, 0).layer.bounds : { C: 1, R: 1, S: 1 };
  return channels.map(({ scale, second, shift, bias }, k) => {
    const { first, other, unit } = common(scale, second, shift);
    const { reach, total } = nth(max, k);
    const units = (sum: number) => first * (sum + Math.abs(bias)) + other * added;
    return { reach: units(reach), units: units(total), unit, terms: C * R * S };
  });
}

/** Scales without the powers of two that they share; `unit` is what one of them is worth. */
function common(scale: number, second: number, shift: number) {
  const [a, b] = [Math.abs(scale), Math.abs(second)];
  const shared = Math.min(...[a, b].flatMap((x) => (x > 0 ? [valuation(x, 2)] : [])), shift);
  return { first: a / 2 ** shared, other: b / 2 ** shared, unit: 2 ** (shared - shift) };
}

/** The largest words without their signs: of a tensor, and of weights. */
interface Sizes {
  readonly largest: (tensor: string) => number;
  readonly isSigned: (tensor: string) => boolean;
  readonly weight: number;
}
const sizeOf = ({ largest, weight }: Sizes, x: Operand): number => (x.kind === 'tensor' ? largest(x.name) : weight);

/** What stands beside the sums, with a factor of its own. */
function besideOf(step: GraphStep): Operand | undefined {
  if (step.kind === 'addition') return step.operands[1];
  const residual = step.epilogue.residual?.tensor;
  return residual === undefined ? undefined : { kind: 'tensor', name: residual };
}

/** What products add up to at most in a channel: without their signs, and on one side of zero. */
interface Sum {
  readonly total: number;
  readonly reach: number;
}

/** Of each of so many channels. */
function maxSums(
  step: GraphStep,
  channels: number,
  words: (x: Operand) => Numbers | undefined,
  sizes: Sizes,
): readonly Sum[] {
  const all = (max: number) => Array.from({ length: channels }, (): Sum => ({ total: max, reach: max }));
  if (step.kind === 'multiplication') return all(step.operands.reduce((n, x) => n * sizeOf(sizes, x), 1));
  if (step.kind === 'addition') return all(sizeOf(sizes, step.operands[0]));
  if (step.kind !== 'layer') return all(sizes.largest(nth(step.inputs, 0)));
  const { C, R, S } = nth(step.layers, 0).layer.bounds;
  const { run } = step;
  const [left, right] =
    run.kind === 'product'
      ? [sizeOf(sizes, run.left), sizeOf(sizes, run.right)]
      : [sizes.largest(nth(step.inputs, 0)), sizes.weight];
  const w = operandsOf(step).map(words).at(-1);
  const transposed = run.kind === 'product' && run.transposed.right;
  const axis = !w || run.kind === 'convolution' ? 0 : w.shape.length - (transposed ? 2 : 1);
  // Of weights whose axis is another, the longest sum of the largest words.
  if (!w || w.shape[axis] !== channels) return all(C * R * S * left * right);
  const inner = nth(stepsOf(w.shape), axis);
  const input = run.kind === 'product' ? run.left : undefined;
  const isSigned = input?.kind === 'weights' || sizes.isSigned(input?.name ?? nth(step.inputs, 0));
  const found = Array.from({ length: channels }, () => ({ above: 0, below: 0 }));
  for (const [at, x] of w.values.entries()) {
    const sum = nth(found, Math.floor(at / inner) % channels);
    sum.above += Math.max(0, x) * left;
    sum.below += Math.max(0, -x) * left;
  }
  return found.map(({ above, below }) => ({
    total: above + below,
    reach: isSigned ? above + below : Math.max(above, below),
  }));
}
