// Tensors in DRAM: word addresses as affine functions of the indices.

import { inBlocks } from '../../model/workload/block-diagonal.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Extents } from './nests.js';

/** Feature maps lie as n y x g c: channels innermost, so that a vector is contiguous. */
export interface Image {
  readonly base: number;
  readonly n: number;
  readonly y: number;
  readonly x: number;
  readonly g: number;
  readonly c: number;
  /** Words from the base to the end. */
  readonly words: number;
  readonly shape: {
    readonly n: number;
    readonly y: number;
    readonly x: number;
    readonly g: number;
    readonly c: number;
  };
}

export function denseImage(base: number, shape: Image['shape']): Image {
  const g = shape.c;
  const x = g * shape.g;
  const y = x * shape.x;
  const n = y * shape.y;
  return { base, c: 1, g, x, y, n, words: n * shape.n, shape };
}

/** Rows of a padded image under all of a layer's windows. */
export const imageRows = (p: number, r: number, stride: number, dilation: number): number =>
  (p - 1) * stride + (r - 1) * dilation + 1;

/** The input of a layer, large enough for its padded bounds. */
export const inputImage = (base: number, layer: Layer, all: Extents): Image =>
  denseImage(base, {
    n: all.N,
    y: imageRows(all.Q, all.S, layer.stride.Q, layer.dilation.S),
    x: imageRows(all.P, all.R, layer.stride.P, layer.dilation.R),
    g: all.G,
    c: all.C,
  });

/** The output of a layer, padded positions included. */
export const outputImage = (base: number, all: Extents, pool: { readonly P: number; readonly Q: number }): Image =>
  denseImage(base, { n: all.N, y: all.Q / pool.Q, x: all.P / pool.P, g: all.G, c: all.K });

/** Weights lie as g k r s c, with the padded bounds; padding is zero. */
export interface WeightImage {
  readonly base: number;
  readonly g: number;
  readonly k: number;
  readonly r: number;
  readonly s: number;
  readonly c: number;
  readonly words: number;
}

export function weightImage(base: number, all: Extents): WeightImage {
  const s = all.C;
  const r = s * all.S;
  const k = r * all.R;
  const g = k * all.K;
  return { base, c: 1, s, r, k, g, words: g * all.G };
}

/**
 * Calls back with the place of every weight in the order g k c s r, and its address by blocks of groups. What lies off the
 * diagonal of a block is nowhere visited.
 */
export function eachWeight(
  layer: Layer,
  image: WeightImage,
  block: number,
  visit: (element: number, address: number) => void,
): void {
  const { bounds: b } = layer;
  let element = 0;
  for (let g = 0; g < b.G; g++) {
    for (let k = 0; k < b.K; k++) {
      for (let c = 0; c < b.C; c++) {
        const [group, output] = inBlocks(block, b.K, g, k);
        const [, input] = inBlocks(block, b.C, g, c);
        const begin = image.base + group * image.g + output * image.k + input * image.c;
        for (let s = 0; s < b.S; s++) {
          for (let r = 0; r < b.R; r++) visit(element++, begin + s * image.s + r * image.r);
        }
      }
    }
  }
}
