// Tensors of an ONNX file: their shape always, their numbers where they are few.

import type { Constant } from './graph.js';
import { foldLimit, volume } from './graph.js';
import type { WireTensor } from './wire.js';
import { dataTypes, toNumber } from './wire.js';

const wholeTypes: readonly number[] = [
  dataTypes.uint8,
  dataTypes.int8,
  dataTypes.uint16,
  dataTypes.int16,
  dataTypes.int32,
  dataTypes.int64,
  dataTypes.bool,
  dataTypes.uint32,
  dataTypes.uint64,
  dataTypes.uint4,
  dataTypes.int4,
];
export const isWhole = (dataType: number): boolean => wholeTypes.includes(dataType);

/** Bytes of an element in raw data and its reader; raw data is little-endian whatever the machine. */
const readers: Readonly<Record<number, readonly [number, (view: DataView, at: number) => number]>> = {
  [dataTypes.float]: [4, (v, at) => v.getFloat32(at, true)],
  [dataTypes.double]: [8, (v, at) => v.getFloat64(at, true)],
  [dataTypes.uint8]: [1, (v, at) => v.getUint8(at)],
  [dataTypes.int8]: [1, (v, at) => v.getInt8(at)],
  [dataTypes.bool]: [1, (v, at) => v.getUint8(at)],
  [dataTypes.uint16]: [2, (v, at) => v.getUint16(at, true)],
  [dataTypes.int16]: [2, (v, at) => v.getInt16(at, true)],
  [dataTypes.int32]: [4, (v, at) => v.getInt32(at, true)],
  [dataTypes.uint32]: [4, (v, at) => v.getUint32(at, true)],
  [dataTypes.int64]: [8, (v, at) => Number(v.getBigInt64(at, true))],
  [dataTypes.uint64]: [8, (v, at) => Number(v.getBigUint64(at, true))],
};

/** Two in a byte, the first in its lower half (ONNX 1.16). */
function halves(bytes: ArrayLike<number>, dataType: number, count: number): number[] | undefined {
  if (bytes.length !== Math.ceil(count / 2)) return undefined;
  const top = dataType === dataTypes.int4 ? 8 : 16;
  return Array.from({ length: count }, (_, i) => {
    const half = ((bytes[i >> 1] ?? 0) >> (i % 2 === 0 ? 0 : 4)) & 15;
    return half < top ? half : half - 16;
  });
}
const isHalf = (dataType: number): boolean => dataType === dataTypes.int4 || dataType === dataTypes.uint4;

function rawValues(raw: Uint8Array, dataType: number, count: number): number[] | undefined {
  if (isHalf(dataType)) return halves(raw, dataType, count);
  const reader = readers[dataType];
  if (reader === undefined) return undefined;
  const [size, read] = reader;
  if (raw.byteLength !== size * count) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: count }, (_, i) => read(view, i * size));
}

/** The tensor, or what is wrong with it. Numbers kept outside the file, or missing, are no fault: shapes suffice. */
export function readTensor(tensor: WireTensor): Constant | string {
  const shape = (tensor.dims ?? []).map(toNumber);
  const bad = shape.find((d) => d < 0 || !Number.isSafeInteger(d));
  if (bad !== undefined) return `has the dimension ${bad}; expected whole numbers from 0 to 2^53`;
  const dataType = tensor.dataType ?? 0;
  const whole = isWhole(dataType);
  const count = volume(shape);
  if (count > foldLimit) return { shape, whole, values: undefined };
  const raw = tensor.rawData;
  if (raw !== undefined && raw.byteLength > 0) return { shape, whole, values: rawValues(raw, dataType, count) };
  const lists = [tensor.int64Data, tensor.int32Data, tensor.uint64Data, tensor.floatData, tensor.doubleData];
  // The 16-bit floats travel as bit patterns in int32Data; no shape arithmetic is done in them.
  const list =
    dataType === dataTypes.float16 || dataType === dataTypes.bfloat16
      ? undefined
      : lists.find((l) => l !== undefined && l.length > 0);
  if (isHalf(dataType)) return { shape, whole, values: halves(tensor.int32Data ?? [], dataType, count) };
  const values = count === 0 ? [] : list?.length === count ? list.map(toNumber) : undefined;
  return { shape, whole, values };
}

/** All numbers of a tensor, however many; undefined where they are kept outside the file, or in a form that is not read. */
export function numbersOfTensor(tensor: WireTensor): Float64Array | undefined {
  const count = volume((tensor.dims ?? []).map(toNumber));
  const dataType = tensor.dataType ?? 0;
  const raw = tensor.rawData;
  if (isHalf(dataType)) {
    const found = halves(raw !== undefined && raw.byteLength > 0 ? raw : (tensor.int32Data ?? []), dataType, count);
    return found && Float64Array.from(found);
  }
  if (raw !== undefined && raw.byteLength > 0) {
    const [size, read] = dataType === dataTypes.float16 ? halfReader : (readers[dataType] ?? [0, undefined]);
    if (read === undefined || raw.byteLength !== size * count) return undefined;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return Float64Array.from({ length: count }, (_, i) => read(view, i * size));
  }
  const lists = [tensor.floatData, tensor.doubleData, tensor.int32Data, tensor.int64Data, tensor.uint64Data];
  const list = lists.find((l) => l !== undefined && l.length > 0);
  if (list?.length !== count || dataType === dataTypes.bfloat16) return undefined;
  return Float64Array.from(list, (x) => (dataType === dataTypes.float16 ? half(toNumber(x)) : toNumber(x)));
}

/** IEEE 754 binary16 from its bits. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
const halfReader = [2, (v: DataView, at: number) => half(v.getUint16(at, true))] as const;
