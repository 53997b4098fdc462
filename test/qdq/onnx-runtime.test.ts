// Networks in integers as QDQ ONNX: ONNX Runtime has the words of the reference, but where its floats meet a tie.

import { describe, expect, test } from 'vitest';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { layersOf } from '../../src/model/workload/network-graph.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { printShape } from '../../src/model/workload/layer.js';
import { floatErrors } from '../../src/qdq/float-errors.js';
import { qdqFile } from '../../src/qdq/qdq-file.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { expectSame, runOnnx } from '../support/qdq.js';
import { randomGraph } from '../support/random-graph.js';

function graphIn(parts: FileParts): NetworkGraph {
  const graph = decodeOnnx(onnxFile(parts), 'test');
  if (!graph.ok) throw new Error(JSON.stringify(graph.diagnostics));
  return graphOf(graph.value);
}

function drawn(graph: NetworkGraph, seed: number, bits = 8, unsigned = false) {
  const made = drawnRun(graph, seed, { bits, unsigned: unsigned ? unsignedTensors(graph, bits) : undefined });
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  return made.value;
}

const image = { x: [2, 4, 9, 7] } as const;
const whole = (kernel: readonly number[], more: Record<string, number | readonly number[]> = {}) => ({
  kernel_shape: kernel,
  ...more,
});
const conv = (input: string, weights: readonly string[], output: string, pads = [1, 1, 1, 1]) =>
  node('Conv', [input, ...weights], [output], { pads });

const networks: Readonly<Record<string, Omit<FileParts, 'inputs'>>> = {
  'a convolution with bias and ReLU': {
    weights: { w: [6, 4, 3, 3], b: [6] },
    nodes: [conv('x', ['w', 'b'], 'a'), node('Relu', ['a'], ['y'])],
  },
  'uneven padding, stride and dilation': {
    weights: { w: [3, 4, 3, 2] },
    nodes: [node('Conv', ['x', 'w'], ['y'], { pads: [2, 0, 1, 3], strides: [2, 1], dilations: [1, 2] })],
  },
  'depthwise and pointwise': {
    weights: { d: [8, 1, 3, 3], p: [5, 8, 1, 1] },
    nodes: [
      node('Conv', ['x', 'd'], ['a'], { group: 4, pads: [1, 1, 1, 1] }),
      node('Clip', ['a'], ['c']),
      conv('c', ['p'], 'y', [0, 0, 0, 0]),
    ],
  },
  'a residual, added and subtracted': {
    weights: { w: [4, 4, 3, 3], v: [4, 4, 3, 3] },
    nodes: [
      conv('x', ['w'], 'a'),
      node('Add', ['a', 'x'], ['r']),
      node('Relu', ['r'], ['s']),
      conv('s', ['v'], 'b'),
      node('Sub', ['s', 'b'], ['y']),
    ],
  },
  'a fused pool, a concat and a split': {
    weights: { w: [4, 4, 3, 3], v: [2, 4, 3, 3] },
    nodes: [
      conv('x', ['w'], 'a'),
      node('MaxPool', ['a'], ['p'], whole([2, 2], { strides: [2, 2] })),
      conv('p', ['v'], 'b'),
      node('Concat', ['b', 'p'], ['c'], { axis: 1 }),
      node('Split', ['c'], ['d', 'e'], { axis: 1 }),
      node('Mul', ['d', 'e'], ['y']),
    ],
  },
  'pools of every padding': {
    weights: { w: [4, 4, 1, 1] },
    nodes: [
      node('MaxPool', ['x'], ['a'], whole([3, 2], { strides: [2, 1], pads: [1, 1, 2, 0] })),
      node('AveragePool', ['a'], ['b'], whole([3, 3], { pads: [1, 1, 1, 1] })),
      node('AveragePool', ['b'], ['c'], whole([2, 3], { pads: [0, 1, 1, 1], count_include_pad: 1 })),
      node('MaxPool', ['c'], ['d'], whole([2, 2], { strides: [2, 2], ceil_mode: 1 })),
      node('Conv', ['d', 'w'], ['e']),
      node('GlobalAveragePool', ['e'], ['y']),
    ],
  },
  'weights by a tensor, and the result by a vector': {
    weights: { w: [5, 9], v: [7] },
    nodes: [node('Relu', ['x'], ['r']), node('MatMul', ['w', 'r'], ['a']), node('MatMul', ['a', 'v'], ['y'])],
  },
  'a fully connected layer behind a map': {
    weights: { w: [252, 10], b: [10] },
    nodes: [node('Flatten', ['x'], ['f']), node('MatMul', ['f', 'w'], ['a']), node('Add', ['a', 'b'], ['y'])],
  },
  'turned weights, and a host operation that is left out': {
    weights: { w: [10, 252], b: [10] },
    nodes: [
      node('Flatten', ['x'], ['f']),
      node('Gemm', ['f', 'w', 'b'], ['a'], { transB: 1 }),
      node('Softmax', ['a'], ['y']),
    ],
  },
};

describe.each(Object.entries(networks))('%s', (_, parts) => {
  const graph = graphIn({ inputs: image, ...parts });

  test.each([
    ['disabled', false],
    ['all', false],
    ['disabled', true],
    ['all', true],
  ] as const)('every word, optimizations %s, unsigned words %s', async (level, unsigned) => {
    const { integers, inputs } = drawn(graph, 3, 8, unsigned);
    const { words } = await expectSame(graph, integers, inputs, { level });
    expect(words).toBeGreaterThan(0);
  });

  test('is read as the same layers', () => {
    const { integers } = drawn(graph, 3);
    const file = qdqFile(graph, integers);
    const decoded = file.ok && decodeOnnx(file.value, 'again');
    if (!decoded || !decoded.ok) throw new Error('not written, or not read');
    const again = graphOf(decoded.value);
    // An average is written as what it sums up, under weights of one.
    const averages = graph.steps.filter((s) => s.kind === 'pool' && s.mode === 'average').length;
    const shapes = (g: NetworkGraph) => layersOf(g).map((l) => printShape(l.layer));
    expect(shapes(again).length).toBe(shapes(graph).length + averages);
    expect(shapes(again)).toEqual(expect.arrayContaining([...shapes(graph)]));
  });
});

