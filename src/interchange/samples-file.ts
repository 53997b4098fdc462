// Files of samples: IDX (as MNIST's), NumPy's .npy and .npz, and CSV with the label in the last column.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { parseRealNpy } from './npy.js';
import { isZip, npyFiles } from './npz.js';

/** Numbers of a file: as many samples as the first size says. */
export interface SampleNumbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** Whole numbers of 8 bits: pixels from 0 to 255. */
  readonly bytes: boolean;
}

/** The numbers of a file of samples, and the labels that come with them. */
export interface SampleFile extends SampleNumbers {
  /** Of a CSV file, its last column. */
  readonly labels?: Float64Array;
  /** What classes are called, by their labels; of folders that have names. */
  readonly names?: readonly string[];
}

const idxTypes: Readonly<Record<number, readonly [name: string, bytes: number]>> = {
  0x08: ['uint8', 1],
  0x09: ['int8', 1],
  0x0b: ['int16', 2],
  0x0c: ['int32', 4],
  0x0d: ['float32', 4],
  0x0e: ['float64', 8],
};

/**
 * Numbers of a file, which is IDX, .npy or .npz by what its bytes begin with, and CSV otherwise. `array` is the name of one in a
 * .npz file, which is not asked for where one alone can be meant: `wanted` are samples, which have two sizes or more, or labels,
 * which have one.
 */
export async function parseSamples(
  bytes: Uint8Array,
  wanted: 'samples' | 'labels',
  array?: string,
): Promise<Parsed<SampleFile>> {
  if (isZip(bytes)) return arrayOf(bytes, wanted, array);
  if (array !== undefined)
    return malformed(`no .npz file, in which an array could be called ${array}; leave out "#${array}"`);
  if (bytes[0] === 0x93 && bytes[1] === 0x4e) return parseRealNpy(bytes);
  if (bytes[0] === 0 && bytes[1] === 0 && bytes.length > 4) return parseIdx(bytes);
  return parseCsv(new TextDecoder().decode(bytes));
}

async function arrayOf(
  bytes: Uint8Array,
  wanted: 'samples' | 'labels',
  array: string | undefined,
): Promise<Parsed<SampleFile>> {
  const files = await npyFiles(bytes, array);
  if (!files.ok) return files;
  const all = [...files.value].map(([name, content]) => ({ name, read: parseRealNpy(content) }));
  const meant = all.filter(
    ({ read }) => array !== undefined || (read.ok && read.value.shape.length > 1 === (wanted === 'samples')),
  );
  if (meant.length === 1) return nth(meant, 0).read;
  const said = all.map(
    ({ name, read }) => `${name} ${read.ok ? `[${read.value.shape.join(', ')}]` : 'of another type'}`,
  );
  return refuse('ambiguous', [], `a .npz file of ${said.join(', ')}; say which array has the ${wanted}: FILE#NAME`);
}

const malformed = (message: string) => refuse('malformed', [], message);

/** Two zeros, the type, the number of sizes; sizes and numbers big endian (yann.lecun.com/exdb/mnist). */
export function parseIdx(bytes: Uint8Array): Parsed<SampleNumbers> {
  const [, , code = 0, rank = 0] = bytes;
  const type = idxTypes[code];
  if (!type)
    return malformed(`an IDX file of the type 0x${code.toString(16)}; expected one of 0x08, 0x09, 0x0b to 0x0e`);
  const [name, size] = type;
  const head = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (rank === 0 || bytes.length < head) return malformed('an IDX file that ends before its sizes do');
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((n, d) => n * d, 1);
  if (bytes.length !== head + count * size)
    return malformed(
      `an IDX file of ${bytes.length} bytes; its sizes [${shape.join(', ')}] of ${name} make ${head + count * size}`,
    );
  if (name === 'uint8') return parsed({ shape, values: new Float64Array(bytes.subarray(head)), bytes: true });
  const at = (i: number): number => {
    const place = head + i * size;
    switch (name) {
      case 'int8':
        return view.getInt8(place);
      case 'int16':
        return view.getInt16(place);
      case 'int32':
        return view.getInt32(place);
      case 'float32':
        return view.getFloat32(place);
      default:
        return view.getFloat64(place);
    }
  };
  return parsed({ shape, values: Float64Array.from({ length: count }, (_, i) => at(i)), bytes: false });
}

/** Rows of numbers, a comma or a semicolon between them, the label last; a first row of names is left out. */
export function parseCsv(text: string): Parsed<SampleFile> {
  const rows = text
    .split(/\r?\n/)
    .map((row, i) => ({ at: i + 1, cells: row.trim() === '' ? [] : row.split(/[,;]/) }))
    .filter(({ cells }) => cells.length > 0);
  const isNumber = (cell: string) => cell.trim() !== '' && Number.isFinite(Number(cell));
  const body = rows[0] && !rows[0].cells.every(isNumber) ? rows.slice(1) : rows;
  const width = body[0]?.cells.length ?? 0;
  if (width < 2)
    return malformed('no samples; expected IDX, .npy, .npz, or CSV with numbers and the label in every row');
  for (const { at, cells } of body) {
    if (cells.length !== width)
      return malformed(`row ${at} has ${cells.length} columns, the first one ${width}; expected as many in each`);
    const wrong = cells.find((cell) => !isNumber(cell));
    if (wrong !== undefined) return malformed(`row ${at} has "${wrong.trim()}"; expected numbers, the label last`);
  }
  const values = new Float64Array(body.length * (width - 1));
  const labels = new Float64Array(body.length);
  for (const [i, { cells }] of body.entries()) {
    for (let j = 0; j < width - 1; j++) values[i * (width - 1) + j] = Number(cells[j]);
    labels[i] = Number(cells[width - 1]);
  }
  return parsed({ shape: [body.length, width - 1], values, labels, bytes: false });
}
