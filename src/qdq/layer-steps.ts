// Layers in QDQ: weights have the factor of their channel, so that what is rounded counts in words of the output.

import { got, nth } from '../base/invariant.js';
import type { LayerStep, Operand } from '../model/workload/network-graph.js';
import type { Channel, GraphIntegers, StepIntegers } from '../reference/integer-arithmetic.js';
import { weightKey } from '../reference/integer-arithmetic.js';
import { ratio } from './file-builder.js';
import type { Values } from './qdq-values.js';
import { windowed } from './windows.js';

export function layerStep(
  v: Values,
  step: LayerStep,
  i: number,
  integers: StepIntegers,
  { weights }: GraphIntegers,
): void {
  const { pool } = step.epilogue;
  const output = nth(step.outputs, 0);
  const sums =
    step.run.kind === 'product' ? product(v, step, i, integers, weights) : convolution(v, step, i, integers, weights);
  const value = integers.raw !== undefined ? sums : withResidual(v, step, integers.channels, sums);
  if (!pool) {
    v.write(output, value, integers);
    return;
  }
  // Rounded before: of words the maximum is a word.
  const before = v.file.name(`${output}.unpooled`);
  v.write(before, value, integers, output);
  const flat = v.shape(output).length === 3;
  const kernel = flat ? [pool.P] : [pool.Q, pool.P];
  v.write(
    output,
    v.file.put('MaxPool', [v.read(before, 1, output)], output, { kernel_shape: kernel, strides: kernel }),
  );
}

type Words = GraphIntegers['weights'];

/** (sum + bias) x |factor|, where weights stand at the right place for it; what is left of the factor is behind. */
function convolution(v: Values, step: LayerStep, i: number, integers: StepIntegers, words: Words): string {
  const { run, layers } = step;
  if (run.kind !== 'convolution') throw new Error(`invariant: ${step.name} is no convolution`);
  const { layer } = nth(layers, 0);
  const input = nth(step.inputs, 0);
  const output = nth(step.outputs, 0);
  const flat = v.shape(input).length === 3;
  const both = <T>(down: T, across: T): readonly T[] => (flat ? [across] : [down, across]);
  const { bounds, stride, dilation } = layer;
  const { value, pads } = windowed(v.file, v.read(input), input, run.padding, both, 0);
  const attributes = {
    kernel_shape: both(bounds.S, bounds.R),
    strides: both(stride.Q, stride.P),
    dilations: both(dilation.S, dilation.R),
    pads,
    group: bounds.G,
  };
  const behind = flat ? [1] : [1, 1];
  if (run.weights.kind === 'tensor') {
    const sums = v.file.put('Conv', [value, v.read(run.weights.name)], output, attributes);
    return scaled(v, output, sums, factorsOf(integers), biasesOf(integers), behind);
  }
  const factors = factorsOf(integers);
  const weights = v.weights(got(words, weightKey(i, run.weights)), run.weights.value, factors.map(Math.abs));
  const bias = biasIn(v, output, integers);
  const sums = v.file.put('Conv', [value, weights, ...(bias === undefined ? [] : [bias])], output, attributes);
  return signed(v, output, sums, factors, behind);
}

