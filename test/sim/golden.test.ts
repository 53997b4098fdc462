// The reference by hand: tiny convolutions and single sums whose arithmetic stands beside them.

import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { convolve, postProcess, wrap } from '../../src/sim/golden.js';
import type { PostProcessing } from '../../src/rtl/program/post-registers.js';
import { inputShape, outputShape, sizeOf, weightShape } from '../../src/sim/tensor.js';

const tensor = (shape: readonly number[], data: readonly number[]) => {
  expect(data).toHaveLength(sizeOf(shape));
  return { shape, data: Int32Array.from(data) };
};
const sumsOf = (layer: Layer, inputs: readonly number[], weights: readonly number[]) => [
  ...convolve(layer, tensor(inputShape(layer), inputs), tensor(weightShape(layer), weights)),
];
/** 1, 2, 3 ... */
const counting = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('convolution', () => {
  test('a dot product', () => {
    // 2 x 5 + (-3) x 7 + 4 x (-1)
    expect(sumsOf(makeLayer('dot', { C: 3 }), [2, -3, 4], [5, 7, -1])).toEqual([-15]);
  });

  test('a window that slides along a row', () => {
    // 1 + 20, 2 + 30, 3 + 40: the kernel is not mirrored.
    expect(sumsOf(makeLayer('row', { P: 3, R: 2 }), [1, 2, 3, 4], [1, 10])).toEqual([21, 32, 43]);
  });

  test('a 2 x 2 window: R and P lie along the rows of the image, S and Q down its columns', () => {
    // 1 2 3   by  1   10     1 + 20 + 400 + 5000   2 + 30 + 500 + 6000
    // 4 5 6       100 1000
    expect(sumsOf(makeLayer('plane', { P: 2, Q: 1, R: 2, S: 2 }), counting(6), [1, 10, 100, 1000])).toEqual([
      5421, 6532,
    ]);
  });

  test('strides, one for each direction', () => {
    // 3 rows of 4; every second column, every second row: corners 1 3 and 9 11, each with its right neighbour.
    expect(sumsOf(makeLayer('stride', { P: 2, Q: 2, R: 2 }, { stride: [2, 2] }), counting(12), [1, 100])).toEqual([
      201, 403, 1009, 1211,
    ]);
    // Two steps along the row and one down: 1 3 over 4 6.
    expect(sumsOf(makeLayer('stride', { P: 2, Q: 2 }, { stride: [2, 1] }), counting(6), [1])).toEqual([1, 3, 4, 6]);
  });

  test('dilation, one for each direction', () => {
    // Kernel positions two columns apart: 1 and 3, 2 and 4.
    expect(sumsOf(makeLayer('dilation', { P: 2, R: 2 }, { dilation: [2, 1] }), counting(4), [1, 100])).toEqual([
      301, 402,
    ]);
    // And three rows apart: rows of one pixel, 1 and 4, 2 and 5.
    expect(sumsOf(makeLayer('dilation', { Q: 2, S: 2 }, { dilation: [1, 3] }), counting(5), [1, 100])).toEqual([
      401, 502,
    ]);
  });

  test('channels are added, output channels are not', () => {
    // Input channels (1 2) and (3 4); first output 1 x + 10 y, second 100 x + 1000 y.
    expect(sumsOf(makeLayer('channels', { K: 2, C: 2, P: 2 }), [1, 2, 3, 4], [1, 10, 100, 1000])).toEqual([
      31, 42, 3100, 4200,
    ]);
  });

  test('a group sees its own channels alone', () => {
    // Group 0: inputs 1 2, kernels (1 10); group 1: inputs 3 4, kernels (100 1000).
    expect(
      sumsOf(
        makeLayer('groups', { G: 2, K: 2 }),
        [1, 2].map((x) => x * 3),
        [1, 10, 100, 1000],
      ),
    ).toEqual([3, 30, 600, 6000]);
    expect(sumsOf(makeLayer('groups', { G: 2, C: 2 }), [1, 2, 3, 4], [1, 10, 100, 1000])).toEqual([21, 4300]);
  });

  test('a batch shares the weights', () => {
    expect(sumsOf(makeLayer('batch', { N: 2, K: 2 }), [3, 5], [1, 10])).toEqual([3, 30, 5, 50]);
  });

  test('a matrix product is P x C by C x K', () => {
    // (1 2; 3 4) (5 6; 7 8) = (19 22; 43 50). Inputs lie as [C, P], weights as [K, C], outputs as [K, P].
    expect(sumsOf(makeLayer('gemm', { P: 2, K: 2, C: 2 }), [1, 3, 2, 4], [5, 7, 6, 8])).toEqual([19, 43, 22, 50]);
  });
});

describe('wrap', () => {
  test.each([
    [127n, 8, 127n],
    [128n, 8, -128n],
    [-128n, 8, -128n],
    [-129n, 8, 127n],
    [256n, 8, 0n],
    [2n ** 23n, 24, -(2n ** 23n)],
    [2n ** 40n + 5n, 40, 5n],
  ])('%i in %i bits is %i', (value, bits, want) => expect(wrap(value, bits)).toBe(want));
});

