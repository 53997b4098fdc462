// Integer tensors, and where their words lie in the DRAM of a simulation.

import type { Layer } from '../model/workload/layer.js';
import type { Image } from '../rtl/program/image.js';
import { imageRows } from '../rtl/program/image.js';
import { inBlocks } from '../model/workload/block-diagonal.js';
import { folded, foldedAxes, foldedChannel } from '../model/workload/folds.js';
import type { Rewriting } from '../model/workload/layer-parts.js';

/** Row-major; values within the precision of what they stand for. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Int32Array;
}

/** [N, G, C, height, width], border included: rows along Q and S, columns along P and R. */
export function inputShape({ bounds: b, stride, dilation }: Layer): readonly number[] {
  return [b.N, b.G, b.C, imageRows(b.Q, b.S, stride.Q, dilation.S), imageRows(b.P, b.R, stride.P, dilation.R)];
}
/** [G, K, C, S, R]: kernel rows, then columns. */
export const weightShape = ({ bounds: b }: Layer): readonly number[] => [b.G, b.K, b.C, b.S, b.R];
/** [G, K] */
export const biasShape = ({ bounds: b }: Layer): readonly number[] => [b.G, b.K];
/** [N, G, K, height, width] after pooling. */
export const outputShape = ({ bounds: b, pool }: Layer): readonly number[] => [
  b.N,
  b.G,
  b.K,
  Math.floor(b.Q / (pool?.Q ?? 1)),
  Math.floor(b.P / (pool?.P ?? 1)),
];

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/**
 * Calls back with the offset of every word of a layer's input that its image has, and where it lies there; a fold repeats
 * words that several of its channels have.
 */
export function eachInput(
  layer: Layer,
  image: Image,
  { block = 1, fold }: Rewriting,
  visit: (element: number, address: number) => void,
): void {
  const shape = inputShape(layer);
  if (!fold) return eachInImage(shape, image, block, visit);
  const [n, g, c, y, x] = shape as [number, number, number, number, number];
  const { R: columns, S: rows } = foldedAxes(layer, fold);
  const [, , channels, height, width] = inputShape(folded(layer, fold)) as [number, number, number, number, number];
  // Behind the last that the kernel has there is nothing of the input.
  const from = (at: number, size: number, apart: number, step: number, end: number) =>
    Array.from({ length: size }, (_, i) => at * apart + i * step).filter((place) => place < end);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < g; j++)
      for (let s = 0; s < fold.S; s++)
        for (let r = 0; r < fold.R; r++)
          for (let k = 0; k < c; k++) {
            const [group, channel] = inBlocks(block, channels, j, foldedChannel(c, fold, r, s) + k);
            const map = ((i * g + j) * c + k) * y;
            const base = image.base + i * image.n + group * image.g + channel * image.c;
            for (const [row, at] of from(s, height, rows.apart, rows.step, y).entries())
              for (const [column, on] of from(r, width, columns.apart, columns.step, x).entries())
                visit((map + at) * x + on, base + row * image.y + column * image.x);
          }
}

/** Calls back with the offset of every element of a feature map in its tensor, and in its image by blocks of groups. */
export function eachInImage(
  shape: readonly number[],
  image: Image,
  block: number,
  visit: (element: number, address: number) => void,
): void {
  const [n, g, c, y, x] = shape as [number, number, number, number, number];
  let element = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < g; j++) {
      for (let k = 0; k < c; k++) {
        const [group, channel] = inBlocks(block, c, j, k);
        for (let row = 0; row < y; row++) {
          let address = image.base + i * image.n + group * image.g + channel * image.c + row * image.y;
          for (let column = 0; column < x; column++, address += image.x) visit(element++, address);
        }
      }
    }
  }
}
