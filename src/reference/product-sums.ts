// Sums of matrix products: rows by columns, batch axes stretched where one side has them only once.

import { nth } from '../base/invariant.js';
import type { Numbers } from './numbers.js';
import { countOf, stepsOf, zeros } from './numbers.js';

const matrix = (shape: readonly number[], isRow: boolean): readonly number[] =>
  shape.length > 1 ? shape : isRow ? [1, ...shape] : [...shape, 1];

/** `shape` is that of the result, without the axes that a vector adds. */
export function productSums(
  left: Numbers,
  right: Numbers,
  transposed: { readonly left: boolean; readonly right: boolean },
  shape: readonly number[],
): Numbers {
  const [a, b] = [matrix(left.shape, true), matrix(right.shape, false)];
  const [rowsA, columnsA] = [nth(a, a.length - 2), nth(a, a.length - 1)];
  const [rowsB, columnsB] = [nth(b, b.length - 2), nth(b, b.length - 1)];
  const [m, c] = transposed.left ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposed.right ? rowsB : columnsB;
  const [stepM, stepC] = transposed.left ? [1, columnsA] : [columnsA, 1];
  const [downC, stepN] = transposed.right ? [1, columnsB] : [columnsB, 1];
  const rank = Math.max(a.length, b.length) - 2;
  const [batchA, batchB] = [stretched(a.slice(0, -2), rank), stretched(b.slice(0, -2), rank)];
  const batch = batchA.shape.map((d, i) => Math.max(d, nth(batchB.shape, i)));
  const result = zeros(shape);
  const y = result.values;
  const [p, q] = [left.values, right.values];
  const line = new Float64Array(c);
  for (let at = 0; at < countOf(batch); at++) {
    const fromA = placeOf(at, batch, batchA.steps) * rowsA * columnsA;
    const fromB = placeOf(at, batch, batchB.steps) * rowsB * columnsB;
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < c; k++) line[k] = nth(q, fromB + k * downC + j * stepN);
      for (let i = 0; i < m; i++) {
        let sum = 0;
        const row = fromA + i * stepM;
        for (let k = 0; k < c; k++) sum += p[row + k * stepC]! * line[k]!;
        y[(at * m + i) * n + j] = sum;
      }
    }
  }
  return result;
}

/** Axes of 1 in front, and no step along those that are stretched. */
function stretched(shape: readonly number[], rank: number) {
  const full = [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  return { shape: full, steps: stepsOf(full).map((step, i) => (nth(full, i) === 1 ? 0 : step)) };
}

function placeOf(flat: number, shape: readonly number[], steps: readonly number[]): number {
  let place = 0;
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    place += (rest % nth(shape, axis)) * nth(steps, axis);
    rest = Math.floor(rest / nth(shape, axis));
  }
  return place;
}
