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
  const spots = Array.from({ length: S * R }, (_, t): Spot => {
    const [s, r] = [Math.floor(t / R), t % R];
    return spotOf(plain, s * dilation.S - padding.top, r * dilation.R - padding.left, stride);
  });
  for (let n = 0; n < batch; n++)
    for (let k = 0; k < G * K; k += together(k, K)) {
      const outputs = together(k, K);
      const out = (n * G * K + k) * Q * P;
      for (let c = 0; c < C; c++) {
        const from = (n * channels + Math.floor(k / K) * C + c) * plane;
        for (const [t, spot] of spots.entries()) {
          const at = k * each + c * S * R + t;
          if (outputs === 1) addShifted(x, y, nth(w, at), from, out, spot);
          else addFour(x, y, w, at, each, from, out, P * Q, spot);
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

/** One kernel position: the outputs whose window has a pixel of the image there, both ends included, and where pixels lie. */
interface Spot {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly columns: number;
  /** Of the pixel of the output at 0, 0, which may lie outside; and from there on by row and column of outputs. */
  readonly first: number;
  readonly down: number;
  readonly across: number;
}

function spotOf(
  { rows, columns, inputWidth, inputHeight }: Planes,
  down: number,
  across: number,
  stride: { readonly P: number; readonly Q: number },
): Spot {
  return {
    top: firstInside(down, stride.Q),
    bottom: lastInside(down, stride.Q, inputHeight, rows),
    left: firstInside(across, stride.P),
    right: lastInside(across, stride.P, inputWidth, columns),
    columns,
    first: down * inputWidth + across,
    down: stride.Q * inputWidth,
    across: stride.P,
  };
}

const firstInside = (offset: number, step: number): number => Math.max(0, Math.ceil(-offset / step));
const lastInside = (offset: number, step: number, size: number, outputs: number): number =>
  Math.min(outputs - 1, Math.floor((size - 1 - offset) / step));

/** One kernel position's part of a plane. */
function addShifted(
  x: Float64Array,
  y: Float64Array,
  weight: number,
  from: number,
  to: number,
  { top, bottom, left, right, columns, first, down, across }: Spot,
): void {
  if (weight === 0) return;
  for (let q = top; q <= bottom; q++) {
    let input = from + first + q * down + left * across;
    const end = to + q * columns + right;
    for (let output = to + q * columns + left; output <= end; output++, input += across)
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
  plane: number,
  { top, bottom, left, right, columns, first, down, across }: Spot,
): void {
  const [a, b, c, d] = [nth(w, at), nth(w, at + each), nth(w, at + 2 * each), nth(w, at + 3 * each)];
  for (let q = top; q <= bottom; q++) {
    let input = from + first + q * down + left * across;
    const end = to + q * columns + right;
    for (let output = to + q * columns + left; output <= end; output++, input += across) {
      const pixel = x[input] ?? 0;
      const [second, third, fourth] = [output + plane, output + 2 * plane, output + 3 * plane];
      y[output] = (y[output] ?? 0) + a * pixel;
      y[second] = (y[second] ?? 0) + b * pixel;
      y[third] = (y[third] ?? 0) + c * pixel;
      y[fourth] = (y[fourth] ?? 0) + d * pixel;
    }
  }
}
