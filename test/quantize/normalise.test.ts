// Numbers of files as a network takes them: divided, less the mean, by the deviation, channel by channel and in their places.

import { describe, expect, test } from 'vitest';
import { normalised } from '../../src/quantize/normalise.js';

/** Two samples of two pixels in a row, three channels. */
const planes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
/** The same with the channels last. */
const pixels = [1, 3, 5, 2, 4, 6, 7, 9, 11, 8, 10, 12];
const file = (shape: readonly number[], values: readonly number[], bytes = false) => ({
  shape,
  values: Float64Array.from(values),
  bytes,
});
const made = (...of: Parameters<typeof normalised>) => {
  const found = normalised(...of);
  if (!found.ok) throw new Error(found.diagnostics[0]?.message);
  return { shape: found.value.shape, values: [...found.value.values] };
};

test('bytes are divided by 255 unless it is said by what, others are not', () => {
  expect(made(file([1, 2], [255, 51], true), [2], {}).values).toEqual([1, 0.2]);
  expect(made(file([1, 2], [255, 51]), [2], {}).values).toEqual([255, 51]);
  expect(made(file([1, 2], [255, 51], true), [2], { divide: 51 }).values).toEqual([5, 1]);
});

test('mean and deviation, of all channels or of each', () => {
  const by = { mean: [1], std: [2] };
  expect(made(file([2, 3, 1, 2], planes), [3, 1, 2], by).values).toEqual(planes.map((v) => (v - 1) / 2));
  const each = made(file([2, 3, 1, 2], planes), [3, 1, 2], { divide: 2, mean: [0, 1, 2], std: [1, 2, 4] });
  // 1 and 2, 3 and 4, 5 and 6 of the first sample: halves, less 0, 1, 2, by 1, 2, 4.
  expect(each.values.slice(0, 6)).toEqual([0.5, 1, 0.25, 0.5, 0.125, 0.25]);
});

test('channels that come last take their places', () => {
  const found = { shape: [3, 1, 2], values: planes };
  expect(made(file([2, 1, 2, 3], pixels), [3, 1, 2], {})).toEqual(found);
  expect(made(file([2, 3, 1, 2], planes), [3, 1, 2], {})).toEqual(found);
  const each = { mean: [0, 10, 20] };
  expect(made(file([2, 1, 2, 3], pixels), [3, 1, 2], each)).toEqual(made(file([2, 3, 1, 2], planes), [3, 1, 2], each));
  // A row of numbers has no channels of its own; it is taken as it lies.
  expect(made(file([2, 6], planes), [3, 1, 2], each).values).toEqual(
    made(file([2, 3, 1, 2], planes), [3, 1, 2], each).values,
  );
});

describe('is refused', () => {
  test.each([
    [[3, 1, 2], { mean: [1, 2] }, /--mean has 2 numbers; expected one, or one for each of the 3 channels/],
    [[3, 1, 2], { std: [] }, /--std has 0 numbers/],
    [[6], { std: [1, 2] }, /expected one, or one for each of the 6 channels|samples have one channel/],
  ])('%j %j', (input, by, why) => {
    const found = normalised(file([2, 6], planes), input, by);
    expect(!found.ok && found.diagnostics[0]?.message).toMatch(why);
  });
});
