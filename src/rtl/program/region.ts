// Where tensors lie in the global buffer: whole images, that stay there from step to step, and tiles of what does not.

import { imageStart, packed } from '../residency.js';
import type { Residency } from '../residency.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import type { Hardware } from '../hardware.js';
import { gcd } from '../../base/integers.js';
import type { Strides } from './memory-layout.js';
import { imageRows } from './image.js';
import type { Extents } from './nests.js';

/** A whole image of one input: rows of columns of channels. Lengths of channels in parts of lines (`Residency`). */
export interface Region {
  /** Its first place. */
  readonly base: number;
  readonly columns: number;
  readonly rows: number;
  /** From one column to the next; of them the channels of the tensor, which is all of them but where it is part of a concat. */
  readonly pitch: number;
  readonly channels: number;
}

/** Rows and columns around an image that are read as the word of zero. */
export interface Border {
  readonly left: number;
  readonly top: number;
  readonly word: number;
}

/** Of one layer. What is not there lies in DRAM, and its tiles in the banks that `tiles` names. */
export interface ResidentPlaces {
  readonly input?: Region & Border;
  readonly output?: Region;
  readonly residual?: Region;
  /** The first banks of both tiles of inputs, and of both of outputs; from bank 0 on where it is not said. */
  readonly tiles?: { readonly inputs: readonly [number, number]; readonly outputs: readonly [number, number] };
}

/** Parts that so many words take. */
export const partsOf = (r: Residency, words: number): number => Math.ceil(words / r.words);

/** A region for an image with so many channels, all of its own. */
export const regionOf = (
  r: Residency,
  base: number,
  { columns, rows, channels }: { readonly columns: number; readonly rows: number; readonly channels: number },
): Region => {
  // Whole lines: vectors and lanes find theirs in one.
  const pitch = Math.ceil(partsOf(r, channels) / r.parts) * r.parts;
  return { base, columns, rows, pitch, channels: partsOf(r, channels) };
};

/** Banks that a region takes, from the one of its base on. */
export const banksOf = (
  { globalBankDepth }: Pick<Hardware, 'globalBankDepth'>,
  r: Residency,
  { columns, rows, pitch }: Pick<Region, 'columns' | 'rows' | 'pitch'>,
): number => Math.ceil((columns * rows * pitch) / r.parts / globalBankDepth);

/** The first place of a bank. */
export const placeOfBank = (
  { globalBankDepth }: Pick<Hardware, 'globalBankDepth'>,
  r: Residency,
  bank: number,
): number => bank * globalBankDepth * r.parts;

const columnOf = (r: Residency, { pitch }: Region) => packed(r, { place: pitch, column: 1 });
const rowOf = (r: Residency, { pitch, columns }: Region) => packed(r, { place: pitch * columns, row: 1 });
/** So many words further along the channels. */
const channelsOf = (r: Residency, words: number) => packed(r, { place: words / r.words, channel: words / r.words });

/** One vector is a step of C, one index is one of all else, as `inLines` has them; steps of rows by one position of the image. */
export interface InputRegion {
  readonly start: number;
  readonly strides: Strides;
  readonly unit: { readonly x: number; readonly y: number };
}

export function inputRegion(
  r: Residency,
  { bounds, stride, dilation }: Layer,
  vector: number,
  at: Region & Border,
): InputRegion {
  const [x, y] = [columnOf(r, at), rowOf(r, at)];
  return {
    // Index 0 is in the border: columns and rows count from there.
    start: imageStart(r, at.base - (at.top * at.columns + at.left) * at.pitch),
    strides: {
      G: groups(bounds.G, r, bounds.C),
      C: step(r, vector),
      P: stride.P * x,
      R: dilation.R * x,
      Q: stride.Q * y,
      S: dilation.S * y,
      N: 0,
    },
    unit: { x: gcd(stride.P, dilation.R) * x, y: gcd(stride.Q, dilation.S) * y },
  };
}

/** Where all channels are in one line, as few as they are, there is no step from one to the next. */
const step = (r: Residency, words: number): number => (words % r.words === 0 ? channelsOf(r, words) : 0);
const groups = (count: number, r: Residency, channels: number): number => (count > 1 ? channelsOf(r, channels) : 0);

/** Of lines of `lanes` output channels. */
export const outputRegion = (
  r: Residency,
  { bounds }: Layer,
  lanes: number,
  at: Region,
): { readonly start: number; readonly strides: Strides } => ({
  start: imageStart(r, at.base),
  strides: {
    G: groups(bounds.G, r, bounds.K),
    K: step(r, lanes),
    P: columnOf(r, at),
    Q: rowOf(r, at),
    N: 0,
  } satisfies Partial<Record<Dimension, number>>,
});

/** Columns, rows and channels that a mapping goes through. */
interface Walked {
  readonly columns: number;
  readonly rows: number;
  readonly channels: number;
}

/** Why images cannot be addressed so by a mapping of these extents; undefined where they can. */
export function regionFault(
  r: Residency,
  { stride, dilation, pool }: Layer,
  all: Extents,
  { input, output, residual }: Pick<ResidentPlaces, 'input' | 'output' | 'residual'>,
): string | undefined {
  const read = {
    columns: imageRows(all.P, all.R, stride.P, dilation.R),
    rows: imageRows(all.Q, all.S, stride.Q, dilation.S),
    channels: all.C * all.G,
  };
  const made = { columns: all.P / (pool?.P ?? 1), rows: all.Q / (pool?.Q ?? 1), channels: all.K * all.G };
  return (
    (input && faultOf(r, 'input', input, input, read)) ??
    (output && faultOf(r, 'output', output, { left: 0, top: 0 }, made)) ??
    (residual && faultOf(r, 'residual', residual, { left: 0, top: 0 }, made))
  );
}

function faultOf(
  r: Residency,
  name: string,
  { base, columns, rows, pitch, channels }: Region,
  { left, top }: Pick<Border, 'left' | 'top'>,
  walked: Walked,
): string | undefined {
  const longest = Math.max(walked.columns, walked.rows, left + columns, top + rows);
  if (longest >= 2 ** r.positionBits)
    return `the ${name} is ${longest} long with its border; whole images may be ${2 ** r.positionBits - 1}`;
  const parts = Math.max(partsOf(r, walked.channels), channels);
  if (parts >= 2 ** r.channelBits)
    return `the ${name} has ${parts} parts of channels; whole images may have ${2 ** r.channelBits - 1}`;
  const memory = 2 ** r.placeBits;
  const first = base - (top * columns + left) * pitch;
  const last = first + ((walked.rows - 1) * columns + walked.columns - 1) * pitch + parts + r.parts;
  return first < -memory || last >= 3 * memory
    ? `the border of the ${name} is larger than the global buffer`
    : undefined;
}
