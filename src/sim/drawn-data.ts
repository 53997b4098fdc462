// Operands of a simulated layer: random from a seed or given, and a post-processing that spreads the outputs.

import type { Random } from '../base/random.js';
import type { Layer } from '../model/workload/layer.js';
import { hasBias } from '../model/workload/layer.js';
import type { Template } from '../model/machine/template.js';
import type { PostProcessing } from '../rtl/program/post-registers.js';
import { maxScale, maxShift } from '../rtl/program/post-registers.js';
import { convolve, postProcess, wrap } from './golden.js';
import type { Tensor } from './tensor.js';
import { biasShape, inputShape, sizeOf, weightShape } from './tensor.js';

export interface Operands {
  readonly inputs: Tensor;
  readonly weights: Tensor;
  readonly post: PostProcessing;
  /** What the machine must put out. */
  readonly expected: Tensor;
}

export interface Given {
  readonly inputs?: Tensor | undefined;
  readonly weights?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  readonly scale?: number | undefined;
  readonly shift?: number | undefined;
  readonly relu?: boolean | undefined;
}

/**
 * Full-range random operands where none are given; docs/hardware.md says how scale, shift, ReLU and biases are drawn.
 */
export function operands(layer: Layer, t: Template, chance: Random, given: Given = {}): Operands {
  const inputs = given.inputs ?? random(inputShape(layer), t.inputPrecision, chance);
  const weights = given.weights ?? random(weightShape(layer), t.weightPrecision, chance);
  const sums = convolve(layer, inputs, weights);
  const wrapped = Float64Array.from(sums as ArrayLike<number | bigint>, (s) =>
    Number(wrap(BigInt(s), t.accumPrecision)),
  );
  const spread = Math.max(1, Math.sqrt(wrapped.reduce((n, s) => n + s * s, 0) / wrapped.length));
  // A bias as large as the sums themselves matters, and hides nothing.
  const added = () => (hasBias(layer) ? Math.trunc(Math.min(spread, 2 ** 30) * (chance.next() - 0.5)) : 0);
  const bias = given.bias?.data ?? Int32Array.from({ length: sizeOf(biasShape(layer)) }, added);
  const drawn = { ...scaling(spread, t.inputPrecision), relu: chance.next() < 0.5 };
  const post: PostProcessing = {
    bias: [...bias],
    scale: given.scale ?? drawn.scale,
    shift: given.shift ?? drawn.shift,
    relu: given.relu ?? drawn.relu,
  };
  return { inputs, weights, post, expected: postProcess(layer, sums, post, t.accumPrecision, t.inputPrecision) };
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
