// Law: lanes have the numbers of the reference, every tensor of every sample, whatever samples lie beside it.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { Lanes } from '../../src/lanes/lanes.js';
import { sampleRunner } from '../../src/lanes/sample-runner.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import type { Arithmetic } from '../../src/reference/run-graph.js';
import { runGraph } from '../../src/reference/run-graph.js';
import type { Graph } from '../../src/workloads/onnx/graph.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { randomGraph } from '../support/random-graph.js';

type Sample = ReadonlyMap<string, Numbers>;

/** Samples in packs as large as there are lanes, the last one smaller. */
function expectSame(
  graph: NetworkGraph,
  lanes: Lanes,
  arithmetic: Arithmetic,
  samples: readonly Sample[],
  where: string,
) {
  for (let at = 0; at < samples.length; at += lanes.width) {
    const pack = samples.slice(at, at + lanes.width);
    const inputs = graph.inputs.map((name) => {
      const all = pack.map((s) => s.get(name)!.values);
      return [name, Float64Array.from(all.flatMap((values) => [...values]))] as const;
    });
    lanes.run(new Map(inputs), pack.length);
    for (const [lane, sample] of pack.entries()) {
      const run = runGraph(graph, sample, arithmetic);
      if (!run.ok) throw new Error(JSON.stringify(run.diagnostics));
      expect(lanes.tensors).toEqual([...run.value.tensors.keys()]);
      for (const [name, { values }] of run.value.tensors) {
        const found = new Float64Array(values.length * pack.length);
        lanes.read(name, found, 0);
        for (const [i, v] of values.entries()) {
          const own = found[lane * values.length + i]!;
          if (own !== v && !(Number.isNaN(own) && Number.isNaN(v)))
            throw new Error(`${where}, sample ${at + lane}, ${name}[${i}]: ${own} for ${v}`);
        }
      }
    }
  }
}

const shapeOf = (graph: NetworkGraph, name: string) => graph.tensors.find((t) => t.name === name)!.shape!;

const sampled = (graph: NetworkGraph, count: number, draw: () => number): readonly Sample[] =>
  Array.from(
    { length: count },
    () =>
      new Map(
        graph.inputs.map((name) => {
          const shape = shapeOf(graph, name);
          const size = shape.reduce((n, d) => n * d, 1);
          return [name, { shape, values: Float64Array.from({ length: size }, draw) }] as const;
        }),
      ),
  );

const weightsIn = ({ constants }: Graph) =>
  new Map([...constants].map(([name, { values }]) => [name, Float64Array.from(values!)] as const));

/** Lanes of words with what they compute by, on integers from a seed. */
function drawnLanes(graph: NetworkGraph, seed: number, bits: number, unsigned: boolean) {
  const made = drawnRun(graph, seed, { bits, unsigned: unsigned ? unsignedTensors(graph, bits) : undefined });
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  const { integers } = made.value;
  const [arithmetic, half] = [arithmeticOf(integers, graph), 2 ** (bits - 1)];
  const lanes = Lanes.of(graph, arithmetic, { kind: 'words', integers, inputLimit: half });
  const chance = seeded(seed);
  return { integers, arithmetic, lanes, draw: () => chance.below(2 * half) - half };
}

const first = seedFrom(1);

describe(`random networks, from seed ${first}`, () => {
  test.each([
    [8, false],
    [8, true],
    [4, false],
    [12, true],
  ])('words of %i bits, unsigned %s', (bits, unsigned) => {
    let [steps, byReference] = [0, 0];
    for (let i = 0; i < casesOf('network graphs'); i++) {
      const seed = first + i;
      const graph = graphOf(randomGraph(seed, { host: i % 2 === 0, size: 3 + (i % 15) }));
      const { arithmetic, lanes, draw } = drawnLanes(graph, seed, bits, unsigned);
      if (!lanes) throw new Error(`seed ${seed}: no lanes`);
      expectSame(graph, lanes, arithmetic, sampled(graph, 1 + (i % 11), draw), `seed ${seed}`);
      steps += graph.steps.length;
      byReference += lanes.left.length;
    }
    // Multiplications, and what the host does.
    expect(byReference).toBeLessThan(steps / 4);
  });

  test('real numbers, to the last bit', () => {
    for (let i = 0; i < casesOf('network graphs'); i++) {
      const seed = first + i;
      const file = randomGraph(seed, { host: i % 2 === 0, size: 3 + (i % 15) });
      const graph = graphOf(file);
      const weights = weightsIn(file);
      const arithmetic = realArithmetic(weights);
      const lanes = Lanes.of(graph, arithmetic, { kind: 'reals', weights });
      if (!lanes) throw new Error(`seed ${seed}: no lanes`);
      const chance = seeded(seed);
      const samples = sampled(graph, 1 + (i % 4), () => 4 * chance.next() - 2);
      expectSame(graph, lanes, arithmetic, samples, `seed ${seed}`);
    }
  });
});

function graphIn(parts: FileParts): NetworkGraph {
  const graph = decodeOnnx(onnxFile(parts), 'test');
  if (!graph.ok) throw new Error(JSON.stringify(graph.diagnostics));
  return graphOf(graph.value);
}

