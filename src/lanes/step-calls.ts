// Steps as calls of functions in lanes: layers, additions and scales as convolutions, pools and places by tables.

import { defined, nth } from '../base/invariant.js';
import type { LayerStep, Operand, PoolStep } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf, planeOf } from '../reference/numbers.js';
import { windowsOver } from '../reference/pooling.js';
import type { ConvolutionCall } from './convolution-code.js';
import type { Finish } from './numeric.js';
import { elementBytes } from './numeric.js';
import type { Numeric } from './numeric.js';
import type { Arena, Layout } from './layouts.js';
import { addressOf } from './layouts.js';
import type { PoolCall } from './pool-code.js';

/** What is called for every pack of samples, in order. */
export type Call =
  | {
      readonly kind: 'convolution';
      readonly block: number;
      readonly hasOther: boolean;
      readonly call: Omit<ConvolutionCall, 'round'>;
    }
  | { readonly kind: 'pool'; readonly mode: 'max' | 'average'; readonly call: Omit<PoolCall, 'round'> }
  | { readonly kind: 'move'; readonly table: number; readonly tableEnd: number }
  /** By the reference, sample by sample. */
  | { readonly kind: 'reference'; readonly step: number };

/** One after the other, six doubles each. */
export const finishesIn = (arena: Arena, finishes: readonly Finish[]): number =>
  arena.put(Float64Array.from(finishes.flatMap((f) => [f.first, f.second, f.third, f.fourth, f.low, f.high])));

interface Taps {
  readonly address: number;
  readonly count: number;
  readonly turns: number;
}

/** Weights of output channels: where that of a channel and a tap lies among the numbers. Networks have millions of them. */
export interface LaidWeights {
  readonly values: Float64Array;
  /** Of the first channel and tap. */
  readonly first: number;
  readonly perChannel: number;
  readonly perTap: number;
}

/** Products of one group of images, or of rows: which taps each output has, and the weights of each output channel. */
interface Products {
  readonly taps: Taps;
  readonly channels: number;
  readonly weights: LaidWeights;
  readonly finish: (channel: number) => Finish;
}

/** Where outputs are read and written, of the first channel; distances in bytes. */
type Frame = Omit<ConvolutionCall, 'taps' | 'tapsEnd' | 'weights' | 'finish' | 'round'>;

/** Offsets of taps in bytes, in the order in which they are summed up. Where one is missing the first stands in, without weight. */
function tapsIn(arena: Arena, { together }: Numeric, offsets: readonly number[]): Taps {
  const turns = Math.ceil(offsets.length / together);
  const address = arena.put(Int32Array.from({ length: turns * together }, (_, t) => offsets[t] ?? nth(offsets, 0)));
  return { address, count: offsets.length, turns };
}

/** As many blocks as there are, then channels one by one. `frames`: images with the same weights. */
function productCalls(
  arena: Arena,
  { block, together, kind }: Numeric,
  { taps, channels, weights, finish }: Products,
  frames: readonly Frame[],
  hasOther: boolean,
): readonly Call[] {
  const calls: Call[] = [];
  for (let k = 0; k < channels;) {
    const size = k + block <= channels ? block : 1;
    const values = new (kind === 'words' ? Int16Array : Float64Array)(taps.turns * size * together);
    for (let channel = 0; channel < size; channel++) {
      const from = weights.first + (k + channel) * weights.perChannel;
      for (let t = 0; t < taps.count; t++)
        values[(Math.floor(t / together) * size + channel) * together + (t % together)] =
          weights.values[from + t * weights.perTap] ?? NaN;
    }
    const weightsAt = arena.put(values);
    const finishes = finishesIn(
      arena,
      Array.from({ length: size }, (_, channel) => finish(k + channel)),
    );
    for (const frame of frames)
      calls.push({
        kind: 'convolution',
        block: size,
        hasOther,
        call: {
          ...frame,
          output: frame.output + k * frame.outputPlane,
          other: frame.other + k * frame.otherPlane,
          taps: taps.address,
          tapsEnd: taps.address + 4 * together * taps.turns,
          weights: weightsAt,
          finish: finishes,
        },
      });
    k += size;
  }
  return calls;
}

/** A convolution of [outputs, inputs of a group, height, width] weights. */
export function convolutionCalls(
  arena: Arena,
  numeric: Numeric,
  step: LayerStep,
  weights: Numbers,
  finishes: readonly Finish[],
  [input, output, other]: readonly [Layout, Layout, Layout | undefined],
): readonly Call[] {
  const { bounds, stride, dilation } = nth(step.layers, 0).layer;
  const { G, K, C, P, Q, R, S } = bounds;
  const padding = step.run.kind === 'convolution' ? step.run.padding : undefined;
  const { top, left } = defined(padding);
  const each = C * S * R;
  const offsets = Array.from({ length: each }, (_, t) => {
    const [c, s, r] = [Math.floor(t / (S * R)), Math.floor(t / R) % S, t % R];
    return c * input.plane + s * dilation.S * input.row + r * dilation.R * elementBytes;
  });
  const taps = tapsIn(arena, numeric, offsets);
  const images = output.planes / (G * K);
  const first = input.address - top * input.row - left * elementBytes;
  return Array.from({ length: G }, (_, g) => g).flatMap((g) =>
    productCalls(
      arena,
      numeric,
      {
        taps,
        channels: K,
        weights: { values: weights.values, first: g * K * each, perChannel: each, perTap: 1 },
        finish: (k) => nth(finishes, finishes.length === 1 ? 0 : g * K + k),
      },
      Array.from({ length: images }, (_, n) => ({
        rows: Q,
        columns: P,
        input: first + (n * G + g) * C * input.plane,
        inputRow: stride.Q * input.row,
        inputColumn: stride.P * elementBytes,
        output: output.address + (n * G + g) * K * output.plane,
        outputRow: output.row,
        outputPlane: output.plane,
        other: (other?.address ?? 0) + (n * G + g) * K * (other?.plane ?? 0),
        otherRow: other?.row ?? 0,
        otherPlane: other?.plane ?? 0,
      })),
      other !== undefined,
    ),
  );
}

