// Operands of a simulated layer: random from a seed or given, and a post-processing that spreads the outputs.

import { wordRange } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { Random } from '../base/random.js';
import type { Layer } from '../model/workload/layer.js';
import { hasBias, hasResidual } from '../model/workload/layer.js';
import type { Template } from '../model/machine/template.js';
import type { PostProcessing } from '../rtl/program/post-registers.js';
import { maxLift } from '../rtl/hardware.js';
import { channelsOf, maxScale, maxShift } from '../rtl/program/post-registers.js';
import { convolve, postProcess, wrap } from './golden.js';
import type { Tensor } from './tensor.js';
import { biasShape, inputShape, outputShape, sizeOf, weightShape } from './tensor.js';

export interface Operands {
  readonly inputs: Tensor;
  readonly weights: Tensor;
  /** Of a layer that has one: of the shape of the outputs, or with 1 in place of an extent along which it is repeated. */
  readonly residual?: Tensor;
  readonly post: PostProcessing;
  /** Whether inputs that need few bits go from 0 on. */
  readonly natural: boolean;
  /** What the machine must put out. */
  readonly expected: Tensor;
}

export interface Given {
  readonly inputs?: Tensor | undefined;
  readonly weights?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  readonly residual?: Tensor | undefined;
  readonly scale?: number | undefined;
  readonly shift?: number | undefined;
  readonly relu?: boolean | undefined;
  /** Bits that the words of the outputs may have, with their signs: who reads them takes no more. */
  readonly outputBits?: number | undefined;
  /** Whether words are the low bits of what is shifted; not unless it says so. */
  readonly wrap?: boolean | undefined;
}

/**
 * Full-range random operands where none are given; docs/hardware.md says how scales, shifts, limits and biases are drawn.
 */
export function operands(layer: Layer, t: Template, chance: Random, given: Given = {}): Operands {
  const inputs = given.inputs ?? drawnInputs(layer, t.inputPrecision, chance);
  const weights =
    given.weights ?? random(weightShape(layer), Math.min(t.weightPrecision, layer.weightBits ?? Infinity), chance);
  const sums = convolve(layer, inputs, weights);
  const wrapped = Float64Array.from(sums as ArrayLike<number | bigint>, (s) =>
    Number(wrap(BigInt(s), t.accumPrecision)),
  );
  const spread = Math.max(1, Math.sqrt(wrapped.reduce((n, s) => n + s * s, 0) / wrapped.length));
  // A bias as large as the sums themselves matters, and hides nothing.
  const added = () => (hasBias(layer) ? Math.trunc(Math.min(spread, 2 ** 30) * (chance.next() - 0.5)) : 0);
  const bias = given.bias?.data ?? Int32Array.from({ length: sizeOf(biasShape(layer)) }, added);
  const narrow = given.outputBits !== undefined;
  const room = Math.min(t.inputPrecision, given.outputBits ?? Infinity);
  const drawn = drawnPost(layer, spread, room, chance, given.relu, narrow);
  const residual = hasResidual(layer)
    ? (given.residual ?? random(outputShape(layer), t.inputPrecision, chance))
    : undefined;
  const post: PostProcessing = {
    ...drawn,
    ...(residual && withResidual(drawn, t, spread, chance, given.relu === undefined)),
    bias: [...bias],
    ...(given.scale !== undefined && { scale: [given.scale] }),
    ...(given.shift !== undefined && { shift: [given.shift] }),
    wrap: given.wrap ?? false,
  };
  const whole = residual && stretched(residual, outputShape(layer));
  const expected = postProcess(layer, sums, post, t.accumPrecision, t.inputPrecision, whole);
  const { inputBits = Infinity } = layer;
  const natural = inputs.data.some((x) => x >= 2 ** (inputBits - 1));
  return { inputs, weights, ...(residual && { residual }), post, natural, expected };
}

/** Words that need few bits go from 0 on in half of all cases. */
function drawnInputs({ inputBits, ...layer }: Layer, precision: number, chance: Random): Tensor {
  const bits = Math.min(precision, inputBits ?? precision);
  const words = random(inputShape(layer), bits, chance);
  if (bits === precision || chance.next() < 0.5) return words;
  return { ...words, data: words.data.map((x) => x + 2 ** (bits - 1)) };
}

