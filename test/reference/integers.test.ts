// The integers of steps, held against the formula element by element, and against what is known of networks.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import type { StepIntegers } from '../../src/reference/integer-arithmetic.js';
import { arithmeticOf, ratioOf, rescaled, weightKey } from '../../src/reference/integer-arithmetic.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { runGraph } from '../../src/reference/run-graph.js';
import type { LayerStep } from '../../src/model/workload/network-graph.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graphOf } from '../support/graphs.js';
import { node, onnxFile } from '../support/onnx.js';
import { randomGraph } from '../support/random-graph.js';

/** The nearest whole number to n / 2^shift, halves to the even one. */
function nearest(n: bigint, shift: number): bigint {
  const unit = 1n << BigInt(shift);
  const floor = n >= 0n ? n / unit : -((-n + unit - 1n) / unit);
  const twice = 2n * (n - floor * unit);
  return twice > unit || (twice === unit && floor % 2n !== 0n) ? floor + 1n : floor;
}

describe('rescaling', () => {
  test.each([
    // 5 / 2 and 7 / 2 lie between whole numbers; the even ones are 2 and 4, and so below zero.
    [5, 1, 0, 0, 1, 2],
    [7, 1, 0, 0, 1, 4],
    [-5, 1, 0, 0, 1, -2],
    [-7, 1, 0, 0, 1, -4],
    // (10 x 3 + 2 x 5) / 16 = 2.5
    [10, 3, 2, 5, 4, 2],
    [1, 1, 0, 0, 0, 1],
  ])('(%i x %i + %i x %i) / 2^%i is %i', (a, scale, b, second, shift, expected) => {
    expect(rescaled(a, scale, b, second, shift)).toBe(expected);
  });

  test('is exact for sums of up to 45 bits', () => {
    const chance = seeded(seedFrom(3));
    for (let i = 0; i < 2000; i++) {
      const a = Math.floor((chance.next() - 0.5) * 2 ** (5 + chance.below(41)));
      const [scale, b, second] = [chance.below(65536), chance.below(256) - 128, chance.below(2 ** 20) - 2 ** 19];
      const shift = chance.below(40);
      const exact = nearest(BigInt(a) * BigInt(scale) + BigInt(b) * BigInt(second), shift);
      expect(rescaled(a, scale, b, second, shift)).toBe(Number(exact));
    }
  });

  test('a factor keeps 16 bits', () => {
    for (const factor of [1, 0.4, 1 / 3, 1e-6, -0.7, 40_000]) {
      const { scale, shift } = ratioOf(factor);
      expect(Math.abs(scale / 2 ** shift / factor - 1)).toBeLessThan(2 ** -16);
    }
  });
});

/** A convolution's words, one by one, in exact arithmetic. */
function checkConvolution(
  step: LayerStep,
  { channels, low, high }: StepIntegers,
  image: Numbers,
  weights: Numbers,
  residual: Numbers | undefined,
  found: Numbers,
): void {
  const { layer } = step.layers[0]!;
  const { N, G, K, C, P, Q, R, S } = layer.bounds;
  if (step.run.kind !== 'convolution') return;
  const { padding } = step.run;
  const [height, width] = image.shape.slice(2) as [number, number];
  const pool = step.epilogue.pool ?? { P: 1, Q: 1 };
  const [rows, columns] = found.shape.slice(2) as [number, number];
  const word = (n: number, k: number, q: number, p: number) => {
    let sum = 0n;
    for (let c = 0; c < C; c++)
      for (let s = 0; s < S; s++)
        for (let r = 0; r < R; r++) {
          const y = q * layer.stride.Q + s * layer.dilation.S - padding.top;
          const x = p * layer.stride.P + r * layer.dilation.R - padding.left;
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          const at = ((n * G * C + Math.floor(k / K) * C + c) * height + y) * width + x;
          sum += BigInt(image.values[at]!) * BigInt(weights.values[((k * C + c) * S + s) * R + r]!);
        }
    const { bias, scale, shift, second } = channels[k]!;
    const other = residual ? BigInt(residual.values[((n * G * K + k) * Q + q) * P + p]!) : 0n;
    const y = Number(nearest((sum + BigInt(bias)) * BigInt(scale) + other * BigInt(second), shift));
    return Math.min(high, Math.max(low, y));
  };
  for (let n = 0; n < N; n++)
    for (let k = 0; k < G * K; k++)
      for (let q = 0; q < rows; q++)
        for (let p = 0; p < columns; p++) {
          let expected = -Infinity;
          for (let j = 0; j < pool.Q; j++)
            for (let i = 0; i < pool.P; i++) expected = Math.max(expected, word(n, k, q * pool.Q + j, p * pool.P + i));
          expect(found.values[((n * G * K + k) * rows + q) * columns + p], step.name).toBe(expected);
        }
}

