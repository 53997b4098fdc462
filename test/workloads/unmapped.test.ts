// What does not become a layer is listed, never dropped: every node of a file is accounted for.

import { expect, test } from 'vitest';
import { modelCodec } from '../../src/workloads/onnx/wire.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { imported, lines, node } from '../support/onnx.js';

test('layers and other operators add up to the nodes of the file', () => {
  for (const network of builtinNetworks) {
    const bytes = exportOnnx(network);
    const graph = decodeOnnx(bytes, network.name);
    const again = importOnnx(bytes, network.name);
    if (!graph.ok || !again.ok) throw new Error('not read');
    const counted = [...again.value.layers, ...again.value.unmapped].reduce((n, { count }) => n + count, 0);
    expect(counted, network.name).toBe(graph.value.nodes.length);
  }
});

/** `a` [3, 5] times `b` [5, 7], beside whatever else. */
const file = (others: readonly object[], more: object = {}) =>
  modelCodec()
    .encode({
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      graph: {
        name: 'g',
        input: [
          ['a', 3, 5],
          ['b', 5, 7],
        ].map(([name, ...dims]) => ({
          name,
          type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
        })),
        node: [{ opType: 'MatMul', name: 'product', input: ['a', 'b'], output: ['c'] }, ...others],
        output: [],
      },
      ...more,
    })
    .finish();

test('a graph that nobody can follow may multiply', () => {
  const body = {
    name: 'body',
    node: [{ opType: 'Relu', input: ['v'], output: ['w'] }],
    input: [{ name: 'v' }],
    output: [{ name: 'w' }],
  };
  const result = importOnnx(
    file([
      {
        opType: 'SequenceMap',
        name: 'map',
        input: ['a'],
        output: ['x'],
        attribute: [{ name: 'body', type: 5, g: body }],
      },
    ]),
    'g',
  );
  expect(result.ok && lines(result.value)).toEqual(['1 product 3x7x5']);
  expect(result.ok && result.value.unmapped).toEqual([
    { operator: 'SequenceMap (its graph cannot be followed)', count: 1, macs: null },
  ]);
});

test('a function of the file stands for its nodes, also where it is called like a standard operator', () => {
  const inside = {
    name: 'Conv',
    domain: 'local',
    input: ['p', 'q'],
    output: ['r'],
    node: [{ opType: 'MatMul', name: 'inner', input: ['p', 'q'], output: ['r'] }],
  };
  const result = importOnnx(
    file([{ opType: 'Conv', domain: 'local', name: 'f', input: ['a', 'b'], output: ['z'] }], { functions: [inside] }),
    'g',
  );
  expect(result.ok && lines(result.value)).toEqual(['2 product 3x7x5']);
  expect(result.ok && result.value.unmapped).toEqual([]);
});

test('weights kept outside the file, or without numbers, are no obstacle', () => {
  const graph = {
    name: 'g',
    input: [
      {
        name: 'x',
        type: {
          tensorType: {
            elemType: 1,
            shape: { dim: [{ dimParam: 'N' }, { dimValue: 3 }, { dimValue: 8 }, { dimValue: 8 }] },
          },
        },
      },
    ],
    initializer: [
      {
        name: 'w',
        dims: [4, 3, 3, 3],
        dataType: 1,
        dataLocation: 1,
        externalData: [{ key: 'location', value: 'weights.bin' }],
      },
    ],
    node: [{ opType: 'Conv', input: ['x', 'w'], output: ['y'] }],
  };
  const result = importOnnx(
    modelCodec()
      .encode({ irVersion: 8, opsetImport: [{ version: 17 }], graph })
      .finish(),
    'g',
  );
  expect(result.ok && lines(result.value)).toEqual(['1 y 3x3 3->4 6x6']);
});

/** An operator on `x` beside a product, and what is said of it. */
const told = (
  operator: string,
  domain: string,
  shapes: readonly (readonly number[])[],
  attributes: Parameters<typeof node>[3] = {},
) => {
  const names = shapes.map((_, i) => `x${i}`);
  const nodes = [node(operator, names, ['y'], attributes, domain), node('MatMul', ['a', 'b'], ['c'])];
  const { unmapped } = imported({
    inputs: { a: [3, 5], b: [5, 7], ...Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape])) },
    nodes,
    opset: 21,
  });
  return unmapped.map(({ operator: name, macs }) => [name, macs]);
};