/** A tensor with 1 in place of some extents, repeated along these. */
export function stretched({ shape, data }: Tensor, to: readonly number[]): Tensor {
  const strides = shape.map((size, axis) => (size === 1 ? 0 : sizeOf(shape.slice(axis + 1))));
  const all = new Int32Array(sizeOf(to));
  for (let i = 0; i < all.length; i++) {
    let [rest, from] = [i, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += (rest % nth(to, axis)) * nth(strides, axis);
      rest = Math.floor(rest / nth(to, axis));
    }
    all[i] = nth(data, from);
  }
  return { shape: to, data: all };
}

/**
 * A residual is added with a factor from -3/4 to 3/4, or multiplies sums in a fourth of all cases. One that is added needs
 * shifts of channels that are near each other: where they are not, all channels have the first one's factor.
 */
function withResidual(
  { scale, shift }: Pick<PostProcessing, 'scale' | 'shift'>,
  { inputPrecision: inputBits, accumPrecision: sumBits }: Template,
  spread: number,
  chance: Random,
  free: boolean,
): Pick<PostProcessing, 'scale' | 'shift' | 'residual'> {
  const [flipped, multiplies, factor] = [chance.next() < 0.5, chance.next() < 0.25, 1.5 * (chance.next() - 0.5)];
  // Words are as they are where somebody says whether there is a ReLU.
  const unsigned = free && flipped;
  if (multiplies) {
    const all = scaling(Math.min(spread, 2 ** 15) * 2 ** (inputBits - 2), inputBits);
    return { scale: [all.scale], shift: [all.shift], residual: { combine: 'multiply', unsigned } };
  }
  const least = (xs: readonly number[]) => Math.max(0, Math.max(...xs) - maxLift({ inputBits, sumBits }));
  const near = least(shift) <= Math.min(...shift);
  const own = near ? { scale, shift } : { scale: [nth(scale, 0)], shift: [nth(shift, 0)] };
  const lifted = Math.max(least(own.shift), Math.min(16, ...own.shift));
  const [min, max] = [-maxScale, maxScale];
  const times = Math.min(max, Math.max(min, Math.round(factor * 2 ** lifted)));
  return { ...own, residual: { combine: 'add', unsigned, scale: times, shift: lifted } };
}

/** Channels with a line of constants of their own have factors of their own, of a half to one and a half of the spread. */
function drawnPost(
  layer: Layer,
  spread: number,
  bits: number,
  chance: Random,
  given: boolean | undefined,
  signed = false,
): Pick<PostProcessing, 'scale' | 'shift' | 'low' | 'high' | 'unsigned'> {
  const factors = Array.from({ length: hasBias(layer) ? channelsOf(layer) : 1 }, () =>
    scaling(spread * (0.5 + chance.next()), bits),
  );
  const relu = chance.next() < 0.5;
  const [unsigned, clipped] = [chance.next() < 0.5, chance.next() < 0.25];
  const positive = given ?? relu;
  // Who says whether there is a ReLU gets words as they are.
  const flipped = given === undefined && !signed && relu && unsigned;
  const [min, max] = wordRange(bits, flipped);
  return {
    scale: factors.map((f) => f.scale),
    shift: factors.map((f) => f.shift),
    low: positive ? 0 : min,
    high: clipped ? Math.ceil(max * 0.75) : max,
    unsigned: flipped,
  };
}

function random(shape: readonly number[], bits: number, chance: Random): Tensor {
  const span = 2 ** bits;
  return { shape, data: Int32Array.from({ length: sizeOf(shape) }, () => chance.below(span) - span / 2) };
}

/** A factor scale / 2^shift that takes a spread of sums to 0.4 of the output range, with 15 significant bits. */
function scaling(spread: number, bits: number): { readonly scale: number; readonly shift: number } {
  const factor = (0.4 * 2 ** (bits - 1)) / spread;
  const shift = Math.min(maxShift, Math.max(0, 15 - Math.ceil(Math.log2(factor))));
  return { shift, scale: Math.max(1, Math.min(maxScale, Math.round(factor * 2 ** shift))) };
}
