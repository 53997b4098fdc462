// Where the words of a tile lie: affine in the dimensions, in units of lines (buffers) or words (DRAM).

import { gcd } from '../../base/integers.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import type { Extents } from './nests.js';

/** Address step of each dimension that indexes a tensor; 0 elsewhere. */
export type Strides = Readonly<Partial<Record<Dimension, number>>>;

/** Input rows of one window, stored as index pairs or as a box. */
interface Rows {
  readonly kind: 'pairs' | 'box';
  readonly count: number;
  readonly out: number;
  readonly kernel: number;
}

/**
 * Rows under p output and r kernel rows: p r pairs, or the box in steps of gcd(stride, dilation) where that is smaller.
 */
export function rowsOf(p: number, r: number, stride: number, dilation: number): Rows {
  const g = gcd(stride, dilation);
  const box = ((p - 1) * stride) / g + ((r - 1) * dilation) / g + 1;
  return p * r <= box
    ? { kind: 'pairs', count: p * r, out: r, kernel: 1 }
    : { kind: 'box', count: box, out: stride / g, kernel: dilation / g };
}

export interface InputLayout {
  readonly lines: number;
  /** Lines per index step; C in lines of `vector` channels. */
  readonly strides: Strides;
  readonly x: Rows;
  readonly y: Rows;
  /** Lines per row position and per column position. */
  readonly unit: { readonly x: number; readonly y: number };
  readonly channels: number;
}

/** Order n g y x c, dense. */
export function inputLayout(layer: Layer, e: Extents, vector: number): InputLayout {
  const x = rowsOf(e.P, e.R, layer.stride.P, layer.dilation.R);
  const y = rowsOf(e.Q, e.S, layer.stride.Q, layer.dilation.S);
  const channels = e.C / vector;
  const unit = { x: channels, y: channels * x.count };
  const group = unit.y * y.count;
  return {
    lines: group * e.G * e.N,
    strides: {
      C: 1,
      R: x.kernel * unit.x,
      P: x.out * unit.x,
      S: y.kernel * unit.y,
      Q: y.out * unit.y,
      G: group,
      N: group * e.G,
    },
    x,
    y,
    unit,
    channels,
  };
}

/**
 * A loop over dense positions: bounds and steps of a source for c r p s q g n, whose lines the target takes in order.
 */
export function walk(
  target: InputLayout,
  source: { readonly strides: Strides; readonly unit: { readonly x: number; readonly y: number } },
  e: Extents,
): readonly { readonly bound: number; readonly stride: number }[] {
  const s = (d: Dimension) => source.strides[d] ?? 0;
  const window = (rows: Rows, p: Dimension, r: Dimension, unit: number) =>
    rows.kind === 'pairs'
      ? [
          { bound: e[r], stride: s(r) },
          { bound: e[p], stride: s(p) },
        ]
      : [
          { bound: 1, stride: 0 },
          { bound: rows.count, stride: unit },
        ];
  return [
    { bound: target.channels, stride: s('C') },
    ...window(target.x, 'P', 'R', source.unit.x),
    ...window(target.y, 'Q', 'S', source.unit.y),
    { bound: e.G, stride: s('G') },
    { bound: e.N, stride: s('N') },
  ];
}

/** Order g k c r s, dense; a line is a vector for each lane. */
export function weightLayout(
  e: Extents,
  lanes: number,
  vector: number,
): { readonly lines: number; readonly strides: Strides } {
  const c = e.R * e.S;
  const k = c * (e.C / vector);
  const g = k * (e.K / lanes);
  return { lines: g * e.G, strides: { S: 1, R: e.S, C: c, K: k, G: g } };
}

/** Order n g k q p, dense, in lines of `lanes` outputs; P and Q count what is left after pooling by `pool`. */
export function outputLayout(
  e: Extents,
  lanes: number,
  pool: { readonly P: number; readonly Q: number },
): { readonly lines: number; readonly strides: Strides } {
  const q = e.P / pool.P;
  const k = q * (e.Q / pool.Q);
  const g = k * (e.K / lanes);
  const n = g * e.G;
  return { lines: n * e.N, strides: { P: 1, Q: q, K: k, G: g, N: n } };
}
