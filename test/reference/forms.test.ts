// Forms of operators that random graphs do not have: each becomes the steps it should, and runs in integers.

import { expect, test } from 'vitest';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import type { Attribute } from '../../src/workloads/onnx/graph.js';
import { expectLawful } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';

const real = (value: number): Attribute => ({ kind: 'number', value, whole: false });
const reals = (values: readonly number[]): Attribute => ({ kind: 'numbers', values, whole: false });

const forms: readonly (readonly [string, FileParts, string, readonly number[]])[] = [
  [
    'images of one axis',
    {
      inputs: { x: [1, 4, 9] },
      weights: { w: [6, 4, 3] },
      nodes: [
        node('Conv', ['x', 'w'], ['a'], { pads: [1, 1], strides: [2] }),
        node('MaxPool', ['a'], ['p'], { kernel_shape: [2], strides: [2] }),
        node('GlobalAveragePool', ['p'], ['y']),
      ],
    },
    'layer pool',
    [1, 6, 1],
  ],
  [
    'products of two tensors in batches, one of them transposed',
    {
      inputs: { q: [2, 5, 8], k: [2, 7, 8] },
      weights: { w: [8, 8], b: [8] },
      nodes: [
        node('MatMul', ['q', 'w'], ['a']),
        node('Add', ['b', 'a'], ['s']),
        node('Transpose', ['k'], ['t'], { perm: [0, 2, 1] }),
        node('MatMul', ['s', 't'], ['y']),
      ],
    },
    'layer layer',
    [2, 5, 7],
  ],
  [
    'a Gemm with both operands transposed and a factor',
    {
      inputs: { x: [8, 3] },
      weights: { w: [5, 8], c: [5] },
      nodes: [
        node('Gemm', ['x', 'w', 'c'], ['a'], { transA: 1, transB: 1, alpha: real(2) }),
        node('Relu', ['a'], ['y']),
      ],
    },
    'layer',
    [3, 5],
  ],
  [
    'pools whose last window is cut off, and a mean over rows and columns',
    {
      inputs: { x: [1, 2, 7, 7] },
      weights: { w: [2, 2, 1, 1] },
      nodes: [
        node('Conv', ['x', 'w'], ['a']),
        node('AveragePool', ['a'], ['b'], {
          kernel_shape: [2, 2],
          strides: [2, 2],
          ceil_mode: 1,
          count_include_pad: 1,
        }),
        node('MaxPool', ['b'], ['c'], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1] }),
        node('ReduceMean', ['c'], ['y'], { axes: [2, 3], keepdims: 0 }),
      ],
      opset: 13,
    },
    'layer pool pool pool',
    [1, 2],
  ],
  [
    'split, residual, upsampling and concat, as in a U-Net',
    {
      inputs: { x: [1, 6, 4, 4] },
      weights: { w: [3, 3, 3, 3] },
      nodes: [
        node('Split', ['x'], ['a', 'b'], { axis: 1 }),
        node('Conv', ['a', 'w'], ['c'], { auto_pad: 'SAME_UPPER' }),
        node('Add', ['c', 'b'], ['d']),
        node('Upsample', ['d'], ['u'], { scales: reals([1, 1, 2, 2]) }),
        node('Concat', ['u', 'u'], ['y'], { axis: 1 }),
      ],
      opset: 7,
    },
    'layer upsampling',
    [1, 6, 8, 8],
  ],
  [
    'depthwise, dilated, with four paddings',
    {
      inputs: { x: [1, 6, 5, 5] },
      weights: { w: [6, 1, 3, 3], v: [6, 1, 3, 3] },
      nodes: [
        node('Conv', ['x', 'w'], ['a'], { group: 6, dilations: [2, 2], pads: [2, 1, 2, 3] }),
        node('Clip', ['a'], ['r'], { min: 0, max: 6 }),
        node('Conv', ['r', 'v'], ['y'], { group: 6, strides: [2, 2] }),
      ],
      opset: 6,
    },
    'layer layer',
    [1, 6, 2, 2],
  ],
  [
    'more padding than kernel',
    {
      inputs: { x: [1, 1, 2, 2] },
      weights: { w: [1, 1, 2, 2] },
      nodes: [node('Conv', ['x', 'w'], ['y'], { pads: [4, 4, 4, 4], strides: [3, 3] })],
    },
    'layer',
    [1, 1, 3, 3],
  ],
  [
    'negative padding crops',
    {
      inputs: { x: [1, 1, 6, 6] },
      weights: { w: [1, 1, 2, 2] },
      nodes: [node('Conv', ['x', 'w'], ['y'], { pads: [-1, -1, 0, -2] })],
    },
    'layer',
    [1, 1, 4, 2],
  ],
];

test.each(forms)('%s', (_, parts, kinds, shape) => {
  const file = decodeOnnx(onnxFile(parts), 'test');
  if (!file.ok) throw new Error('malformed');
  const g = expectLawful(file.value);
  expect(g.steps.map((s) => s.kind).join(' ')).toBe(kinds);
  const drawn = drawnRun(g, 1);
  if (!drawn.ok) throw new Error(JSON.stringify(drawn.diagnostics));
  const { run } = drawn.value;
  expect(run.notRun).toEqual([]);
  expect(run.tensors.get(g.outputs[0]!)?.shape).toEqual(shape);
  for (const [name, { values }] of run.tensors)
    expect(
      values.every((v) => Number.isInteger(v)),
      name,
    ).toBe(true);
});
