// Classifiers of small images as exporters write them, of kinds that no trained network at hand has: drawn features, and a last layer
// that is fitted to labelled samples by ridge regression, so that they are right far more often than by chance.

import { nth } from '../../src/base/invariant.js';
import { seeded } from '../../src/base/random.js';
import { realRunner } from '../../src/quantize/quantized.js';
import type { Samples } from '../../src/quantize/samples.js';
import { tensorOf } from '../../src/quantize/samples.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import type { GraphNode } from '../../src/workloads/onnx/graph.js';
import type { FileParts } from './onnx.js';
import { node, onnxFile } from './onnx.js';

interface Tensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Of 28 x 28 pixels up to its features, and what makes scores of them. */
interface Body {
  readonly parts: Omit<FileParts, 'nodes' | 'tensors'>;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly GraphNode[];
  readonly features: string;
  readonly head: (weights: Tensor, biases: Tensor) => Pick<Required<FileParts>, 'nodes' | 'tensors'>;
}

const chance = seeded(41);
const size = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);
const list = (n: number, of: () => number) => Array.from({ length: n }, of);
/** About normal, as large as keeps what comes out as large as what goes in. */
const kernel = (...shape: readonly number[]): Tensor => {
  const spread = Math.sqrt(2 / size(shape.slice(1)));
  const normal = () => list(12, () => chance.next()).reduce((n, x) => n + x, -6);
  return { shape, values: list(size(shape), () => spread * normal()) };
};
const vector = (n: number, low: number, high: number): Tensor => ({
  shape: [n],
  values: list(n, () => low + (high - low) * chance.next()),
});
const number = (value: number): Tensor => ({ shape: [], values: [value] });
const square = (n: number) => [n, n, n, n];

const gemm = (features: string): Body['head'] => {
  return (wy, by) => ({ tensors: { wy, by }, nodes: [node('Gemm', [features, 'wy', 'by'], ['y'], { transB: 1 })] });
};
/** Weights with the features in front, an addition, and shares of one, as Keras has it. */
const dense = (features: string): Body['head'] => {
  return (weights, by) => {
    const [classes, count] = [nth(weights.shape, 0), nth(weights.shape, 1)];
    const values = list(0, () => 0);
    for (let c = 0; c < count; c++) for (let k = 0; k < classes; k++) values.push(nth(weights.values, k * count + c));
    return {
      tensors: { wy: { shape: [count, classes], values }, by },
      nodes: [
        node('MatMul', [features, 'wy'], ['m']),
        node('Add', ['m', 'by'], ['s']),
        node('Softmax', ['s'], ['y'], { axis: -1 }),
      ],
    };
  };
};

