// Arrays as NumPy's .npy files (format 1 to 3), little endian, in C order: whole numbers read and written, real ones read.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';

export const dtypes = ['int8', 'int16', 'int32'] as const;
export type Dtype = (typeof dtypes)[number];
type UnsignedDtype = `u${Dtype}`;

/** Rows of the last dimension lie side by side. */
export interface IntArray {
  readonly shape: readonly number[];
  readonly data: Int32Array;
}

export interface RealArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** The file's type is one of whole numbers; and uint8, as pixels are. */
  readonly whole: boolean;
  readonly bytes: boolean;
}

const bytesOf = {
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float32: 4,
  float64: 8,
} as const;
/** Beyond 32 bits, whole numbers as doubles hold them. */
const realDescriptions = { int64: '<i8', uint64: '<u8', float32: '<f4', float64: '<f8' } as const;
const descriptions: Readonly<Record<Dtype, string>> = { int8: '|i1', int16: '<i2', int32: '<i4' };
const unsignedDescriptions: Readonly<Record<UnsignedDtype, string>> = { uint8: '|u1', uint16: '<u2', uint32: '<u4' };
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The narrowest type that holds signed numbers of some bits. */
export const dtypeFor = (bits: number): Dtype => (bits <= 8 ? 'int8' : bits <= 16 ? 'int16' : 'int32');
/** The same of numbers from 0 on. */
export const unsignedDtypeFor = (bits: number): UnsignedDtype => `u${dtypeFor(bits)}`;

const malformed = (message: string) => refuse('malformed', [], message);

/**
 * The array of whole numbers in a .npy file, as numpy.save writes it. Refused where it has other numbers, is in Fortran order or
 * damaged.
 */
export function parseNpy(bytes: Uint8Array): Parsed<IntArray> {
  const read = arrayIn(bytes, descriptions, "convert it with array.astype('int8'), 'int16' or 'int32'");
  if (!read.ok) return read;
  const { shape, dtype, data } = read.value;
  return parsed({ shape, data: decode(data, dtype) });
}

/** Real or whole numbers. */
export function parseRealNpy(bytes: Uint8Array): Parsed<RealArray> {
  const read = arrayIn(
    bytes,
    { ...descriptions, ...unsignedDescriptions, ...realDescriptions },
    "convert it with array.astype('float32')",
  );
  if (!read.ok) return read;
  const { shape, dtype, data } = read.value;
  if (!(dtype in realDescriptions))
    return parsed({
      shape,
      values: numbers(data, dtype as Dtype | UnsignedDtype),
      whole: true,
      bytes: dtype === 'uint8',
    });
  const size = bytesOf[dtype];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const at = {
    int64: (place: number) => Number(view.getBigInt64(place, true)),
    uint64: (place: number) => Number(view.getBigUint64(place, true)),
    float32: (place: number) => view.getFloat32(place, true),
    float64: (place: number) => view.getFloat64(place, true),
  }[dtype as keyof typeof realDescriptions];
  const values = new Float64Array(data.length / size);
  for (let i = 0; i < values.length; i++) values[i] = at(i * size);
  return parsed({ shape, values, whole: dtype === 'int64' || dtype === 'uint64', bytes: false });
}

interface Laid<T extends string> {
  readonly shape: readonly number[];
  readonly dtype: T;
  readonly data: Uint8Array;
}

