// What does not become a layer is listed, never dropped: every node of a file is accounted for.

import { expect, test } from 'vitest';
import { modelCodec } from '../../src/workloads/onnx/wire.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';
import { builtinNetworks } from '../../src/workloads/builtin.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { lines } from '../support/onnx.js';

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
        input: [['a', 3, 5], ['b', 5, 7]].map(([name, ...dims]) => ({ name, type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } })),
        node: [{ opType: 'MatMul', name: 'product', input: ['a', 'b'], output: ['c'] }, ...others],
        output: [],
      },
      ...more,
    })
    .finish();

test('a graph that nobody can follow may multiply', () => {
  const body = { name: 'body', node: [{ opType: 'Relu', input: ['v'], output: ['w'] }], input: [{ name: 'v' }], output: [{ name: 'w' }] };
  const result = importOnnx(file([{ opType: 'SequenceMap', name: 'map', input: ['a'], output: ['x'], attribute: [{ name: 'body', type: 5, g: body }] }]), 'g');
  expect(result.ok && lines(result.value)).toEqual(['1 product 3x7x5']);
  expect(result.ok && result.value.unmapped).toEqual([{ operator: 'SequenceMap (its graph cannot be followed)', count: 1, macs: null }]);
});

test('a function of the file stands for its nodes, also where it is called like a standard operator', () => {
  const inside = { name: 'Conv', domain: 'local', input: ['p', 'q'], output: ['r'], node: [{ opType: 'MatMul', name: 'inner', input: ['p', 'q'], output: ['r'] }] };
  const result = importOnnx(file([{ opType: 'Conv', domain: 'local', name: 'f', input: ['a', 'b'], output: ['z'] }], { functions: [inside] }), 'g');
  expect(result.ok && lines(result.value)).toEqual(['2 product 3x7x5']);
  expect(result.ok && result.value.unmapped).toEqual([]);
});

test('weights kept outside the file, or without numbers, are no obstacle', () => {
  const graph = {
    name: 'g',
    input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'N' }, { dimValue: 3 }, { dimValue: 8 }, { dimValue: 8 }] } } } }],
    initializer: [{ name: 'w', dims: [4, 3, 3, 3], dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: 'weights.bin' }] }],
    node: [{ opType: 'Conv', input: ['x', 'w'], output: ['y'] }],
  };
  const result = importOnnx(modelCodec().encode({ irVersion: 8, opsetImport: [{ version: 17 }], graph }).finish(), 'g');
  expect(result.ok && lines(result.value)).toEqual(['1 y 3x3 3->4 6x6']);
});
