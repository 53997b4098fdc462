// Tensors as the reference has them: numbers in the order of ONNX, integers exact as doubles below 2^53.

import { nth } from '../base/invariant.js';

/** A tensor of numbers, row by row with the last axis innermost, as ONNX has them; integers are exact below 2^53. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export const countOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
export const zeros = (shape: readonly number[]): Numbers => ({ shape, values: new Float64Array(countOf(shape)) });

/** Steps from one element to the next along each axis. */
export function stepsOf(shape: readonly number[]): readonly number[] {
  const steps: number[] = [];
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= nth(shape, axis);
  }
  return steps;
}

/** Elements of `from` at `start` and on by `steps`, as a tensor of this shape. */
export function walked(
  from: Float64Array,
  shape: readonly number[],
  start: number,
  steps: readonly number[],
): Float64Array {
  const values = new Float64Array(countOf(shape));
  const at = shape.map(() => 0);
  let place = start;
  for (let i = 0; i < values.length; i++) {
    values[i] = from[place] ?? NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [next, step] = [nth(at, axis) + 1, nth(steps, axis)];
      if (next < nth(shape, axis)) {
        at[axis] = next;
        place += step;
        break;
      }
      place -= step * (next - 1);
      at[axis] = 0;
    }
  }
  return values;
}

/** The image of a convolution or a pool; one with a single axis is a row. */
export interface Plane {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}
export function planeOf(shape: readonly number[]): Plane {
  const flat = shape.length === 3;
  return {
    batch: nth(shape, 0),
    channels: nth(shape, 1),
    height: flat ? 1 : nth(shape, 2),
    width: nth(shape, flat ? 2 : 3),
  };
}
