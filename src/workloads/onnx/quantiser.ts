// Nodes that round to words, or read words as real numbers: their scales, zero points and range.
//
// QuantizeLinear and DequantizeLinear are ONNX's, also in the domain com.microsoft; Quant (IntQuant) is QONNX's, as Brevitas writes it
// too, and does both at once (https://github.com/fastmachinelearning/qonnx).

import { roundToEven, wordRange } from '../../base/integers.js';
import { isStandard } from './graph.js';
import { isQuantiserDomain } from './rules/quantisers.js';
import type { WireNode } from './wire.js';
import { dataTypes, toNumber } from './wire.js';

export interface Quantiser {
  /** To words, from words, or both. */
  readonly kind: 'quantise' | 'dequantise' | 'both';
  /** One, or one for each channel along the axis; zero points likewise. */
  readonly scales: Float64Array;
  readonly zeros: Float64Array;
  readonly axis: number;
  /** The least and the greatest word, before the zero point is taken off; of unknown width they are infinite. */
  readonly low: number;
  readonly high: number;
}

/** What stands behind names in the file. */
export interface Constants {
  readonly numbers: (
    name: string,
  ) => { readonly values: Float64Array; readonly shape?: readonly number[] | undefined } | string;
  readonly dataType: (name: string) => number | undefined;
}

/** A word: numbers of 32 bits, divided as such. */
export const rounded = (x: number, scale: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, roundToEven(Math.fround(Math.fround(x) / Math.fround(scale))))) + 0;

const ranges: Readonly<Record<number, readonly [number, number]>> = {
  [dataTypes.int4]: wordRange(4, false),
  [dataTypes.uint4]: wordRange(4, true),
  [dataTypes.int8]: wordRange(8, false),
  [dataTypes.uint8]: wordRange(8, true),
  [dataTypes.int16]: wordRange(16, false),
  [dataTypes.uint16]: wordRange(16, true),
  [dataTypes.int32]: wordRange(32, false),
};
export const wordRangeOf = (dataType: number): readonly [number, number] | undefined => ranges[dataType];

const isOnnx = (domain: string) => isStandard(domain) || domain === 'com.microsoft';
export const isQuantise = ({ opType, domain = '' }: WireNode): boolean => opType === 'QuantizeLinear' && isOnnx(domain);
export const isDequantise = ({ opType, domain = '' }: WireNode): boolean =>
  opType === 'DequantizeLinear' && isOnnx(domain);
export const isQonnx = ({ opType, domain = '' }: WireNode): boolean =>
  isQuantiserDomain(domain) && (opType === 'Quant' || opType === 'IntQuant');

const number = (node: WireNode, name: string, otherwise: number): number => {
  const a = (node.attribute ?? []).find((x) => x.name === name);
  return a?.i === undefined ? (a?.f ?? otherwise) : toNumber(a.i);
};

/** Undefined where the node is none; why it cannot be read, as the end of a sentence about what it makes. */
export function quantiserOf(node: WireNode, constants: Constants): Quantiser | string | undefined {
  if (isQonnx(node)) return qonnxQuantiser(node, constants);
  const dequantises = isDequantise(node);
  if (!dequantises && !isQuantise(node)) return undefined;
  const [x = '', scale = '', zero = ''] = node.input ?? [];
  const scales = constants.numbers(scale);
  if (typeof scales === 'string') return `have a scale that is computed when it runs (${scale})`;
  if (number(node, 'block_size', 0) > 0) return 'are quantized in blocks; export them with a scale for each channel';
  const zeros = zero === '' ? { values: new Float64Array(scales.values.length) } : constants.numbers(zero);
  if (typeof zeros === 'string') return `have a zero point that is computed when it runs (${zero})`;
  const type =
    (zero === '' ? undefined : constants.dataType(zero)) ??
    (dequantises ? constants.dataType(x) : number(node, 'output_dtype', 0) || dataTypes.uint8);
  const range = type === undefined ? [-Infinity, Infinity] : wordRangeOf(type);
  if (!range) return 'have words that are no integers of 4 to 32 bits';
  const [low = 0, high = 0] = range;
  return {
    kind: dequantises ? 'dequantise' : 'quantise',
    scales: scales.values,
    zeros: zeros.values.length === scales.values.length ? zeros.values : scales.values.map(() => zeros.values[0] ?? 0),
    axis: number(node, 'axis', 1),
    low,
    high,
  };
}

function qonnxQuantiser(node: WireNode, constants: Constants): Quantiser | string {
  const [, scale = '', zero = '', width = ''] = node.input ?? [];
  const [scales, zeros, bits] = [scale, zero, width].map((name) => constants.numbers(name));
  if (typeof scales !== 'object' || typeof zeros !== 'object' || typeof bits !== 'object')
    return 'have a scale, a zero point or a width that is computed when it runs';
  const mode = (node.attribute ?? []).find((a) => a.name === 'rounding_mode')?.s;
  const rounding = mode ? new TextDecoder().decode(mode).toUpperCase() : 'ROUND';
  if (rounding !== 'ROUND' && rounding !== 'HALF_EVEN')
    return `are rounded by ${rounding}; the machine rounds to the nearest, halves to the even one (ROUND)`;
  const [n] = bits.values;
  if (bits.values.length !== 1 || n === undefined || !Number.isInteger(n) || n < 2 || n > 32)
    return `have words of ${[...bits.values].slice(0, 3).join(', ')} bits; expected one whole number from 2 to 32`;
  const signed = number(node, 'signed', 1) === 1;
  const narrow = number(node, 'narrow', 0) === 1 ? 1 : 0;
  const [low, high] = wordRange(n, !signed);
  return {
    kind: 'both',
    scales: scales.values,
    zeros: zeros.values.length === scales.values.length ? zeros.values : scales.values.map(() => zeros.values[0] ?? 0),
    // They have the rank of what they scale: along the one axis that is longer than 1.
    axis: Math.max(
      0,
      (scales.shape ?? []).findIndex((d) => d > 1),
    ),
    low: signed ? low + narrow : low,
    high: signed ? high : high - narrow,
  };
}
