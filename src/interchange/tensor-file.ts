// The tensors of a layer as files: their shapes as frameworks have them, and numbers that fit the machine's words.

import { wordRange } from '../base/integers.js';
import { defined } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Layer } from '../model/workload/layer.js';
import type { Dtype, IntArray } from './npy.js';
import { dtypeFor, parseNpy, parseRaw, printNpy, printRaw, shapeText } from './npy.js';

export const operands = ['inputs', 'weights', 'bias', 'residual'] as const;
export type Operand = (typeof operands)[number];

/**
 * [N, G, C, height, width] with the border of the image; [G, K, C, height, width]; [G, K]; [N, G, K, height, width].
 * Height goes with Q and S, width with P and R. Of the unpadded layer.
 */
export function operandShape({ bounds: b, stride, dilation }: Layer, operand: Operand): readonly number[] {
  const rows = (out: number, kernel: number, s: number, d: number) => (out - 1) * s + (kernel - 1) * d + 1;
  switch (operand) {
    case 'inputs':
      return [b.N, b.G, b.C, rows(b.Q, b.S, stride.Q, dilation.S), rows(b.P, b.R, stride.P, dilation.R)];
    case 'weights':
      return [b.G, b.K, b.C, b.S, b.R];
    case 'bias':
      return [b.G, b.K];
    case 'residual':
      return [b.N, b.G, b.K, b.Q, b.P];
  }
}

/**
 * As frameworks have it, and what it means: groups are not a dimension of their own, which leaves the
 * order of the numbers as it is.
 */
function fileShape(
  shape: readonly number[],
  operand: Operand,
): { readonly shape: readonly number[]; readonly meaning: string } {
  const [x, y, z, ...rest] = shape as [number, number, ...number[]];
  if (operand === 'inputs' || operand === 'residual')
    return {
      shape: [x, y * defined(z), ...rest],
      meaning:
        operand === 'inputs'
          ? 'N, G x C, height, width, the border of the image included'
          : 'N, G x K, height, width of the outputs',
    };
  return {
    shape: [x * y, ...(z === undefined ? [] : [z]), ...rest],
    meaning: operand === 'weights' ? 'G x K, C, S, R' : 'G x K',
  };
}

/** Bits of one number of an operand on a machine. */
export const operandBits = (
  t: { readonly weightPrecision: number; readonly inputPrecision: number; readonly accumPrecision: number },
  operand: Operand,
): number => (operand === 'weights' ? t.weightPrecision : operand === 'bias' ? t.accumPrecision : t.inputPrecision);

/** What the layer itself says of its words: where they lie packed, or in pairs, there is no room for others. */
const saidBits = ({ weightBits, inputBits }: Layer, operand: Operand): number =>
  (operand === 'weights' ? weightBits : operand === 'inputs' ? inputBits : undefined) ?? Infinity;

const isRaw = (path: string) => /\.bin$/i.test(path);
/** Undefined for names that say neither .npy nor .bin. */
export const isTensorFile = (path: string): boolean => isRaw(path) || /\.npy$/i.test(path);

/** Dimensions of size 1 make no difference: a matrix may come as one. The name's ending tells .npy from .bin. */
export function parseOperand(
  bytes: Uint8Array,
  path: string,
  layer: Layer,
  operand: Operand,
  bits: number,
): Parsed<IntArray> {
  const shape = operandShape(layer, operand);
  const usual = fileShape(shape, operand);
  const array = isRaw(path) ? parseRaw(bytes, dtypeFor(bits), usual.shape) : parseNpy(bytes);
  if (!array.ok) return array;
  const plain = (sizes: readonly number[]) => sizes.filter((s) => s !== 1).join();
  if (![shape, usual.shape].some((s) => plain(s) === plain(array.value.shape))) {
    return refuse(
      'wrong-shape',
      [],
      `the ${operand} have shape ${shapeText(array.value.shape)}; ${layer.name} takes ${shapeText(usual.shape)} ` +
        `(${usual.meaning})`,
    );
  }
  const own = Math.min(bits, saidBits(layer, operand));
  // Inputs of few bits may go from 0 on.
  const natural = operand === 'inputs' && own < bits && array.value.data.every((x) => x >= 0);
  const [min, max] = wordRange(own, natural);
  const at = array.value.data.findIndex((x) => x < min || x > max);
  if (at >= 0)
    return refuse(
      'out-of-range',
      [],
      `the ${operand} hold ${array.value.data[at]} (number ${at} of ${array.value.data.length}); ` +
        `words of ${own} bits go from ${min} to ${max}`,
    );
  return parsed({ shape, data: array.value.data });
}

/** Outputs [N, G, K, height, width] are written as N, G x K, height, width. */
export function printOutputs(path: string, { shape, data }: IntArray, bits: number): Uint8Array {
  const dtype: Dtype = dtypeFor(bits);
  return isRaw(path) ? printRaw(data, dtype) : printNpy({ shape: fileShape(shape, 'inputs').shape, data }, dtype);
}