const forms: Readonly<Record<string, FileParts>> = {
  'a convolution of a row': {
    inputs: { x: [1, 3, 11] },
    weights: { w: [6, 3, 4], b: [6] },
    nodes: [node('Conv', ['x', 'w', 'b'], ['y'], { pads: [2, 1], strides: [2] })],
  },
  'rows by weights': {
    inputs: { x: [1, 5, 7] },
    weights: { w: [7, 6], b: [6] },
    nodes: [node('MatMul', ['x', 'w'], ['a']), node('Add', ['a', 'b'], ['c']), node('Relu', ['c'], ['y'])],
  },
  'turned weights behind a map': {
    inputs: { x: [1, 2, 3, 3] },
    weights: { w: [9, 18], b: [9] },
    nodes: [node('Flatten', ['x'], ['f']), node('Gemm', ['f', 'w', 'b'], ['y'], { transB: 1 })],
  },
  'two images in one sample, grouped, with a residual': {
    inputs: { x: [2, 6, 5, 4] },
    weights: { w: [6, 2, 3, 3] },
    nodes: [
      node('Conv', ['x', 'w'], ['a'], { group: 3, pads: [1, 1, 1, 1] }),
      node('Add', ['a', 'x'], ['s']),
      node('Relu', ['s'], ['y']),
    ],
  },
  'windows that leave out the border of an image, and one that others see with a wider border': {
    inputs: { x: [1, 4, 9, 9] },
    weights: { w: [5, 4, 1, 1], v: [5, 4, 5, 5] },
    nodes: [
      node('Relu', ['x'], ['r']),
      node('Conv', ['r', 'w'], ['a'], { strides: [2, 2] }),
      node('Conv', ['r', 'v'], ['b'], { pads: [2, 2, 2, 2], strides: [2, 2] }),
      node('Add', ['a', 'b'], ['s']),
      node('MaxPool', ['s'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] }),
    ],
  },
};

describe.each(Object.entries(forms))('%s', (_, parts) => {
  const graph = graphIn(parts);
  test.each([false, true])('all of it in lanes, unsigned %s', (unsigned) => {
    const { arithmetic, lanes, draw } = drawnLanes(graph, 7, 8, unsigned);
    expect(lanes?.left).toEqual([]);
    if (lanes) expectSame(graph, lanes, arithmetic, sampled(graph, 9, draw), 'form');
  });
});

describe('where words might not be exact', () => {
  const graph = graphIn({
    inputs: { x: [1, 64, 3, 3] },
    weights: { w: [4, 64, 3, 3] },
    nodes: [node('Conv', ['x', 'w'], ['y'])],
  });
  const [name] = graph.inputs;
  const { integers, draw } = drawnLanes(graph, 3, 8, false);
  const key = [...integers.weights.keys()][0]!;
  /** All weights alike. */
  const withWeights = (value: number) => {
    const { shape, values } = integers.weights.get(key)!;
    return { ...integers, weights: new Map([[key, { shape, values: values.map(() => value) }]]) };
  };

  test.each([
    // 576 products of 2^7 by w stay below 2^31 up to w = 29,127.
    [29_127, []],
    [29_128, [0]],
    // Beyond 16 bits.
    [40_000, [0]],
  ])('weights of %i', (value, left) => {
    const spoiled = withWeights(value);
    const arithmetic = arithmeticOf(spoiled, graph);
    const lanes = Lanes.of(graph, arithmetic, { kind: 'words', integers: spoiled, inputLimit: 128 });
    expect(lanes?.left).toEqual(left);
    if (lanes) expectSame(graph, lanes, arithmetic, sampled(graph, 3, draw), `weights of ${value}`);
    const most = sampled(graph, 1, () => -128);
    if (lanes) expectSame(graph, lanes, arithmetic, most, 'the largest sums');
  });

  test('words of more than 16 bits have no lanes, nor have raw sums', () => {
    const wide = drawnLanes(graph, 3, 17, false);
    expect(wide.lanes).toBeUndefined();
    const raw = { ...integers, steps: new Map([[0, { ...integers.steps.get(0)!, raw: 24 }]]) };
    const lanes = Lanes.of(graph, arithmeticOf(raw, graph), { kind: 'words', integers: raw, inputLimit: 128 });
    expect(lanes).toBeUndefined();
  });

  test('the runner says the same by the reference', () => {
    const run = sampleRunner(graph, arithmeticOf(integers, graph), { kind: 'words', integers, inputLimit: 128 });
    const slow = sampleRunner(graph, arithmeticOf(integers, graph), { kind: 'words', integers, inputLimit: 2 ** 20 });
    const shape = [5, 64, 3, 3];
    const values = Float64Array.from({ length: 5 * 576 }, draw);
    const inputs = new Map([[name!, { shape, values }]]);
    expect(run(inputs)).toEqual(slow(inputs));
    expect(run(inputs, graph.outputs)).toEqual(slow(inputs, graph.outputs));
  });

  test('numbers that are not those of the reference are found in the first sample', () => {
    const other = arithmeticOf(withWeights(3), graph);
    const run = sampleRunner(graph, other, { kind: 'words', integers, inputLimit: 128 });
    const x = { shape: [1, 64, 3, 3], values: new Float64Array(576).fill(1) };
    // Lanes and reference are told the same weights by their arithmetic: scales differ.
    const spoiled = { ...integers, steps: new Map([[0, { ...integers.steps.get(0)!, low: 5, high: 5 }]]) };
    const wrong = sampleRunner(graph, other, { kind: 'words', integers: spoiled, inputLimit: 128 });
    expect(run(new Map([[name!, x]])).ok).toBe(true);
    expect(() => wrong(new Map([[name!, x]]))).toThrow(/lanes have 5 for -?\d+ of the reference in y of test/);
  });
});
