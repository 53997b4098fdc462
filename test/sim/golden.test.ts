// The reference by hand: tiny convolutions and single sums whose arithmetic stands beside them.

import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { convolve, postProcess, wrap } from '../../src/sim/golden.js';
import type { PostProcessing } from '../../src/rtl/program/post-registers.js';
import { neutralPost } from '../../src/rtl/program/post-registers.js';
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
  const neutral: PostProcessing = neutralPost(makeLayer('one', {}), { inputBits: 8 });
  /** Outputs of 8 bits from sums of 16. */
  const of = (sums: readonly number[], post: Partial<PostProcessing>) => [
    ...postProcess(makeLayer('row', { P: sums.length }), Float64Array.from(sums), { ...neutral, ...post }, 16, 8).data,
  ];

  test('lets small sums pass', () => expect(of([-128, -1, 0, 1, 127], {})).toEqual([-128, -1, 0, 1, 127]));

  test('saturates at both ends', () => expect(of([-129, -30000, 128, 30000], {})).toEqual([-128, -128, 127, 127]));

  test('rounds halves to the even number, after scaling', () => {
    // Halves of -5 to 5: -2.5 -2 -1.5 -1 -0.5 0 0.5 1 1.5 2 2.5.
    expect(of([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5], { shift: [1] })).toEqual([-2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2]);
    // 15 / 8 = 1.875, -15 / 8, 12 / 8 = 1.5, -12 / 8, 36 / 8 = 4.5, 60 / 8 = 7.5.
    expect(of([5, -5, 4, -4, 12, 20], { scale: [3], shift: [3] })).toEqual([2, -2, 2, -2, 4, 8]);
    // Without a shift there is nothing to round.
    expect(of([5, -5], { scale: [3] })).toEqual([15, -15]);
    expect(of([5, -5], { scale: [-3] })).toEqual([-15, 15]);
  });

  test('is exact with the largest scale and shift', () => {
    // 32767 x 65535 = 2147385345; over 2^24: 127.99; over 2^23 it leaves the range; over 2^63 nothing is left.
    expect(of([32767, -32768], { scale: [65535], shift: [24] })).toEqual([127, -128]);
    expect(of([32767, -32768], { scale: [65535], shift: [23] })).toEqual([127, -128]);
    expect(of([32767, -32768], { scale: [65535], shift: [25] })).toEqual([64, -64]);
    expect(of([32767, -32768], { scale: [65535], shift: [63] })).toEqual([0, 0]);
  });

  test('keeps within its limits after scaling and rounding', () => {
    const relu = { low: 0 };
    expect(of([-300, -2, -1, 0, 1, 300], relu)).toEqual([0, 0, 0, 0, 1, 127]);
    // -1 / 2 and 1 / 2 round to 0, 3 / 2 to 2.
    expect(of([-1, 1, 3], { ...relu, shift: [1] })).toEqual([0, 0, 2]);
    // The bias comes before.
    expect(of([-5, 5], { ...relu, bias: [7] })).toEqual([2, 12]);
    expect(of([-5, 5], { ...relu, bias: [-7] })).toEqual([0, 0]);
    expect(of([-300, -7, -6, 5, 6, 300], { low: -6, high: 5 })).toEqual([-6, -6, -6, 5, 5, 5]);
  });

  test('unsigned words lie in memory with the top bit flipped', () => {
    // As numbers 0, 0, 1, 127, 128, 255, 255: each less by 128.
    expect(of([-9, 0, 1, 127, 128, 255, 256], { unsigned: true, low: 0, high: 255 })).toEqual([
      -128, -128, -127, -1, 0, 127, 127,
    ]);
    expect(of([-9, 7, 300], { unsigned: true, low: 2, high: 6 })).toEqual([-126, -122, -122]);
  });

  test('wrapping leaves a piece of the sum: neither rounded nor limited', () => {
    // 0x1234 and -2 = 0xfffe, byte by byte.
    expect(of([0x1234, -2], { wrap: true })).toEqual([0x34, -2]);
    expect(of([0x1234, -2], { wrap: true, shift: [8] })).toEqual([0x12, -1]);
    expect(of([0x12f4], { wrap: true, shift: [4], low: 0, high: 1 })).toEqual([0x2f]);
  });

  test('a residual is added with a scale of its own, in units of each channel, or multiplies', () => {
    const layer = makeLayer('two', { K: 2 });
    const run = (post: Partial<PostProcessing>, sums: readonly number[], words: readonly number[]) => [
      ...postProcess(layer, Float64Array.from(sums), { ...neutral, bias: [0, 0], ...post }, 16, 8, {
        shape: outputShape(layer),
        data: Int32Array.from(words),
      }).data,
    ];
    const add = { combine: 'add', scale: 3, shift: 1, unsigned: false } as const;
    // 10 x 4 / 8 + 5 x 3 / 2 = 12.5, 10 / 2 - 7 x 3 / 2 = -5.5.
    expect(run({ scale: [4, 1], shift: [3, 1], residual: add }, [10, 10], [5, -7])).toEqual([12, -6]);
    // The words 5 and -7 are 133 and 121 without a sign.
    expect(run({ scale: [0], residual: { ...add, scale: 1, shift: 0, unsigned: true } }, [0, 0], [-7, -127])).toEqual([
      121, 1,
    ]);
    // 9 x 5 x 3 / 4 = 33.75.
    expect(
      run({ scale: [3], shift: [2], residual: { combine: 'multiply', unsigned: false } }, [9, -9], [5, 5]),
    ).toEqual([34, -34]);
  });

  test('sums wrap at the width of the accumulator, and again with the bias', () => {
    // 32768 is -32768 and 65537 is 1 in 16 bits; 32767 + 1 is -32768.
    expect(of([32768, 65537, -32769], { shift: [8] })).toEqual([-128, 0, 127]);
    expect(of([65537], {})).toEqual([1]);
    expect(of([32767], { bias: [1], shift: [8] })).toEqual([-128]);
  });

  test('every output channel of every group has its own constants', () => {
    const layer = makeLayer('channels', { N: 2, G: 2, K: 2 });
    const { shape, data } = postProcess(
      layer,
      Float64Array.from(counting(8)),
      { ...neutral, bias: [10, 20, 30, 40], scale: [1, 2, 3, 4], shift: [0, 1, 0, 2] },
      16,
      8,
    );
    expect(shape).toEqual([2, 2, 2, 1, 1]);
    expect([...data]).toEqual([11, 22, 99, 44, 15, 26, 111, 48]);
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
    expect(pooled([1, 5, -9, -3, 2, 3, -4, -8], { bias: [-4], low: 0 })).toEqual([1, 0]);
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
