// Pools and upsampling from their definitions: padding of a maximum is minus infinity, an average says its divisor.

import { nth } from '../base/invariant.js';
import type { PoolStep } from '../model/workload/network-graph.js';
import type { Numbers } from './numbers.js';
import { planeOf, zeros } from './numbers.js';

/** Every window over one plane: which rows and columns of the image it has, and how many positions it counts. */
function eachWindow(
  { window, countPadding }: PoolStep,
  size: { readonly height: number; readonly width: number },
  outputs: { readonly height: number; readonly width: number },
  visit: (output: number, rows: readonly number[], columns: readonly number[], counted: number) => void,
): void {
  const { kernel, stride, dilation, padding } = window;
  const along = (at: number, axis: 0 | 1, length: number, before: number, after: number) => {
    const first = at * stride[axis] - before;
    const all = Array.from({ length: kernel[axis] }, (_, i) => first + i * dilation[axis]);
    return {
      inside: all.filter((i) => i >= 0 && i < length),
      // Positions that a last window has behind the padding are in no average.
      counted: all.filter((i) => i < length + after).length,
    };
  };
  for (let q = 0; q < outputs.height; q++) {
    const rows = along(q, 0, size.height, padding.top, padding.bottom);
    for (let p = 0; p < outputs.width; p++) {
      const columns = along(p, 1, size.width, padding.left, padding.right);
      const inside = rows.inside.length * columns.inside.length;
      const counted = countPadding ? rows.counted * columns.counted : inside;
      // A window that lies outside of everything has nothing to divide.
      visit(q * outputs.width + p, rows.inside, columns.inside, Math.max(1, counted));
    }
  }
}

/** Maxima, or sums with `finish` made of each and its divisor. */
export function pooled(
  step: PoolStep,
  image: Numbers,
  shape: readonly number[],
  finish: (sum: number, divisor: number) => number,
): Numbers {
  const { batch, channels, height, width } = planeOf(image.shape);
  // A mean over an image may have dropped its axes.
  const outputs = step.global ? { height: 1, width: 1 } : planeOf(shape);
  const result = zeros(shape);
  const area = outputs.height * outputs.width;
  for (let map = 0; map < batch * channels; map++)
    eachWindow(step, { height, width }, outputs, (output, rows, columns, counted) => {
      let found = step.mode === 'max' ? -Infinity : 0;
      for (const row of rows)
        for (const column of columns) {
          const value = nth(image.values, (map * height + row) * width + column);
          found = step.mode === 'max' ? Math.max(found, value) : found + value;
        }
      result.values[map * area + output] = step.mode === 'max' ? found : finish(found, counted);
    });
  return result;
}

/** The maximum of windows that lie side by side: behind a layer, rows and columns that fill none are dropped. */
export function sideBySide(
  sums: Numbers,
  window: { readonly P: number; readonly Q: number },
  shape: readonly number[],
) {
  const { batch, channels, height, width } = planeOf(sums.shape);
  const [rows, columns] = [Math.floor(height / window.Q), Math.floor(width / window.P)];
  const result = zeros(shape);
  result.values.fill(-Infinity);
  for (let map = 0; map < batch * channels; map++)
    for (let row = 0; row < rows * window.Q; row++)
      for (let column = 0; column < columns * window.P; column++) {
        const to = (map * rows + Math.floor(row / window.Q)) * columns + Math.floor(column / window.P);
        const value = nth(sums.values, (map * height + row) * width + column);
        if (value > nth(result.values, to)) result.values[to] = value;
      }
  return result;
}

export function upsampled(
  image: Numbers,
  [down, across]: readonly [number, number],
  shape: readonly number[],
): Numbers {
  const { batch, channels, height, width } = planeOf(image.shape);
  const result = zeros(shape);
  let to = 0;
  for (let map = 0; map < batch * channels; map++)
    for (let row = 0; row < height * down; row++)
      for (let column = 0; column < width * across; column++)
        result.values[to++] = nth(
          image.values,
          (map * height + Math.floor(row / down)) * width + Math.floor(column / across),
        );
  return result;
}