function product(v: Values, step: LayerStep, i: number, integers: StepIntegers, words: Words): string {
  const { run } = step;
  if (run.kind !== 'product') throw new Error(`invariant: ${step.name} is no product`);
  const output = nth(step.outputs, 0);
  const factors = factorsOf(integers);
  const turned = (value: string, rank: number, is: boolean) => {
    const order = Array.from({ length: rank }, (_, axis) => axis);
    [order[rank - 1], order[rank - 2]] = [rank - 2, rank - 1];
    return is ? v.file.put('Transpose', [value], output, { perm: order }) : value;
  };
  const plain = (x: Operand, is: boolean) => {
    const value = x.kind === 'tensor' ? v.read(x.name) : v.weights(got(words, weightKey(i, x)), x.value);
    return turned(value, x.kind === 'tensor' ? v.shape(x.name).length : x.shape.length, is);
  };
  const left = plain(run.left, run.transposed.left);
  if (run.right.kind === 'weights') {
    const { value, shape } = run.right;
    const axis = shape.length - (run.transposed.right ? 2 : 1);
    if (factors.length === 1 || (shape.length > 1 && shape[axis] === factors.length)) {
      const right = v.weights(got(words, weightKey(i, run.right)), value, factors.map(Math.abs), axis);
      const sums = v.file.put('MatMul', [left, turned(right, shape.length, run.transposed.right)], output);
      const bias = biasIn(v, output, integers);
      return signed(v, output, bias === undefined ? sums : v.file.put('Add', [sums, bias], output), factors, []);
    }
  }
  const sums = v.file.put('MatMul', [left, plain(run.right, run.transposed.right)], output);
  return scaled(v, output, sums, factors, biasesOf(integers), []);
}

/** Sums as they are have the factor one. */
const factorsOf = ({ channels, raw }: StepIntegers): readonly number[] =>
  raw !== undefined ? [1] : channels.map(ratio);
const biasesOf = ({ channels }: StepIntegers): readonly number[] => channels.map((c) => c.bias);

/** Of each channel in units of its sums: int32 as the format wants it, real numbers where that has no room. */
function biasIn(v: Values, stem: string, integers: StepIntegers): string | undefined {
  const biases = biasesOf(integers);
  if (biases.every((b) => b === 0)) return undefined;
  const all = factorsOf(integers).map(Math.abs);
  const factors = all.length === biases.length ? all : biases.map(() => nth(all, 0));
  const { file } = v;
  if (biases.some((b) => Math.abs(b) >= 2 ** 31))
    return file.reals(
      `${stem}.bias`,
      [biases.length],
      biases.map((b, k) => b * nth(factors, k)),
    );
  const inputs = [file.sums(`${stem}.bias`, biases), file.reals(`${stem}.bias.scale`, [biases.length], factors)];
  return file.put('DequantizeLinear', inputs, stem, { axis: 0 });
}

/** Scales of quantisers are positive: signs of channels are put behind. */
function signed(v: Values, stem: string, value: string, factors: readonly number[], behind: readonly number[]): string {
  return factors.every((f) => f >= 0) ? value : scaled(v, stem, value, factors.map(Math.sign), [0], behind);
}

/** (value + bias) x factor, by channel. */
export function scaled(
  v: Values,
  stem: string,
  value: string,
  factors: readonly number[],
  biases: readonly number[],
  behind: readonly number[],
): string {
  const { file } = v;
  const constant = (name: string, xs: readonly number[]) => file.reals(`${stem}.${name}`, [xs.length, ...behind], xs);
  const sums = biases.every((b) => b === 0) ? value : file.put('Add', [value, constant('bias', biases)], stem);
  return factors.every((f) => f === 1) ? sums : file.put('Mul', [sums, constant('scale', factors)], stem);
}

function withResidual(
  v: Values,
  { epilogue, run, outputs }: LayerStep,
  channels: readonly Channel[],
  sums: string,
): string {
  const { residual } = epilogue;
  if (!residual) return sums;
  const factors = channels.map((c) => ratio({ scale: c.second, shift: c.shift }));
  const stem = nth(outputs, 0);
  const first = nth(factors, 0);
  if (factors.every((f) => f === first)) {
    const other = v.read(residual.tensor, Math.abs(first) || 1);
    return first === 0 ? sums : v.file.put(first < 0 ? 'Sub' : 'Add', [sums, other], stem);
  }
  const behind =
    run.kind === 'convolution'
      ? v
          .shape(residual.tensor)
          .slice(2)
          .map(() => 1)
      : [];
  return v.file.put('Add', [sums, scaled(v, stem, v.read(residual.tensor), factors, [0], behind)], stem);
}
