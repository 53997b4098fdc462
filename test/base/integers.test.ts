// Whole numbers: rounding, as the machine and ONNX do it.

import { expect, test } from 'vitest';
import { roundToEven } from '../../src/base/integers.js';

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, 0],
  [-1.5, -2],
  [-2.5, -2],
  [2.4999999999999996, 2],
  [0.49999999999999994, 0],
  [-0.3, 0],
  [2 ** 52 + 1, 2 ** 52 + 1],
  [2 ** 51 + 0.5, 2 ** 51],
  [2 ** 51 + 1.5, 2 ** 51 + 2],
  [Infinity, Infinity],
  [-Infinity, -Infinity],
  [NaN, NaN],
])('%d rounds to %d, halves to the even one', (x, wanted) => {
  expect(roundToEven(x) + 0).toBe(wanted);
});
