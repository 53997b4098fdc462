// Work of the host in QDQ ONNX: ONNX Runtime has its words, but where its floats meet a tie, and goes on behind it.

import { expect, test } from 'vitest';
import { drawnRun } from '../../src/reference/draw-integers.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { encoder, mobileBlock } from '../support/blocks.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { expectSame } from '../support/qdq.js';

function graphIn(parts: FileParts): NetworkGraph {
  const graph = decodeOnnx(onnxFile(parts), 'test');
  if (!graph.ok) throw new Error(JSON.stringify(graph.diagnostics));
  return graphOf(graph.value);
}

/** Every word of every step beside the reference, those behind the host among them. */
async function compared(parts: FileParts, bits: number) {
  const graph = graphIn(parts);
  let [words, differing, hosts] = [0, 0, 0];
  for (const seed of [1, 2, 3]) {
    const made = drawnRun(graph, seed, { bits });
    if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
    expect(made.value.run.notRun).toEqual([]);
    const found = await expectSame(graph, made.value.integers, made.value.inputs, { bits });
    expect(found.steps).toBe(graph.steps.length);
    words += found.words;
    differing += found.differing;
    hosts += graph.steps.filter((s) => s.kind === 'host').length;
  }
  return { words, differing, hosts };
}

/** Between two convolutions. */
const between = (nodes: FileParts['nodes'], more: Omit<FileParts, 'inputs' | 'nodes'> = {}): FileParts => ({
  inputs: { x: [1, 4, 6, 5] },
  ...more,
  weights: { w: [4, 4, 1, 1], v: [3, 4, 1, 1], ...more.weights },
  nodes: [node('Conv', ['x', 'w'], ['a']), ...nodes, node('Conv', ['b', 'v'], ['y'])],
});
type Attributes = Parameters<typeof node>[3];
const one = (operator: string, attributes?: Attributes, more: readonly string[] = []) =>
  between([node(operator, ['a', ...more], ['b'], attributes)]);
const real = (value: number) => ({ kind: 'number', value, whole: false }) as const;

const plain = [
  ...['Abs', 'Ceil', 'Celu', 'Cos', 'Elu', 'Erf', 'Exp', 'Floor', 'LeakyRelu', 'Neg', 'Reciprocal', 'Round', 'Selu'],
  ...['Sigmoid', 'Sign', 'Sin', 'Softplus', 'Softsign', 'Sqrt', 'Log', 'Tanh', 'LogSoftmax'],
];
const networks: Readonly<Record<string, FileParts>> = {
  ...Object.fromEntries(plain.map((operator) => [operator, one(operator)])),
  'Elu of another size': one('Elu', { alpha: real(0.5) }),
  Mish: { ...one('Mish'), opset: 18 },
  Gelu: { ...one('Gelu'), opset: 20 },
  'Gelu by tanh': { ...one('Gelu', { approximate: 'tanh' }), opset: 20 },
  'softmax over channels': one('Softmax', { axis: 1 }),
  'softmax as it was': { ...one('Softmax', { axis: 1 }), opset: 11 },
  'across channels': one('LRN', { size: 3, alpha: real(0.3), beta: real(0.6), bias: real(2) }),
  'instance norm': between([node('InstanceNormalization', ['a', 's', 't'], ['b'])], { weights: { s: [4], t: [4] } }),
  'layer norm': between([node('LayerNormalization', ['a', 's', 't'], ['b'])], { weights: { s: [5], t: [5] } }),
  'a border': between([node('Pad', ['a', 'pads'], ['b'], { mode: 'reflect' })], {
    lists: { pads: [0, 0, 1, 2, 0, 0, 2, 0] },
  }),
  'words shuffled': {
    inputs: { x: [1, 4, 6, 4] },
    weights: { w: [4, 4, 1, 1], v: [3, 16, 1, 1] },
    nodes: [
      node('Conv', ['x', 'w'], ['a']),
      node('SpaceToDepth', ['a'], ['b'], { blocksize: 2 }),
      node('Conv', ['b', 'v'], ['y']),
    ],
  },
  'rows picked': between([node('Gather', ['a', 'at'], ['b'], { axis: 2 })], { lists: { at: [4, 0, -1] } }),
  'sums and a largest': between(
    [
      node('CumSum', ['a', 'axis'], ['c'], { reverse: 1 }),
      node('ReduceLogSumExp', ['c'], ['d'], { axes: [1] }),
      node('Sub', ['c', 'd'], ['b']),
    ],
    { scalars: { axis: -1 } },
  ),
  'comparisons and a choice': between(
    [
      node('ReduceSum', ['a', 'axes'], ['c']),
      node('Greater', ['a', 'c'], ['d']),
      node('Equal', ['a', 'x'], ['e']),
      node('Or', ['d', 'e'], ['f']),
      node('Not', ['f'], ['g']),
      node('Where', ['g', 'a', 'x'], ['b']),
    ],
    { lists: { axes: [1] } },
  ),
  'a slope of each channel': between([node('PRelu', ['a', 's'], ['b'])], { weights: { s: [4, 1, 1] } }),
  'the place of the largest': {
    inputs: { x: [1, 4, 6, 5] },
    weights: { w: [4, 4, 1, 1] },
    nodes: [node('Conv', ['x', 'w'], ['a']), node('ArgMax', ['a'], ['y'], { axis: 1, keepdims: 0 })],
  },
  'an encoder of before operator set 17': encoder(true),
  'an encoder of operators of today': encoder(false),
  'a block of MobileNetV3': mobileBlock,
};

test.each(Object.keys(networks))('%s', async (name) => {
  const { words, differing, hosts } = await compared(networks[name]!, 8);
  expect(words).toBeGreaterThan(0);
  if (differing > 0) console.log(`${name}: ${differing} of ${words} words at ties, ${hosts} steps of the host`);
});

test('in words of 16 bits', async () => {
  const { words } = await compared(encoder(false), 12);
  expect(words).toBeGreaterThan(0);
});