/** LeNet-5 as PyTorch exports it: the size of the batch is read for the flattening. */
function lenet(): Body {
  return {
    parts: { inputs: { x: ['batch', 1, 28, 28] }, lists: { rest: [400], front: [0] }, scalars: { zero: 0 } },
    tensors: {
      w1: kernel(6, 1, 5, 5),
      b1: vector(6, -0.2, 0.2),
      w2: kernel(16, 6, 5, 5),
      b2: vector(16, -0.2, 0.2),
      w3: kernel(120, 400),
      b3: vector(120, -0.2, 0.2),
      w4: kernel(84, 120),
      b4: vector(84, -0.2, 0.2),
    },
    nodes: [
      node('Conv', ['x', 'w1', 'b1'], ['c1'], { pads: square(2), kernel_shape: [5, 5] }),
      node('Relu', ['c1'], ['r1']),
      node('AveragePool', ['r1'], ['p1'], { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Conv', ['p1', 'w2', 'b2'], ['c2'], { kernel_shape: [5, 5] }),
      node('Relu', ['c2'], ['r2']),
      node('MaxPool', ['r2'], ['p2'], { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Shape', ['p2'], ['sizes']),
      node('Gather', ['sizes', 'zero'], ['n'], { axis: 0 }),
      node('Unsqueeze', ['n', 'front'], ['n1']),
      node('Concat', ['n1', 'rest'], ['flat'], { axis: 0 }),
      node('Reshape', ['p2', 'flat'], ['f']),
      node('Gemm', ['f', 'w3', 'b3'], ['g3'], { transB: 1 }),
      node('Relu', ['g3'], ['r3']),
      node('Gemm', ['r3', 'w4', 'b4'], ['g4'], { transB: 1 }),
      node('Relu', ['g4'], ['r4']),
    ],
    features: 'r4',
    head: gemm('r4'),
  };
}

/** Depthwise and pointwise layers with batch norms left as they are and ReLU6, one block with a residual. */
function mobilenet(): Body {
  const tensors: Record<string, Tensor> = { low: number(0), six: number(6) };
  const nodes: GraphNode[] = [];
  let from = 'x';
  const conv = (channels: readonly [number, number], k: number, more: Parameters<typeof node>[3], relu = true) => {
    const at = nodes.length;
    const [into, out] = channels;
    const group = (more?.['group'] as number | undefined) ?? 1;
    tensors[`w${at}`] = kernel(out, into / group, k, k);
    for (const [name, low, high] of [
      ['scale', 0.6, 1.4],
      ['shift', -0.1, 0.5],
      ['mean', -0.1, 0.1],
      ['variance', 0.3, 1],
    ] as const)
      tensors[`${name}${at}`] = vector(out, low, high);
    nodes.push(
      node('Conv', [from, `w${at}`], [`c${at}`], { kernel_shape: [k, k], ...more }),
      node('BatchNormalization', [`c${at}`, `scale${at}`, `shift${at}`, `mean${at}`, `variance${at}`], [`n${at}`], {
        epsilon: { kind: 'number', value: 1e-5, whole: false },
      }),
    );
    if (relu) nodes.push(node('Clip', [`n${at}`, 'low', 'six'], [`r${at}`]));
    from = relu ? `r${at}` : `n${at}`;
  };
  conv([1, 8], 3, { strides: [2, 2], pads: square(1) });
  conv([8, 8], 3, { group: 8, pads: square(1) });
  conv([8, 16], 1, {});
  conv([16, 16], 3, { group: 16, strides: [2, 2], pads: square(1) });
  conv([16, 24], 1, {}, false);
  const linear = from;
  conv([24, 48], 1, {});
  conv([48, 48], 3, { group: 48, pads: square(1) });
  conv([48, 24], 1, {}, false);
  nodes.push(node('Add', [linear, from], ['sum']));
  from = 'sum';
  conv([24, 64], 1, {});
  nodes.push(node('GlobalAveragePool', [from], ['g']), node('Flatten', ['g'], ['f']));
  return {
    parts: { inputs: { x: ['batch', 1, 28, 28] } },
    tensors,
    nodes,
    features: 'f',
    head: (w, b) => {
      const { tensors: own, nodes: scores } = gemm('f')(w, b);
      return { tensors: own, nodes: [...scores, node('Softmax', ['y'], ['shares'], { axis: 1 })] };
    },
  };
}

/** Images with their channels last, as tf2onnx exports Keras: transposed around the layers, an average as a mean over axes. */
function keras(): Body {
  return {
    parts: { inputs: { x: ['batch', 28, 28, 1] }, lists: { flat: [-1, 784] } },
    tensors: {
      w1: kernel(8, 1, 3, 3),
      b1: vector(8, -0.2, 0.2),
      w2: kernel(8, 1, 3, 3),
      w3: kernel(16, 8, 1, 1),
      b3: vector(16, -0.2, 0.2),
    },
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [0, 3, 1, 2] }),
      node('Conv', ['t', 'w1', 'b1'], ['c1'], { auto_pad: 'SAME_UPPER', strides: [2, 2], kernel_shape: [3, 3] }),
      node('Relu', ['c1'], ['r1']),
      node('Conv', ['r1', 'w2'], ['c2'], { group: 8, auto_pad: 'SAME_LOWER', kernel_shape: [3, 3] }),
      node('Relu', ['c2'], ['r2']),
      node('Conv', ['r2', 'w3', 'b3'], ['c3'], { auto_pad: 'VALID', kernel_shape: [1, 1] }),
      node('Relu', ['c3'], ['r3']),
      node('MaxPool', ['r3'], ['p3'], { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Transpose', ['p3'], ['back'], { perm: [0, 2, 3, 1] }),
      node('Reshape', ['back', 'flat'], ['f']),
    ],
    features: 'f',
    head: dense('f'),
  };
}

/** The mean of an image with its channels last, and pixels that are still whole numbers. */
function kerasMean(): Body {
  return {
    parts: { inputs: { x: ['batch', 28, 28, 1] }, whole: ['x'] },
    tensors: { by255: number(1 / 255), w1: kernel(24, 1, 5, 5), b1: vector(24, -0.3, 0.3), w2: kernel(48, 24, 3, 3) },
    nodes: [
      node('Cast', ['x'], ['real'], { to: 1 }),
      node('Mul', ['real', 'by255'], ['pixels']),
      node('Transpose', ['pixels'], ['t'], { perm: [0, 3, 1, 2] }),
      node('Conv', ['t', 'w1', 'b1'], ['c1'], { strides: [2, 2], kernel_shape: [5, 5] }),
      node('Relu', ['c1'], ['r1']),
      node('Conv', ['r1', 'w2'], ['c2'], { strides: [2, 2], kernel_shape: [3, 3] }),
      node('Relu', ['c2'], ['r2']),
      node('Transpose', ['r2'], ['back'], { perm: [0, 2, 3, 1] }),
      node('ReduceMean', ['back'], ['f'], { axes: [1, 2], keepdims: 0 }),
    ],
    features: 'f',
    head: dense('f'),
  };
}

const bodies = { lenet, mobilenet, keras, 'keras-mean': kerasMean };
export type Classifier = keyof typeof bodies;
export const classifiers = Object.keys(bodies) as readonly Classifier[];

/** Fitted to these samples, of 10 classes, in the shape of 28 x 28 pixels. */
export function classifierFile(kind: Classifier, samples: Samples): Uint8Array {
  const { parts, tensors, nodes, features, head } = bodies[kind]();
  const body = onnxFile({ ...parts, tensors, nodes, outputs: [features] });
  const graph = read(importGraph(body, kind, { batch: 1 }));
  const run = realRunner(graph, read(graphWeights(graph, body)));
  const shape = graph.tensors.find((t) => t.name === 'x')!.shape!.slice(1);
  const found = read(run(new Map([['x', tensorOf({ ...samples, shape }, 0, samples.count)]]), [features]));
  const { weights, biases } = ridge(found.get(features)!.values, samples.labels, samples.count, 10);
  const own = head(weights, biases);
  return onnxFile({ ...parts, tensors: { ...tensors, ...own.tensors }, nodes: [...nodes, ...own.nodes] });
}

function read<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}

/** Least squares of one for the class and nought for the others, with a penalty on weights; features are centred. */
function ridge(values: Float64Array, labels: ArrayLike<number>, samples: number, classes: number) {
  const count = values.length / samples;
  const means = list(count, () => 0);
  for (const [i, v] of values.entries()) means[i % count]! += v / samples;
  const variance = values.reduce((n, v, i) => n + (v - means[i % count]!) ** 2, 0) / values.length;
  // By samples, of which there are fewer than features may be: (X X' + penalty)^-1 T.
  const row = (i: number) => means.map((mean, c) => values[i * count + c]! - mean);
  const rows = Array.from({ length: samples }, (_, i) => row(i));
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((n, x, c) => n + x * b[c]!, 0);
  const penalty = 0.3 * count * variance;
  const targets = rows.map((_, i) => list(classes, () => 0).map((_z, k) => (labels[i] === k ? 1 : 0) - 1 / classes));
  const kernelRows = rows.map((a, i) => [...rows.map((b, j) => dot(a, b) + (i === j ? penalty : 0)), ...targets[i]!]);
  for (let i = 0; i < samples; i++)
    for (let j = i + 1; j < samples; j++) {
      const by = kernelRows[j]![i]! / kernelRows[i]![i]!;
      for (let c = i; c < samples + classes; c++) kernelRows[j]![c]! -= by * kernelRows[i]![c]!;
    }
  const solved = list(samples, () => 0).map(() => list(classes, () => 0));
  for (let i = samples - 1; i >= 0; i--)
    for (let k = 0; k < classes; k++) {
      let left = kernelRows[i]![samples + k]!;
      for (let j = i + 1; j < samples; j++) left -= kernelRows[i]![j]! * solved[j]![k]!;
      solved[i]![k] = left / kernelRows[i]![i]!;
    }
  const weights: number[] = [];
  const biases: number[] = [];
  for (let k = 0; k < classes; k++) {
    let bias = 1 / classes;
    for (let c = 0; c < count; c++) {
      const w = 8 * rows.reduce((n, r, i) => n + r[c]! * solved[i]![k]!, 0);
      weights.push(w);
      bias -= w * means[c]!;
    }
    biases.push(bias);
  }
  return { weights: { shape: [classes, count], values: weights }, biases: { shape: [classes], values: biases } };
}
