// Whether a layer has biases: as tables say it, and as an ONNX graph shows it.

import { expect, test } from 'vitest';
import { hasBias, shapeKey } from '../../src/model/workload/layer.js';
import { shape, shapeFile } from '../../src/interchange/layer-shape.js';
import { parseLayerTable } from '../../src/workloads/layer-table.js';
import type { FileParts } from '../support/onnx.js';
import { imported, node } from '../support/onnx.js';

const weights = { w: [5, 7], k: [8, 4, 3, 3], row: [7], eight: [8], column: [1, 8, 1, 1], mask: [3, 7], one: [] };
const biases = (
  nodes: FileParts['nodes'],
  inputs: FileParts['inputs'] = { x: [3, 5], image: [1, 4, 6, 6], y0: [3, 7], u: [2, 3, 5], v: [2, 5, 7] },
) => imported({ inputs, weights, nodes }).layers.map(({ layer }) => hasBias(layer));

test.each<[string, FileParts['nodes'], boolean]>([
  ['a product alone', [node('MatMul', ['x', 'w'], ['y'])], false],
  ['a row added to it', [node('MatMul', ['x', 'w'], ['y']), node('Add', ['y', 'row'], ['z'])], true],
  ['a row on the left', [node('MatMul', ['x', 'w'], ['y']), node('Add', ['row', 'y'], ['z'])], true],
  [
    'a row behind a scale and a cast',
    [
      node('MatMul', ['x', 'w'], ['y']),
      node('Cast', ['y'], ['c'], { to: 1 }),
      node('Mul', ['c', 'one'], ['m']),
      node('Add', ['m', 'row'], ['z']),
    ],
    true,
  ],
  ['what the network carries past it', [node('MatMul', ['x', 'w'], ['y']), node('Add', ['y', 'y0'], ['z'])], false],
  ['a number for every element', [node('MatMul', ['x', 'w'], ['y']), node('Add', ['y', 'mask'], ['z'])], false],
  ['two values of the network', [node('MatMul', ['u', 'v'], ['y']), node('Add', ['y', 'row'], ['z'])], false],
  ['a Gemm with its third input', [node('Gemm', ['x', 'w', 'row'], ['y'])], true],
  ['a Gemm without', [node('Gemm', ['x', 'w'], ['y'])], false],
  ['a convolution with its third input', [node('Conv', ['image', 'k', 'eight'], ['y'])], true],
  ['a convolution without', [node('Conv', ['image', 'k'], ['y'])], false],
  [
    'a convolution with a row per channel behind it',
    [node('Conv', ['image', 'k'], ['y']), node('Add', ['y', 'column'], ['z'])],
    true,
  ],
  [
    'a normalisation behind it, which folds into one',
    [node('Conv', ['image', 'k'], ['y']), node('BatchNormalization', ['y', 'eight', 'eight', 'eight', 'eight'], ['z'])],
    true,
  ],
])('%s', (_, nodes, expected) => {
  expect(biases(nodes)).toEqual([expected]);
});

test('a table says bias: no, and layers that differ in it are two', () => {
  const read = parseLayerTable(
    [
      { M: 4, N: 8, K: 16 },
      { M: 4, N: 8, K: 16, bias: 'no' },
      { M: 4, N: 8, K: 16, bias: false },
      { M: 4, N: 8, K: 16, bias: 'yes', count: 2 },
    ],
    'table',
  );
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  expect(read.value[0]!.layers.map(({ layer, count }) => [hasBias(layer), count])).toEqual([
    [true, 3],
    [false, 2],
  ]);
  const [one, other] = read.value[0]!.layers.map((l) => l.layer);
  expect(shapeKey(one!)).not.toBe(shapeKey(other!));
  expect(parseLayerTable([{ M: 4, N: 8, K: 16, bias: 7 }], 'table')).toMatchObject({
    ok: false,
    diagnostics: [{ message: 'is 7; expected yes or no: whether a bias is added to the sums of each output channel' }],
  });
  // A shape in a file says it where there is none; files from before have biases.
  for (const layer of [one!, other!]) expect(shape.parse(shapeFile(layer))).toEqual(shapeFile(layer));
  expect(shapeFile(other!)).toMatchObject({ bias: false });
});
