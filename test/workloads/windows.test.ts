// Shapes of convolutions and pools, by the arithmetic of the ONNX operator specification.

import { describe, expect, test } from 'vitest';
import { imported, lines, node } from '../support/onnx.js';

/** One convolution of an image [1, c, h, w] with weights [k, c / group, s, r]. */
const conv = (image: readonly number[], weights: readonly number[], attributes: Parameters<typeof node>[3] = {}) =>
  lines(
    imported({ inputs: { x: image }, weights: { w: weights }, nodes: [node('Conv', ['x', 'w'], ['y'], attributes)] }),
  )[0];

describe('convolution', () => {
  test.each([
    ['no padding: 10 - 3 + 1 wide, 8 - 3 + 1 high', [1, 2, 8, 10], [4, 2, 3, 3], {}, '1 y 3x3 2->4 8x6'],
    ['stride over height, then width', [1, 2, 9, 9], [4, 2, 3, 3], { strides: [2, 3] }, '1 y 3x3 s3x2 2->4 3x4'],
    ['a flat kernel: [S, R] = [1, 7]', [1, 2, 17, 17], [4, 2, 1, 7], { pads: [0, 3, 0, 3] }, '1 y 7x1 2->4 17x17'],
    ['a tall kernel: [S, R] = [7, 1]', [1, 2, 17, 17], [4, 2, 7, 1], { pads: [3, 0, 3, 0] }, '1 y 1x7 2->4 17x17'],
    [
      'unequal pads: top 1, left 0, bottom 2, right 3',
      [1, 2, 8, 8],
      [4, 2, 3, 3],
      { pads: [1, 0, 2, 3] },
      '1 y 3x3 2->4 9x9',
    ],
    ['dilation 2 reaches 5', [1, 2, 8, 8], [4, 2, 3, 3], { dilations: [2, 2] }, '1 y 3x3 d2 2->4 4x4'],
    ['groups: K and C per group', [1, 6, 8, 8], [9, 2, 3, 3], { group: 3 }, '1 y 3x3 2->3 g3 6x6'],
    ['depthwise with multiplier 2', [1, 6, 8, 8], [12, 1, 3, 3], { group: 6 }, '1 y 3x3 1->2 g6 6x6'],
    [
      'SAME_UPPER: ceil(15 / 2)',
      [1, 2, 15, 15],
      [4, 2, 3, 3],
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      '1 y 3x3 s2 2->4 8x8',
    ],
    ['SAME_LOWER with an even kernel', [1, 2, 15, 14], [4, 2, 2, 2], { auto_pad: 'SAME_LOWER' }, '1 y 2x2 2->4 14x15'],
    ['VALID ignores pads', [1, 2, 8, 8], [4, 2, 3, 3], { auto_pad: 'VALID', pads: [1, 1, 1, 1] }, '1 y 3x3 2->4 6x6'],
    [
      '1-D: the only axis is the width',
      [1, 80, 3000],
      [384, 80, 3],
      { pads: [1, 1], strides: [2] },
      '1 y 3x1 s2x1 80->384 1500x1',
    ],
    ['a batch', [5, 2, 8, 8], [4, 2, 3, 3], {}, '1 y 3x3 2->4 6x6 N5'],
  ])('%s', (_, image, weights, attributes, expected) => {
    expect(conv(image, weights, attributes)).toBe(expected);
  });
});

/** The size of a 1x1 convolution behind an operator says what shape the operator gave. */
const behind = (parts: Parameters<typeof imported>[0], channels: number) =>
  lines(
    imported({
      ...parts,
      weights: { ...parts.weights, v: [1, channels, 1, 1] },
      nodes: [...parts.nodes, node('Conv', ['y', 'v'], ['z'])],
    }),
  ).at(-1);

describe('in between', () => {
  const pool = (size: number, attributes: Parameters<typeof node>[3]) =>
    behind({ inputs: { x: [1, 2, size, size] }, nodes: [node('MaxPool', ['x'], ['y'], attributes)] }, 2);

  test.each([
    ['floor', 112, { kernel_shape: [3, 3], strides: [2, 2] }, '1 z 1x1 2->1 55x55'],
    ['ceil_mode', 112, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, '1 z 1x1 2->1 56x56'],
    // The second window would begin at 4, where the left border and the image (1 + 3) end.
    [
      'ceil_mode drops a window that begins behind the image',
      3,
      { kernel_shape: [2, 2], strides: [4, 4], pads: [1, 1, 1, 1], ceil_mode: 1 },
      '1 z 1x1x2',
    ],
    ['dilation', 10, { kernel_shape: [3, 3], dilations: [2, 2] }, '1 z 1x1 2->1 6x6'],
  ])('pool, %s', (_, size, attributes, expected) => {
    expect(pool(size, attributes)).toBe(expected);
  });

  test('a transposed convolution is the dense ones that it is made of', () => {
    const network = imported({
      inputs: { x: [1, 8, 16, 16] },
      weights: { w: [8, 4, 2, 2], v: [1, 4, 1, 1] },
      nodes: [node('ConvTranspose', ['x', 'w'], ['y'], { strides: [2, 2] }), node('Conv', ['y', 'v'], ['z'])],
    });
    // A kernel as wide as the stride: each output takes one product.
    expect(lines(network)).toEqual(['4 y 1x1 8->4 16x16', '1 z 1x1 4->1 32x32']);
  });

  test('Resize by scales and by sizes, Upsample, Pad, DepthToSpace', () => {
    const x = { x: [1, 4, 6, 6] };
    expect(
      behind({ inputs: x, reals: { scales: [1, 1, 2, 1.5] }, nodes: [node('Resize', ['x', '', 'scales'], ['y'])] }, 4),
    ).toContain('9x12');
    expect(
      behind({ inputs: x, lists: { sizes: [1, 4, 5, 7] }, nodes: [node('Resize', ['x', '', '', 'sizes'], ['y'])] }, 4),
    ).toContain('7x5');
    expect(
      behind(
        { inputs: x, reals: { scales: [1, 1, 2, 2] }, opset: 9, nodes: [node('Upsample', ['x', 'scales'], ['y'])] },
        4,
      ),
    ).toContain('12x12');
    expect(
      behind({ inputs: x, lists: { pads: [0, 0, 1, 2, 0, 0, 3, 4] }, nodes: [node('Pad', ['x', 'pads'], ['y'])] }, 4),
    ).toContain('12x10');
    expect(behind({ inputs: x, nodes: [node('DepthToSpace', ['x'], ['y'], { blocksize: 2 })] }, 1)).toContain('12x12');
  });

  test('a 3-D convolution folds its depth: slices of the output are images, slices of the kernel channels', () => {
    const network = imported({
      inputs: { x: [1, 2, 4, 4, 4], a: [3, 5] },
      weights: { w: [4, 2, 3, 3, 3], b: [5, 7] },
      nodes: [node('Conv', ['x', 'w'], ['y']), node('MatMul', ['a', 'b'], ['c'])],
    });
    expect(lines(network)).toEqual(['1 y 3x3 6->4 2x2 N2', '1 c 3x7x5']);
  });
});