/** Rows of elements without gaps by weights. */
export function rowCalls(
  arena: Arena,
  numeric: Numeric,
  { rows, depth, columns }: { readonly rows: number; readonly depth: number; readonly columns: number },
  weights: LaidWeights,
  finishes: readonly Finish[],
  [input, output, other]: readonly [Layout, Layout, Layout | undefined],
): readonly Call[] {
  const row = (of: number) => of * elementBytes;
  return productCalls(
    arena,
    numeric,
    {
      taps: tapsIn(
        arena,
        numeric,
        Array.from({ length: depth }, (_, c) => row(c)),
      ),
      channels: columns,
      weights,
      finish: (k) => nth(finishes, finishes.length === 1 ? 0 : k),
    },
    [
      {
        rows,
        columns: 1,
        input: input.address,
        inputRow: row(depth),
        inputColumn: 0,
        output: output.address,
        outputRow: row(columns),
        outputPlane: elementBytes,
        other: other?.address ?? 0,
        otherRow: row(columns),
        otherPlane: elementBytes,
      },
    ],
    other !== undefined,
  );
}

const one: LaidWeights = { values: Float64Array.of(1), first: 0, perChannel: 0, perTap: 0 };

/** Each element finished by itself; `finishes` are one for all, or one for each channel of planes. */
export function elementCalls(
  arena: Arena,
  numeric: Numeric,
  finishes: readonly Finish[],
  [input, output, other]: readonly [Layout, Layout, Layout | undefined],
): readonly Call[] {
  const alike = finishes.length === 1 && input.plain && output.plain && (other?.plain ?? true);
  const { planes, height, width } = output;
  const [rows, columns] = alike ? [1, planes * height * width] : [height, width];
  const frame = (map: number): Frame => ({
    rows,
    columns,
    input: input.address + map * input.plane,
    inputRow: input.row,
    inputColumn: elementBytes,
    output: output.address + map * output.plane,
    outputRow: output.row,
    outputPlane: 0,
    other: (other?.address ?? 0) + map * (other?.plane ?? 0),
    otherRow: other?.row ?? 0,
    otherPlane: 0,
  });
  const taps = tapsIn(arena, numeric, [0]);
  return finishes.flatMap((finish, k) => {
    const own = alike ? [0] : Array.from({ length: planes / finishes.length }, (_, n) => n * finishes.length + k);
    const products = { taps, channels: 1, weights: one, finish: () => finish };
    return productCalls(arena, numeric, products, own.map(frame), other !== undefined);
  });
}

/** Windows of each plane; `finishOf` makes what each divisor finishes by, or says where that lies. */
export function poolCalls(
  arena: Arena,
  mode: 'max' | 'average',
  windows: readonly { readonly places: readonly (readonly [row: number, column: number])[]; readonly finish: number }[],
  [input, output]: readonly [Layout, Layout],
): readonly Call[] {
  const table = windows.flatMap(({ places, finish }, at) => [
    addressOf(output, at) - output.address,
    finish,
    places.length,
    ...places.map(([row, column]) => row * input.row + column * elementBytes),
  ]);
  const address = arena.put(Int32Array.from(table));
  return Array.from({ length: output.planes }, (_, map) => ({
    kind: 'pool',
    mode,
    call: {
      table: address,
      tableEnd: address + 4 * table.length,
      input: input.address + map * input.plane,
      output: output.address + map * output.plane,
    },
  }));
}

/** Positions of a pool's windows with their divisors; undefined where one lies outside of everything. */
export function windowsOf(step: PoolStep, input: readonly number[], output: readonly number[]) {
  const windows = windowsOver(step, planeOf(input), step.global ? { height: 1, width: 1 } : planeOf(output));
  const found = windows.map(({ rows, columns, divisor }) => ({
    divisor,
    places: rows.flatMap((row) => columns.map((column) => [row, column] as const)),
  }));
  return found.every(({ places }) => places.length > 0) ? found : undefined;
}

/** Elements from their places in other tensors: `from` has the address of each. */
export function moveCalls(arena: Arena, from: Float64Array, output: Layout): readonly Call[] {
  const table = Int32Array.from({ length: 2 * from.length }, (_, i) =>
    i % 2 === 0 ? nth(from, i / 2) : addressOf(output, (i - 1) / 2),
  );
  const address = arena.put(table);
  return [{ kind: 'move', table: address, tableEnd: address + table.byteLength }];
}

/** Rows, depth and columns of a product by weights that all rows share; undefined of others. */
export function rowsOf(
  left: readonly number[],
  right: Operand,
  transposed: { readonly left: boolean; readonly right: boolean },
) {
  if (right.kind !== 'weights' || right.shape.length > 2 || transposed.left) return undefined;
  if (right.shape.length === 1 && transposed.right) return undefined;
  const [rows, columns] =
    right.shape.length === 1 ? [nth(right.shape, 0), 1] : [nth(right.shape, 0), nth(right.shape, 1)];
  const [depth, width] = transposed.right ? [columns, rows] : [rows, columns];
  const [perChannel, perTap] = transposed.right ? [depth, 1] : [1, width];
  return { rows: countOf(left) / depth, depth, columns: width, perChannel, perTap };
}