test.each<[string, string, readonly (readonly number[])[], Parameters<typeof node>[3], number | null]>([
  ['Relu', '', [[4, 6]], {}, 0],
  [
    'Mul',
    '',
    [
      [4, 6],
      [4, 6],
    ],
    {},
    0,
  ],
  ['LayerNormalization', '', [[4, 6]], {}, 0],
  [
    'GridSample',
    '',
    [
      [1, 2, 4, 4],
      [1, 3, 3, 2],
    ],
    {},
    0,
  ],
  ['SequenceEmpty', '', [], {}, 0],
  ['TreeEnsembleClassifier', 'ai.onnx.ml', [[4, 6]], {}, 0],
  [
    'SkipLayerNormalization',
    'com.microsoft',
    [
      [1, 4, 6],
      [1, 4, 6],
    ],
    {},
    0,
  ],
  ['QLinearAdd', 'com.microsoft', [[4], [], [], [4], [], [], [], []], {}, 0],
  ['Quant', 'onnx.brevitas', [[4, 6], [], [], []], {}, 0],
  [
    'MultiThreshold',
    'finn.custom_op.general',
    [
      [4, 6],
      [6, 3],
    ],
    {},
    0,
  ],
  // Offsets [N, 2 x kernel, out, out]: as many products as the plain convolution, 2 x 3 channels, 4 positions, 3 x 3 outputs.
  [
    'DeformConv',
    '',
    [
      [1, 3, 4, 4],
      [2, 3, 2, 2],
      [1, 8, 3, 3],
    ],
    {},
    2 * 3 * 4 * 9,
  ],
  // Two of four experts for 5 tokens, 6 -> 8 -> 6.
  [
    'MoE',
    'com.microsoft',
    [
      [5, 6],
      [5, 4],
      [4, 8, 6],
      [4, 8],
      [4, 6, 8],
    ],
    { k: 2 },
    5 * 2 * (8 * 6 + 6 * 8),
  ],
  // The same with two numbers a byte.
  [
    'QMoE',
    'com.microsoft',
    [
      [5, 6],
      [5, 4],
      [4, 8, 3],
      [4, 8],
      [4, 8],
      [4, 6, 4],
      [4, 6],
    ],
    { k: 2, expert_weight_bits: 4 },
    5 * 2 * (8 * 6 + 6 * 8),
  ],
  ['DFT', '', [[1, 16, 1]], {}, null],
  ['Det', '', [[3, 3]], {}, null],
  ['SVMRegressor', 'ai.onnx.ml', [[4, 6]], {}, null],
  ['SparseAttention', 'com.microsoft', [[1, 4, 8]], {}, null],
  ['NewAndUnheardOf', '', [[4, 6]], {}, null],
  ['NewAndUnheardOf', 'com.microsoft', [[4, 6]], {}, null],
  ['MatMul', 'acme', [[4, 6]], {}, null],
])('%s of "%s" is free, counted or unknown', (operator, domain, shapes, attributes, macs) => {
  const found = told(operator, domain, shapes, attributes);
  expect(found).toHaveLength(1);
  expect(found[0]![1]).toBe(macs);
  expect(String(found[0]![0])).toMatch(new RegExp(`^${domain === '' ? '' : `${domain}\\.`}${operator}`));
});

test('a grid by a matrix: every coordinate of every position takes a row of the matrix', () => {
  const nodes = [node('AffineGrid', ['theta', 'size'], ['y']), node('MatMul', ['a', 'b'], ['c'])];
  const { unmapped } = imported({
    inputs: { a: [3, 5], b: [5, 7], theta: [2, 2, 3] },
    lists: { size: [2, 4, 5, 6] },
    nodes,
    opset: 20,
  });
  expect(unmapped.map(({ macs }) => macs)).toEqual([2 * 5 * 6 * 2 * 3]);
});
