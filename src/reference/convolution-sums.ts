// Sums of a convolution from its definition: every output the products of its window with the kernel, zeros outside.

import { nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import type { Padding } from '../model/workload/network-graph.js';
import type { Numbers } from './numbers.js';
import { planeOf, zeros } from './numbers.js';

/** Weights are [outputs, inputs of a group, height, width], or without height. */
export function convolutionSums(
  { bounds, stride, dilation }: Layer,
  padding: Padding,
  image: Numbers,
  weights: Numbers,
  shape: readonly number[],
): Numbers {
  const { batch, channels, height, width } = planeOf(image.shape);
  const { G, K, C, P, Q, R, S } = bounds;
  const result = zeros(shape);
  const [x, w, y] = [image.values, weights.values, result.values];
  // Of a 1 x 1 kernel that looks at all of the image, the plane is one row.
  const size = [R, S, stride.P, stride.Q].every((d) => d === 1) && P === width && Q === height;
  const whole = size && padding.top === 0 && padding.left === 0;
  const plain = whole
    ? { rows: 1, columns: P * Q, inputWidth: P * Q, inputHeight: 1 }
    : { rows: Q, columns: P, inputWidth: width, inputHeight: height };
  for (let n = 0; n < batch; n++)
    for (let k = 0; k < G * K; k++) {
      const group = Math.floor(k / K);
      const out = (n * G * K + k) * Q * P;
      for (let c = 0; c < C; c++) {
        const plane = (n * channels + group * C + c) * height * width;
        for (let s = 0; s < S; s++)
          for (let r = 0; r < R; r++) {
            const weight = nth(w, ((k * C + c) * S + s) * R + r);
            if (weight === 0) continue;
            addShifted(x, y, weight, plane, out, plain, {
              down: s * dilation.S - padding.top,
              right: r * dilation.R - padding.left,
              stride,
            });
          }
      }
    }
  return result;
}

/** One kernel position's part of a plane: outputs whose window has a pixel of the image there. */
function addShifted(
  x: Float64Array,
  y: Float64Array,
  weight: number,
  from: number,
  to: number,
  size: { readonly rows: number; readonly columns: number; readonly inputWidth: number; readonly inputHeight: number },
  by: { readonly down: number; readonly right: number; readonly stride: { readonly P: number; readonly Q: number } },
): void {
  const { rows, columns, inputWidth, inputHeight } = size;
  const { P: across, Q: along } = by.stride;
  const [top, bottom] = [firstInside(by.down, along), lastInside(by.down, along, inputHeight, rows)];
  const [left, right] = [firstInside(by.right, across), lastInside(by.right, across, inputWidth, columns)];
  for (let q = top; q <= bottom; q++) {
    let input = from + (q * along + by.down) * inputWidth + left * across + by.right;
    const end = to + q * columns + right;
    for (let output = to + q * columns + left; output <= end; output++, input += across)
      y[output]! += weight * x[input]!;
  }
}

const firstInside = (offset: number, step: number): number => Math.max(0, Math.ceil(-offset / step));
const lastInside = (offset: number, step: number, size: number, outputs: number): number =>
  Math.min(outputs - 1, Math.floor((size - 1 - offset) / step));
