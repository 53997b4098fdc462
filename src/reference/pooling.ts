// Pools and upsampling from their definitions: padding of a maximum is minus infinity, an average says its divisor.

import { nth } from '../base/invariant.js';
import type { PoolStep } from '../model/workload/network-graph.js';
import type { Numbers } from './numbers.js';
import { planeOf, zeros } from './numbers.js';

/** One window: which rows and columns of the image it has, and how many positions an average divides by. */
interface Positions {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly divisor: number;
}

/** All windows over a plane, row by row. */
export function windowsOver(
  { window, countPadding }: PoolStep,
  size: { readonly height: number; readonly width: number },
  outputs: { readonly height: number; readonly width: number },
): readonly Positions[] {
  const { kernel, stride, dilation, padding } = window;
  const along = (axis: 0 | 1, count: number, length: number, before: number, after: number) =>
    Array.from({ length: count }, (_, at) => {
      const first = at * stride[axis] - before;
      const all = Array.from({ length: kernel[axis] }, (_, i) => first + i * dilation[axis]);
      return {
        inside: all.filter((i) => i >= 0 && i < length),
        // Positions that a last window has behind the padding are in no average.
        counted: all.filter((i) => i < length + after).length,
      };
    });
  const columns = along(1, outputs.width, size.width, padding.left, padding.right);
  return along(0, outputs.height, size.height, padding.top, padding.bottom).flatMap((row) =>
    columns.map((column) => ({
      rows: row.inside,
      columns: column.inside,
      // A window that lies outside of everything has nothing to divide.
      divisor: Math.max(1, countPadding ? row.counted * column.counted : row.inside.length * column.inside.length),
    })),
  );
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
  const windows = windowsOver(step, { height, width }, step.global ? { height: 1, width: 1 } : planeOf(shape));
  const result = zeros(shape);
  const { values } = image;
  const isMax = step.mode === 'max';
  let output = 0;
  for (let map = 0; map < batch * channels; map++)
    for (const { rows, columns, divisor } of windows) {
      let found = isMax ? -Infinity : 0;
      for (const row of rows) {
        const from = (map * height + row) * width;
        for (const column of columns) {
          const value = values[from + column] ?? NaN;
          found = isMax ? Math.max(found, value) : found + value;
        }
      }
      result.values[output++] = isMax ? found : finish(found, divisor);
    }
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
