// Where tensors lie in the global buffer: whole images, that stay there from step to step, and tiles of what does not.

import { imageStart, packed } from '../residency.js';
import type { Residency } from '../residency.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import type { Hardware } from '../hardware.js';
import { gcd } from '../../base/integers.js';
import type { Strides } from './memory-layout.js';
import { imageRows } from './image.js';
import type { Extents } from './nests.js';

/** A whole image: rows of columns of channels. Lengths of channels in parts of lines (`Residency`). */
export interface Region {
  /** Its first place. */
  readonly base: number;
  readonly columns: number;
  readonly rows: number;
  /** Columns from one row to the next, where it is part of a wider image: `columns` where it is not said. */
  readonly width?: number;
  /**
   * What the inputs of a layer go along, where it has several: columns or rows of this image, so many further at each (a maximum
   * over windows is a layer with a window for each input), or images that lie so many columns behind each other.
   */
  readonly inputs?: { readonly along: 'columns' | 'rows' | 'images'; readonly step: number };
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

/** Weights of a layer in one half of the weight buffers, from a line on; `held` where a run before has left them there. */
export interface WeightPlace {
  readonly held: boolean;
  readonly half: 0 | 1;
  readonly line: number;
}

/** Of one layer. What is not there lies in DRAM, and its tiles in the banks that `tiles` names. */
export interface ResidentPlaces {
  readonly input?: Region & Border;
  readonly output?: Region;
  readonly residual?: Region;
  /** Where weights stay in the weight buffers. */
  readonly weights?: WeightPlace;
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
const rowOf = (r: Residency, at: Region) => packed(r, { place: at.pitch * widthOf(at), row: 1 });
const widthOf = ({ width, columns }: Region): number => width ?? columns;
/** From one input to the next. */
function inputOf(r: Residency, { pitch, inputs, ...at }: Region): number {
  if (!inputs) return 0;
  const { along, step } = inputs;
  switch (along) {
    case 'columns':
      return packed(r, { place: step * pitch, column: step });
    case 'rows':
      return packed(r, { place: step * widthOf({ pitch, ...at }) * pitch, row: step });
    case 'images':
      return packed(r, { place: step * pitch });
  }
}
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
    start: imageStart(r, at.base - (at.top * widthOf(at) + at.left) * at.pitch),
    strides: {
      G: groups(bounds.G, r, bounds.C),
      C: step(r, vector),
      P: stride.P * x,
      R: dilation.R * x,
      Q: stride.Q * y,
      S: dilation.S * y,
      N: inputOf(r, at),
    },
    unit: { x: gcd(stride.P, dilation.R) * x, y: gcd(stride.Q, dilation.S) * y },
  };
}

/** Where all channels are in one line, as few as they are, there is no step from one to the next. */
const step = (r: Residency, words: number): number => (words % r.words === 0 ? channelsOf(r, words) : 0);
const groups = (count: number, r: Residency, channels: number): number => (count > 1 ? channelsOf(r, channels) : 0);

/** Of lines of `lanes` output channels. Where inputs go along columns a layer has one column each: a second is outside; so of rows. */
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
    P: at.inputs?.along === 'columns' ? packed(r, { place: 0, column: at.columns }) : columnOf(r, at),
    Q: at.inputs?.along === 'rows' ? packed(r, { place: 0, row: at.rows }) : rowOf(r, at),
    N: inputOf(r, at),
  } satisfies Partial<Record<Dimension, number>>,
});

/** Inputs, columns, rows and channels that a mapping goes through; of a result whose inputs go along columns or rows, those too. */
interface Walked {
  readonly inputs: number;
  readonly columns: number;
  readonly rows: number;
  readonly channels: number;
}

/** Why images cannot be addressed so by a mapping of these extents; undefined where they can. */
export function regionFault(
  r: Residency,
  { bounds, stride, dilation, pool }: Layer,
  all: Extents,
  { input, output, residual }: Pick<ResidentPlaces, 'input' | 'output' | 'residual'>,
): string | undefined {
  const read = {
    inputs: all.N,
    columns: imageRows(all.P, all.R, stride.P, dilation.R),
    rows: imageRows(all.Q, all.S, stride.Q, dilation.S),
    channels: all.C * all.G,
  };
  const made = {
    inputs: all.N,
    columns: all.P / (pool?.P ?? 1),
    rows: all.Q / (pool?.Q ?? 1),
    channels: all.K * all.G,
  };
  if (all.N !== bounds.N) return `${all.N} inputs are mapped of ${bounds.N}, and padding of inputs has no place`;
  return (
    (input && faultOf(r, 'input', input, input, alongRead(input, read))) ??
    (output && faultOf(r, 'output', output, { left: 0, top: 0 }, alongMade(output, made))) ??
    (residual && faultOf(r, 'residual', residual, { left: 0, top: 0 }, alongMade(residual, made)))
  );
}

/** Columns and rows with those that inputs go along. */
function alongRead({ inputs }: Region, walked: Walked): Walked {
  const more = inputs ? (walked.inputs - 1) * inputs.step : 0;
  return {
    ...walked,
    columns: walked.columns + (inputs?.along === 'columns' ? more : 0),
    rows: walked.rows + (inputs?.along === 'rows' ? more : 0),
  };
}
function alongMade(at: Region, walked: Walked): Walked {
  const { inputs, columns, rows } = at;
  return {
    ...walked,
    columns: inputs?.along === 'columns' ? walked.columns * columns : walked.columns,
    rows: inputs?.along === 'rows' ? walked.rows * rows : walked.rows,
  };
}

function faultOf(
  r: Residency,
  name: string,
  at: Region,
  { left, top }: Pick<Border, 'left' | 'top'>,
  walked: Walked,
): string | undefined {
  const { base, columns, rows, pitch, channels, inputs } = at;
  const longest = Math.max(walked.columns, walked.rows, left + columns, top + rows);
  if (longest >= 2 ** r.positionBits)
    return `the ${name} is ${longest} long with its border; whole images may be ${2 ** r.positionBits - 1}`;
  const parts = Math.max(partsOf(r, walked.channels), channels);
  if (parts >= 2 ** r.channelBits)
    return `the ${name} has ${parts} parts of channels; whole images may have ${2 ** r.channelBits - 1}`;
  const memory = 2 ** r.placeBits;
  const first = base - (top * widthOf(at) + left) * pitch;
  const images = inputs?.along === 'images' ? (walked.inputs - 1) * inputs.step : 0;
  const last = first + (images + (walked.rows - 1) * widthOf(at) + walked.columns - 1) * pitch + parts + r.parts;
  return first < -memory || last >= 3 * memory
    ? `the border of the ${name} is larger than the global buffer`
    : undefined;
}