const first = seedFrom(1);
test(`random networks: every word of every step, from seed ${first}`, { timeout: 600_000 }, async () => {
  const seen = { words: 0, differing: 0, steps: 0, exact: 0 };
  for (let i = 0; i < casesOf('networks in QDQ'); i++) {
    const graph = graphOf(randomGraph(first + i, { host: false, size: 1 + (i % 15) }));
    const { integers, inputs } = drawn(graph, first + i, 8, i % 3 === 2);
    const level = i % 2 === 0 ? 'disabled' : 'all';
    const found = await expectSame(graph, integers, inputs, { level });
    for (const key of ['words', 'differing', 'steps', 'exact'] as const) seen[key] += found[key];
  }
  console.log(
    `${seen.steps} steps, floats exact in ${seen.exact}; ${seen.words} words, ${seen.differing} of them differ at a tie`,
  );
  expect(seen.exact).toBeGreaterThan(0);
  expect(seen.exact).toBeLessThan(seen.steps);
});

test.each([
  [3, false],
  [4, true],
  [12, true],
  [16, false],
  [16, true],
])('words of %i bits, unsigned %s', async (bits, unsigned) => {
  const graph = graphIn({ inputs: image, ...networks['a fused pool, a concat and a split']! });
  const { integers, inputs } = drawn(graph, 5, bits, unsigned);
  const { words } = await expectSame(graph, integers, inputs, { bits });
  expect(words).toBeGreaterThan(0);
});

describe('where floats are not exact', () => {
  const graph = graphIn({
    inputs: { x: [1, 1, 16, 16] },
    weights: { c: [1, 1, 1], w: [1, 1, 1, 1] },
    nodes: [node('Mul', ['x', 'c'], ['a']), node('Conv', ['a', 'w'], ['y'])],
  });
  const at = graph.steps.findIndex((s) => s.kind === 'scale');
  const values = Float64Array.from({ length: 256 }, (_, i) => i - 128);
  const inputs = new Map([['x', { shape: [1, 1, 16, 16], values }]]);
  /** (x + bias) scale / 2^shift. */
  const withScale = (scale: number, shift: number, bias: number) => {
    const { integers } = drawn(graph, 1);
    const channels = [{ scale, shift, bias, second: 0 }];
    const steps = new Map([...integers.steps, [at, { channels, low: -128, high: 127 }]]);
    return { ...integers, steps };
  };

  test('a word just below a tie may be rounded up, and is counted', async () => {
    // 127 x 32,896 + ... : (x + bias) scale is one less than an odd number of halves, which 24 bits do not hold.
    const shift = 24;
    let found: readonly [number, number] | undefined;
    for (let scale = 32769; !found && scale < 65536; scale += 2)
      for (let sum = 2 ** 14; !found && sum < 2 ** 15; sum++) {
        const y = BigInt(sum) * BigInt(scale);
        const isBelow = y % 2n ** 24n === 2n ** 23n - 1n && ((y >> 24n) & 1n) === 1n;
        if (isBelow && y >> 24n < 127n) found = [scale, sum];
      }
    const [scale, sum] = found!;
    const integers = withScale(scale, shift, sum - 60);
    expect(floatErrors(graph, integers).has(at)).toBe(true);
    const { differing } = await expectSame(graph, integers, inputs);
    expect(differing).toBe(1);
  });

  test('below 2^24 none is, halves included', async () => {
    const integers = withScale(2 ** 15 + 2 ** 8, 17, 6);
    expect(floatErrors(graph, integers).has(at)).toBe(false);
    const { differing } = await expectSame(graph, integers, inputs);
    expect(differing).toBe(0);
  });
});

test('with scales, inputs and outputs are real numbers', async () => {
  const graph = graphIn({ inputs: image, ...networks['a convolution with bias and ReLU']! });
  const { integers, inputs, run } = drawn(graph, 2);
  const scales = new Map([
    ['x', 0.25],
    ['y', 0.125],
  ]);
  const file = qdqFile(graph, integers, { scales });
  if (!file.ok) throw new Error('refused');
  const { shape, values } = inputs.get('x')!;
  const real = new Map([['x', { shape, values: values.map((v) => v * 0.25) }]]);
  const found = await runOnnx(file.value, real, 'float32');
  expect([...found.keys()]).toEqual(['y']);
  expect(found.get('y')!.values).toEqual(run.tensors.get('y')!.values.map((v) => v * 0.125));
});

describe('what cannot be written is said', () => {
  const graph = graphIn({
    inputs: image,
    weights: { w: [4, 4, 1, 1] },
    nodes: [node('Softmax', ['x'], ['a']), node('Conv', ['a', 'w'], ['y'])],
  });
  const none = { steps: new Map(), weights: new Map() };
  test.each([
    [8, 'test: no step is left that QDQ ONNX could have'],
    [17, 'words of 17 bits; QDQ ONNX has words of 16 bits at most'],
  ])('%i bits', (bits, message) => {
    const made = qdqFile(graph, none, { bits });
    expect(made.ok ? [] : made.diagnostics.map((d) => d.message)).toEqual([message]);
  });
});