function arrayIn<T extends keyof typeof bytesOf>(
  bytes: Uint8Array,
  types: Readonly<Record<T, string>>,
  way: string,
): Parsed<Laid<T>> {
  if (bytes.length === 0) return malformed('the file is empty; expected a .npy file');
  if (!magic.every((b, i) => bytes[i] === b))
    return malformed('the file is not a .npy file: it does not begin with \\x93NUMPY; write it with numpy.save');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    return malformed(`the file has version ${version} of the .npy format; expected 1, 2 or 3`);
  const begin = version === 1 ? 10 : 12;
  const length = bytes.length < begin ? Infinity : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (begin + length > bytes.length) return malformed('the .npy file is cut short within its header');
  const header = new TextDecoder().decode(bytes.subarray(begin, begin + length));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined)
    return malformed(`the header of the .npy file cannot be read: ${header.trim().slice(0, 80)}`);
  const names = Object.keys(types) as T[];
  const dtype = names.find(
    (d) => types[d] === descr || ((d === 'int8' || d === 'uint8') && descr?.slice(1) === types[d].slice(1)),
  );
  if (dtype === undefined) {
    const known = names.map((d) => `${d} (${types[d]})`).join(', ');
    return refuse(
      'wrong-type',
      [],
      `the array is of type ${descr ?? 'unknown to magnet'}; expected ${known}, little endian: ${way}`,
    );
  }
  if (order === 'True')
    return refuse('wrong-order', [], 'the array lies in Fortran order; save numpy.ascontiguousarray(array)');
  const shape = sizes.split(',').flatMap((s) => (s.trim() === '' ? [] : [Number.parseInt(s, 10)]));
  const count = shape.reduce((n, s) => n * s, 1);
  const data = bytes.subarray(begin + length);
  if (data.length !== count * bytesOf[dtype])
    return malformed(
      `the .npy file has ${data.length} bytes of data, but ${dtype} of shape ${shapeText(shape)} ` +
        `takes ${count * bytesOf[dtype]}: it is cut short or has grown`,
    );
  return parsed({ shape, dtype, data });
}

/** The bare numbers, whose shape is known from elsewhere. */
export function parseRaw(bytes: Uint8Array, dtype: Dtype, shape: readonly number[]): Parsed<IntArray> {
  const count = shape.reduce((n, s) => n * s, 1);
  if (bytes.length === count * bytesOf[dtype]) return parsed({ shape: [...shape], data: decode(bytes, dtype) });
  return refuse(
    'wrong-size',
    [],
    `the file has ${bytes.length} bytes; expected ${count} numbers of type ${dtype} (shape ${shapeText(shape)}), ` +
      `which take ${count * bytesOf[dtype]}`,
  );
}

/** The bytes of a .npy file, format 1.0. The numbers must fit the type. */
export function printNpy({ shape, data }: IntArray, dtype: Dtype | UnsignedDtype): Uint8Array {
  const description = { ...descriptions, ...unsignedDescriptions }[dtype];
  const fields = `{'descr': '${description}', 'fortran_order': False, 'shape': ${shapeText(shape)}, }`;
  // The data begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + fields.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + data.length * bytesOf[dtype]);
  bytes.set([...magic, 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(`${fields.padEnd(length - 1)}\n`), 10);
  bytes.set(printRaw(data, dtype), 10 + length);
  return bytes;
}

export function printRaw(data: Int32Array, dtype: Dtype | UnsignedDtype): Uint8Array {
  const size = bytesOf[dtype];
  const bytes = new Uint8Array(data.length * size);
  const view = new DataView(bytes.buffer);
  data.forEach((x, i) =>
    size === 1 ? view.setInt8(i, x) : size === 2 ? view.setInt16(2 * i, x, true) : view.setInt32(4 * i, x, true),
  );
  return bytes;
}

/** 32 bits each, little endian. */
export function printReals(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * data.length);
  const view = new DataView(bytes.buffer);
  data.forEach((x, i) => view.setFloat32(4 * i, x, true));
  return bytes;
}

function decode(bytes: Uint8Array, dtype: Dtype | UnsignedDtype): Int32Array {
  const size = bytesOf[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / size }, (_, i) =>
    size === 1 ? view.getInt8(i) : size === 2 ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true),
  );
}

function numbers(bytes: Uint8Array, dtype: Dtype | UnsignedDtype): Float64Array {
  if (dtype === 'uint8') return new Float64Array(bytes);
  const signed = Float64Array.from(decode(bytes, dtype));
  const span = 2 ** (8 * bytesOf[dtype]);
  return dtype in unsignedDescriptions ? signed.map((v) => (v < 0 ? v + span : v)) : signed;
}

/** As Python writes a tuple: (3,), (2, 3). */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
