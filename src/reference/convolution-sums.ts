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
  const plane = height * width;
  const each = C * S * R;
  for (let n = 0; n < batch; n++)
    for (let k = 0; k < G * K; k += together(k, K)) {
      const outputs = together(k, K);
      const out = (n * G * K + k) * Q * P;
      for (let c = 0; c < C; c++) {
        const from = (n * channels + Math.floor(k / K) * C + c) * plane;
        for (let s = 0; s < S; s++)
          for (let r = 0; r < R; r++) {
            const by = { down: s * dilation.S - padding.top, right: r * dilation.R - padding.left, stride };
            const at = k * each + (c * S + s) * R + r;
            if (outputs === 1) addShifted(x, y, nth(w, at), from, out, plain, by);
            else addFour(x, y, w, at, each, from, out, plain, by);
          }
      }
    }
  return result;
}

/** Outputs of one group from the one at `k` on that are summed up together: four, or one where there are no four. */
const together = (k: number, outputs: number): number => ((k % outputs) + 4 <= outputs ? 4 : 1);

interface Planes {
  readonly rows: number;
  readonly columns: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
}

interface Shift {
  readonly down: number;
  readonly right: number;
  readonly stride: { readonly P: number; readonly Q: number };
}

/** One kernel position's part of a plane: outputs whose window has a pixel of the image there. */
function addShifted(
  x: Float64Array,
  y: Float64Array,
  weight: number,
  from: number,
  to: number,
  planes: Planes,
  by: Shift,
): void {
  if (weight === 0) return;
  const { columns, inputWidth } = planes;
  const { down, right: across, stride } = by;
  const { top, bottom, left, right } = insideOf(planes, by);
  for (let q = top; q <= bottom; q++) {
    let input = from + (q * stride.Q + down) * inputWidth + left * stride.P + across;
    const end = to + q * columns + right;
    for (let output = to + q * columns + left; output <= end; output++, input += stride.P)
      y[output]! += weight * x[input]!;
  }
}

/** The same for four planes of outputs beside each other, whose weights lie `each` apart: every pixel is read once for them. */
function addFour(
  x: Float64Array,
  y: Float64Array,
  w: Float64Array,
  at: number,
  each: number,
  from: number,
  to: number,
  planes: Planes,
  by: Shift,
): void {
  const [a, b, c, d] = [nth(w, at), nth(w, at + each), nth(w, at + 2 * each), nth(w, at + 3 * each)];
  const { rows, columns, inputWidth } = planes;
  const { down, right: across, stride } = by;
  const plane = rows * columns;
  const { top, bottom, left, right } = insideOf(planes, by);
  for (let q = top; q <= bottom; q++) {
    let input = from + (q * stride.Q + down) * inputWidth + left * stride.P + across;
    const end = to + q * columns + right;
    for (let output = to + q * columns + left; output <= end; output++, input += stride.P) {
      const pixel = x[input] ?? 0;
      const [second, third, fourth] = [output + plane, output + 2 * plane, output + 3 * plane];
      y[output] = (y[output] ?? 0) + a * pixel;
      y[second] = (y[second] ?? 0) + b * pixel;
      y[third] = (y[third] ?? 0) + c * pixel;
      y[fourth] = (y[fourth] ?? 0) + d * pixel;
    }
  }
}

/** The outputs whose window has a pixel of the image there: rows and columns, both ends included. */
const insideOf = ({ rows, columns, inputWidth, inputHeight }: Planes, { down, right, stride }: Shift) => ({
  top: firstInside(down, stride.Q),
  bottom: lastInside(down, stride.Q, inputHeight, rows),
  left: firstInside(right, stride.P),
  right: lastInside(right, stride.P, inputWidth, columns),
});

const firstInside = (offset: number, step: number): number => Math.max(0, Math.ceil(-offset / step));
const lastInside = (offset: number, step: number, size: number, outputs: number): number =>
  Math.min(outputs - 1, Math.floor((size - 1 - offset) / step));