const seed = seedFrom(1);
test(`drawn networks: every word of every convolution by the formula, from seed ${seed}`, () => {
  let [convolutions, words, different] = [0, 0, 0];
  for (let i = 0; i < casesOf('network graphs'); i++) {
    const g = graphOf(randomGraph(seed + i, { host: false, size: 4 + (i % 12) }));
    const unsigned = i % 2 === 0 ? undefined : unsignedTensors(g, 8);
    const drawn = drawnRun(g, seed + i, { unsigned });
    if (!drawn.ok) throw new Error(JSON.stringify(drawn.diagnostics));
    const { integers, inputs, run } = drawn.value;
    // All integers known, the run is the same.
    const again = runGraph(g, inputs, arithmeticOf(integers, g));
    expect(again.ok && again.value.tensors).toEqual(run.tensors);
    for (const [name, { values }] of run.tensors) {
      const [min, max] = unsigned?.has(name) ? [0, 255] : [-128, 127];
      for (const v of values) expect(Number.isInteger(v) && v >= min && v <= max).toBe(true);
      words += values.length;
      different += new Set(values).size;
    }
    for (const [at, step] of g.steps.entries()) {
      if (step.kind !== 'layer' || step.run.kind !== 'convolution' || step.run.weights.kind !== 'weights') continue;
      const [image, found] = [run.tensors.get(step.inputs[0]!), run.tensors.get(step.outputs[0]!)];
      const { residual } = step.epilogue;
      if (!image || !found) continue;
      const weights = integers.weights.get(weightKey(at, step.run.weights))!;
      const other = residual && run.tensors.get(residual.tensor);
      checkConvolution(step, integers.steps.get(at)!, image, weights, other, found);
      convolutions++;
    }
  }
  expect(convolutions).toBeGreaterThan(60);
  // Not all of it is zero or the largest number.
  expect(different / words).toBeGreaterThan(0.02);
});

const graphIn = (parts: Parameters<typeof onnxFile>[0]) => {
  const graph = decodeOnnx(onnxFile(parts), 'test');
  if (!graph.ok) throw new Error('malformed');
  return graphOf(graph.value);
};

describe('what cannot be run is said', () => {
  const g = graphIn({
    inputs: { x: [1, 2, 4, 4] },
    weights: { w: [3, 2, 3, 3] },
    nodes: [node('Conv', ['x', 'w'], ['a']), node('Softmax', ['a'], ['s']), node('Relu', ['s'], ['y'])],
  });
  const unknown: typeof g = {
    ...g,
    steps: g.steps.map((s) => (s.kind === 'host' ? { ...s, work: undefined } : s)),
  };
  const empty = arithmeticOf({ steps: new Map(), weights: new Map() }, g);
  const words = (shape: readonly number[]) => ({ shape, values: new Float64Array(shape.reduce((n, d) => n * d, 1)) });

  test('work that nobody knows is listed, with all that waits for it', () => {
    const drawn = drawnRun(unknown, 1);
    expect(drawn.ok && drawn.value.run.notRun).toEqual([
      { step: 1, why: 'Softmax in this form is known to neither machine nor host' },
      { step: 2, why: 'waits for s: Softmax in this form is known to neither machine nor host' },
    ]);
  });

  test.each([
    [new Map(), 'x is missing: an input of test, [1, 2, 4, 4]'],
    [new Map([['x', words([1, 2, 4, 5])]]), 'x has the shape [1, 2, 4, 5]; expected [1, 2, 4, 4]'],
    [new Map([['x', words([1, 2, 4, 4])]]), 'w [3, 2, 3, 3] of step a has no numbers'],
  ])('%#', (given, message) => {
    const run = runGraph(g, given, empty);
    expect(run.ok ? [] : run.diagnostics.map((d) => d.message)).toContain(message);
  });
});
