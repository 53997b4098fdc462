// Unsigned words: which tensors have them, that no number of theirs is negative, and that words stand nearer to the numbers.

import { describe, expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { seeded } from '../../src/base/random.js';
import { neverNegative } from '../../src/model/workload/never-negative.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { calibrated, quantised } from '../../src/reference/calibrate.js';
import { watchSums } from '../../src/reference/held-sums.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}
const graphIn = (parts: FileParts) => graphOf(got(decodeOnnx(onnxFile(parts), 'test')));

/** A random network with its numbers, and a sample of numbers from -4 to 4. */
function drawn(seed: number, size: number) {
  const file = randomGraph(seed, { host: seed % 2 === 0, size });
  const { name, shape = [] } = file.inputs[0]!;
  const sizes = shape.map((d) => (typeof d === 'number' ? d : 1));
  const chance = seeded(seed);
  const values = Float64Array.from({ length: sizes.reduce((n, d) => n * d, 1) }, () => 8 * chance.next() - 4);
  const weights = new Map([...file.constants].map(([key, { values: v }]) => [key, Float64Array.from(v!)] as const));
  return { graph: graphOf(file), weights, sample: new Map([[name, { shape: sizes, values }]]) };
}

const first = seedFrom(1);
test(`what is never negative is not, in random networks from seed ${first}`, () => {
  let [never, numbers] = [0, 0];
  for (let i = 0; i < casesOf('network graphs'); i++) {
    const { graph, weights, sample } = drawn(first + i, 4 + (i % 17));
    const { tensors } = got(runGraph(graph, sample, realArithmetic(weights)));
    const found = neverNegative(graph);
    for (const [name, { values }] of tensors) {
      const least = values.reduce((n, v) => Math.min(n, v), Infinity);
      if (!found.has(name)) continue;
      expect(least, `seed ${first + i}, ${name}`).toBeGreaterThanOrEqual(0);
      never++;
      numbers += values.length;
    }
    for (const step of graph.steps)
      if (step.epilogue.clip?.low === 0) expect(found.has(step.outputs[0]!), step.name).toBe(true);
  }
  expect(never).toBeGreaterThan(50);
  expect(numbers).toBeGreaterThan(1000);
});

test(`unsigned words are nearer to the real numbers, on average from seed ${first}`, () => {
  const errors = { signed: 0, unsigned: 0, networks: 0, nearer: 0 };
  for (let i = 0; i < casesOf('network graphs'); i++) {
    const { graph, weights, sample } = drawn(first + i, 4 + (i % 12));
    const unsigned = unsignedTensors(graph, 8);
    if (unsigned.size === 0) continue;
    const real = got(runGraph(graph, sample, realArithmetic(weights))).tensors;
    const errorOf = (held: ReadonlySet<string> | undefined): number => {
      const { integers, scales } = got(calibrated(graph, weights, sample, { unsigned: held }));
      const words = new Map([...sample].map(([name, x]) => [name, quantised(x, scales.get(name)!)]));
      const run = got(runGraph(graph, words, arithmeticOf(integers, graph)));
      // Of the tensors in question, beside the largest number of each.
      const all = [...unsigned].flatMap((name) => {
        const [wanted, found, scale] = [real.get(name), run.tensors.get(name), scales.get(name)!];
        if (!wanted || !found) return [];
        const largest = wanted.values.reduce((n, v) => Math.max(n, v), 1e-9);
        return [...wanted.values].map((v, at) => ((found.values[at]! * scale - v) / largest) ** 2);
      });
      return Math.sqrt(all.reduce((n, e) => n + e, 0) / Math.max(1, all.length));
    };
    const [signed, own] = [errorOf(undefined), errorOf(unsigned)];
    errors.signed += signed;
    errors.unsigned += own;
    errors.networks++;
    if (own < signed) errors.nearer++;
  }
  console.log(
    `${errors.networks} networks, ${errors.nearer} of them nearer: errors in all ` +
      `${errors.signed.toFixed(3)} signed, ${errors.unsigned.toFixed(3)} unsigned`,
  );
  expect(errors.networks).toBeGreaterThan(10);
  expect(errors.unsigned).toBeLessThan(errors.signed);
});

const image = { x: [1, 4, 6, 6] } as const;
const relu = (from: string, to: string) => node('Relu', [from], [to]);
const conv = (from: string, weights: string, to: string) => node('Conv', [from, weights], [to]);
const weights = { w: [4, 4, 1, 1], v: [4, 4, 1, 1] };

describe('which tensors', () => {
  const cases: Readonly<Record<string, readonly [parts: Omit<FileParts, 'inputs'>, unsigned: readonly string[]]>> = {
    'behind a ReLU, not its products': [
      { weights, nodes: [conv('x', 'w', 'a'), relu('a', 'b'), conv('b', 'v', 'y')] },
      ['b'],
    ],
    'an average, a maximum and a flattening of such': [
      {
        weights,
        nodes: [
          conv('x', 'w', 'a'),
          relu('a', 'b'),
          node('AveragePool', ['b'], ['c'], { kernel_shape: [2, 2] }),
          node('MaxPool', ['c'], ['d'], { kernel_shape: [3, 3] }),
          node('Flatten', ['d'], ['y']),
        ],
      },
      ['b', 'c', 'd', 'y'],
    ],
    'a concat with what has a sign: none of it': [
      { weights, nodes: [conv('x', 'w', 'a'), relu('a', 'b'), node('Concat', ['b', 'x'], ['y'], { axis: 1 })] },
      [],
    ],
    'a maximum before the ReLU that it takes in': [
      {
        weights,
        nodes: [conv('x', 'w', 'a'), node('MaxPool', ['a'], ['m'], { kernel_shape: [3, 3] }), relu('m', 'y')],
      },
      [],
    ],
    'a sum and a product of such, not a difference': [
      {
        weights,
        nodes: [
          relu('x', 'a'),
          node('Sigmoid', ['x'], ['b']),
          node('Add', ['a', 'b'], ['c']),
          node('Mul', ['a', 'c'], ['d']),
          node('Sub', ['d', 'c'], ['e']),
          conv('e', 'w', 'y'),
        ],
      },
      ['a', 'b', 'c', 'd'],
    ],
    'not what is multiplied by a tensor as weights': [
      {
        nodes: [
          relu('x', 'a'),
          node('Abs', ['x'], ['b']),
          node('Transpose', ['b'], ['t'], { perm: [0, 1, 3, 2] }),
          node('MatMul', ['a', 't'], ['c']),
          relu('c', 'y'),
        ],
      },
      ['y'],
    ],
  };
  test.each(Object.entries(cases))('%s', (_, [parts, expected]) => {
    const graph = graphIn({ inputs: image, ...parts });
    expect([...unsignedTensors(graph, 8)].sort()).toEqual([...expected].sort());
  });

  test('operands of a multiplication have a sign in words of 16 bits', () => {
    const both = [relu('x', 'a'), node('Sigmoid', ['x'], ['b']), node('Mul', ['a', 'b'], ['c']), conv('c', 'w', 'y')];
    const graph = graphIn({ inputs: image, weights, nodes: both });
    expect([...unsignedTensors(graph, 15)].sort()).toEqual(['a', 'b', 'c']);
    expect([...unsignedTensors(graph, 16)]).toEqual(['c']);
  });
});

test('a maximum of sums needs room for those of stored words', () => {
  const shape = [1, 4, 6, 6];
  const graph = graphIn({
    inputs: image,
    weights,
    nodes: [
      relu('x', 'a'),
      conv('a', 'w', 'b'),
      node('MaxPool', ['b'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] }),
    ],
  });
  const unsigned = unsignedTensors(graph, 8);
  expect([...unsigned]).toEqual(['a']);
  const real = new Map([
    ['w', new Float64Array(16).fill(1)],
    ['v', new Float64Array(16)],
  ]);
  const zero = new Map([['x', { shape, values: new Float64Array(144) }]]);
  const { integers } = got(calibrated(graph, real, zero, { unsigned }));
  const faultsOf = (sumBits: number) => {
    const watch = watchSums({ sumBits, bits: 8, unsigned }, '');
    got(runGraph(graph, zero, watch.watched(arithmeticOf(integers, graph), integers.steps)));
    return watch.faults().map((d) => d.message);
  };
  // Of four channels the words -128 times 127.
  expect(faultsOf(17)).toEqual([]);
  expect(faultsOf(16)).toHaveLength(1);
  expect(faultsOf(16)[0]).toContain(`sums up to ${4 * 128 * 127}`);
});