describe('post-processing', () => {
  const neutral: PostProcessing = { bias: [0], scale: 1, shift: 0, relu: false };
  /** Outputs of 8 bits from sums of 16. */
  const of = (sums: readonly number[], post: Partial<PostProcessing>) => [
    ...postProcess(makeLayer('row', { P: sums.length }), Float64Array.from(sums), { ...neutral, ...post }, 16, 8).data,
  ];

  test('lets small sums pass', () => expect(of([-128, -1, 0, 1, 127], {})).toEqual([-128, -1, 0, 1, 127]));

  test('saturates at both ends', () => expect(of([-129, -30000, 128, 30000], {})).toEqual([-128, -128, 127, 127]));

  test('rounds halves up, after scaling: floor((s x scale + 2^(shift - 1)) / 2^shift)', () => {
    // 1 / 2 + 1 / 2 = 1, 3 / 2 + 1 / 2 = 2; -1 / 2 + 1 / 2 = 0, -3 / 2 + 1 / 2 = -1
    expect(of([1, 2, 3, -1, -2, -3], { shift: 1 })).toEqual([1, 1, 2, 0, -1, -1]);
    // (5 x 3 + 4) / 8 = 2.4, (-5 x 3 + 4) / 8 = -1.4, (4 x 3 + 4) / 8 = 2, (-4 x 3 + 4) / 8 = -1
    expect(of([5, -5, 4, -4], { scale: 3, shift: 3 })).toEqual([2, -2, 2, -1]);
    // Without a shift there is nothing to round.
    expect(of([5, -5], { scale: 3 })).toEqual([15, -15]);
  });

  test('is exact with the largest scale and shift', () => {
    // 32767 x 65535 = 2147385345; over 2^24: 127.99; over 2^23 it leaves the range; over 2^63 nothing is left.
    expect(of([32767, -32768], { scale: 65535, shift: 24 })).toEqual([127, -128]);
    expect(of([32767, -32768], { scale: 65535, shift: 23 })).toEqual([127, -128]);
    expect(of([32767, -32768], { scale: 65535, shift: 25 })).toEqual([64, -64]);
    expect(of([32767, -32768], { scale: 65535, shift: 63 })).toEqual([0, 0]);
  });

  test('cuts off what is negative after scaling and rounding', () => {
    expect(of([-300, -2, -1, 0, 1, 300], { relu: true })).toEqual([0, 0, 0, 0, 1, 127]);
    // -1 / 2 rounds to 0, 1 / 2 to 1.
    expect(of([-1, 1], { relu: true, shift: 1 })).toEqual([0, 1]);
    // The bias comes before.
    expect(of([-5, 5], { relu: true, bias: [7] })).toEqual([2, 12]);
    expect(of([-5, 5], { relu: true, bias: [-7] })).toEqual([0, 0]);
  });

  test('sums wrap at the width of the accumulator, and again with the bias', () => {
    // 32768 is -32768 and 65537 is 1 in 16 bits; 32767 + 1 is -32768.
    expect(of([32768, 65537, -32769], { shift: 8 })).toEqual([-128, 0, 127]);
    expect(of([65537], {})).toEqual([1]);
    expect(of([32767], { bias: [1], shift: 8 })).toEqual([-128]);
  });

  test('every output channel of every group has its own bias', () => {
    const layer = makeLayer('channels', { N: 2, G: 2, K: 2 });
    const { shape, data } = postProcess(
      layer,
      Float64Array.from(counting(8)),
      { ...neutral, bias: [10, 20, 30, 40] },
      16,
      8,
    );
    expect(shape).toEqual([2, 2, 2, 1, 1]);
    expect([...data]).toEqual([11, 22, 33, 44, 15, 26, 37, 48]);
  });

  test('pooling takes the largest wrapped sum of a window, before the bias', () => {
    const layer = makeLayer('pool', { P: 4, Q: 2 }, { pool: [2, 2] });
    expect(outputShape(layer)).toEqual([1, 1, 1, 1, 2]);
    const pooled = (sums: readonly number[], post: Partial<PostProcessing>) => [
      ...postProcess(layer, Float64Array.from(sums), { ...neutral, ...post }, 16, 8).data,
    ];
    // 1 5 -9 -3     max(1, 5, 2, 3)    max(-9, -3, -4, -8)
    // 2 3 -4 -8
    expect(pooled([1, 5, -9, -3, 2, 3, -4, -8], {})).toEqual([5, -3]);
    expect(pooled([1, 5, -9, -3, 2, 3, -4, -8], { bias: [-4], relu: true })).toEqual([1, 0]);
    // 40000 is -25536 in 16 bits: the smallest, not the largest.
    expect(pooled([40000, 5, 0, 0, 2, 3, 0, 0], {})).toEqual([5, 0]);
  });

  test('windows of other shapes', () => {
    const pooled = (pool: readonly [number, number], bounds: { P: number; Q: number }, sums: readonly number[]) => [
      ...postProcess(makeLayer('pool', bounds, { pool }), Float64Array.from(sums), neutral, 16, 8).data,
    ];
    // 1 2 3 over 4 5 6 by three along the row, and by two down the columns.
    expect(pooled([3, 1], { P: 3, Q: 2 }, counting(6))).toEqual([3, 6]);
    expect(pooled([1, 2], { P: 3, Q: 2 }, counting(6))).toEqual([4, 5, 6]);
  });
});
