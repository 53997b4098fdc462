// Laws of quantization: factors are the machine's, no input overflows what is told, corrections put averages right, channels made alike
// change no real number, and ONNX Runtime has every word.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { defined, got, nth } from '../../src/base/invariant.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { floatErrors } from '../../src/qdq/float-errors.js';
import { qdqFile } from '../../src/qdq/qdq-file.js';
import { biasCorrected, Corrections } from '../../src/quantize/bias-correction.js';
import { correctedInLanes } from '../../src/quantize/corrected-in-lanes.js';
import { equalizable, equalized } from '../../src/quantize/equalization.js';
import { precisionIn } from '../../src/quantize/quantize-options.js';
import type { QuantizeOptions } from '../../src/quantize/quantize-options.js';
import type { Quantized } from '../../src/quantize/quantized.js';
import { inputLimitOf, wordRangeOf, wordsOf } from '../../src/quantize/quantized.js';
import { calibrated, quantized, quantizedBy } from '../../src/quantize/quantize.js';
import type { Samples } from '../../src/quantize/samples.js';
import { tensorOf } from '../../src/quantize/samples.js';
import { overflows, signedBits, sumRanges } from '../../src/quantize/sum-ranges.js';
import type { GraphIntegers } from '../../src/reference/integer-arithmetic.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { tensorsLeft } from '../../src/reference/given-integers.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import { node, onnxFile } from '../support/onnx.js';
import { expectSame, runOnnx } from '../support/qdq.js';
import { integersOf, readQuantized } from '../support/quantized.js';
import { reals } from '../support/small-network.js';

const pads = [1, 1, 1, 1];
/** Every way between two layers: straight on, depthwise, a pool, a concat, a flattened map; and a residual and an average. */
const file = onnxFile({
  inputs: { x: [1, 2, 8, 8] },
  tensors: {
    w1: reals(6, 2, 3, 3),
    b1: reals(6),
    wd: reals(6, 1, 3, 3),
    wa: reals(4, 6, 1, 1),
    wb: reals(4, 6, 3, 3),
    bb: reals(4),
    wr: reals(8, 8, 3, 3),
    wf: reals(128, 12),
    bf: reals(12),
    wl: reals(5, 12),
  },
  nodes: [
    node('Conv', ['x', 'w1', 'b1'], ['c1'], { pads }),
    node('Relu', ['c1'], ['r1']),
    node('Conv', ['r1', 'wd'], ['cd'], { pads, group: 6 }),
    node('Relu', ['cd'], ['rd']),
    node('MaxPool', ['rd'], ['p'], { kernel_shape: [3, 3], strides: [2, 2], pads }),
    node('Conv', ['p', 'wa'], ['ca']),
    node('Relu', ['ca'], ['ra']),
    node('Conv', ['p', 'wb', 'bb'], ['cb'], { pads }),
    node('Relu', ['cb'], ['rb']),
    node('Concat', ['ra', 'rb'], ['k'], { axis: 1 }),
    node('Conv', ['k', 'wr'], ['cr'], { pads }),
    node('Add', ['cr', 'k'], ['s']),
    node('Relu', ['s'], ['rs']),
    node('AveragePool', ['rs'], ['a'], { kernel_shape: [1, 1] }),
    node('Flatten', ['a'], ['f']),
    node('MatMul', ['f', 'wf'], ['m']),
    node('Add', ['m', 'bf'], ['mb']),
    node('Relu', ['mb'], ['h']),
    node('Gemm', ['h', 'wl'], ['y'], { transB: 1 }),
  ],
});

function valueOf<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}
const graphFor = (batch: number) => importGraph(file, 'net', { batch });
const graph = valueOf(graphFor(1));
const weights = valueOf(graphWeights(graph, file));
const chance = seeded(23);
const count = 60;
const samples: Samples = {
  shape: [2, 8, 8],
  count,
  values: Float64Array.from({ length: 128 * count }, () => Math.fround(chance.next() ** 2)),
  labels: new Array<number>(count).fill(0),
};
const plain: QuantizeOptions = {
  weightBits: 8,
  bits: 8,
  weights: 'mse',
  activations: 'mse',
  granularity: 'channel',
  unsigned: true,
  biasCorrection: true,
  equalize: false,
};
const turn = () => Promise.resolve(true);
const made = async (how: Partial<QuantizeOptions> = {}): Promise<Quantized> =>
  defined(valueOf(await quantized({ graphFor, weights }, samples, { ...plain, ...how }, { turn })));

const ways: readonly Partial<QuantizeOptions>[] = [
  {},
  { unsigned: false },
  { weightBits: 4 },
  { weightBits: 4, bits: 4 },
  { weightBits: 4, bits: 4, equalize: true, granularity: 'tensor' },
  { weightBits: 2, bits: 3 },
  { weightBits: 3, bits: 8, unsigned: false },
  { weightBits: 16, bits: 16 },
  { weightBits: 8, bits: 16, unsigned: false },
  { weightBits: 16, bits: 5 },
  { weightBits: 5, bits: 6, unsigned: false, weights: 'max', activations: 'percentile' },
  {
    layerBits: new Map([
      ['cd', { weightBits: 4, bits: 5 }],
      ['m', { weightBits: 6, bits: 4 }],
    ]),
  },
];

describe.each(ways)('%o', (how) => {
  test('every word by ONNX Runtime, from real numbers on', async () => {
    const own = await made(how);
    const all = valueOf(graphFor(count));
    const bits = Math.max(own.words.bits ?? 8, own.words.weightBits ?? 8);
    const tensorBits = new Map(
      all.tensors.map(({ name }) => [name, own.words.tensorBits?.get(name) ?? own.words.bits ?? 8]),
    );
    const tensors = all.tensors.map((t) => t.name);
    const qdq = valueOf(qdqFile(all, own.integers, { bits, scales: own.scales, tensorBits, tensors }));
    // Beyond all samples too: words end where their bits do.
    const x = tensorOf({ ...samples, values: samples.values.map((v, i) => (i % 7 === 0 ? 3 * v : v)) }, 0, count);
    const theirs = await runOnnx(qdq, new Map([['x', x]]), 'float32');
    const ours = valueOf(runGraph(all, wordsOf(all, own, x), arithmeticOf(own.integers, all))).tensors;
    if (own.words.bits === 16) {
      // Sums are no whole numbers of 32 bits any more: each step by itself, on the words that it had.
      const given = wordsOf(all, own, x);
      const { words, steps, exact } = await expectSame(all, own.integers, given, { bits, off: 'by its errors' });
      expect(words).toBeGreaterThan(count * 500);
      expect(exact).toBeLessThan(steps);
      return;
    }
    const errors = floatErrors(all, own.integers, bits, tensorBits);
    let words = 0;
    for (const [name, { values }] of ours) {
      const found = theirs.get(`${name}.words`);
      if (!found) continue;
      words += values.length;
      if (errors.size === 0) expect(found.values, name).toEqual(values);
      else expect([...found.values.entries()].filter(([i, v]) => v !== values[i]).length, name).toBeLessThan(3);
    }
    expect(words).toBeGreaterThan(count * 500);
  });

  test('factors are those of the machine and of 32-bit numbers, and words of weights the nearest', async () => {
    const { integers, scales, weights: real } = await made({ ...how, biasCorrection: false });
    for (const [i, step] of graph.steps.entries()) {
      const own = integers.steps.get(i);
      for (const { scale, second, shift } of own?.channels ?? []) {
        expect(Math.abs(scale)).toBeLessThan(2 ** 16);
        for (const m of [scale, second]) expect(Math.fround(m / 2 ** shift)).toBe(m / 2 ** shift);
      }
      const out = got(scales, nth(step.outputs, 0));
      const residual = step.epilogue.residual?.tensor;
      if (residual !== undefined) {
        const { second, shift } = nth(defined(own).channels, 0);
        expect(second / 2 ** shift / (got(scales, residual) / out)).toBeCloseTo(1, 12);
      }
      for (const [n, { scale, shift }] of own?.byDivisor ?? [])
        expect((scale / 2 ** shift) * n * out).toBeCloseTo(got(scales, nth(step.inputs, 0)), 12);
      if (step.kind !== 'layer' || step.run.kind !== 'convolution' || step.run.weights.kind !== 'weights') continue;
      const values = got(real, step.run.weights.value);
      const words = got(integers.weights, `${i} ${step.run.weights.value}`).values;
      const top = Math.max(...words.map(Math.abs));
      const each = values.length / defined(own).channels.length;
      for (const [at, w] of words.entries()) {
        const { scale, shift } = nth(defined(own).channels, Math.floor(at / each));
        const unit = ((scale / 2 ** shift) * out) / got(scales, nth(step.inputs, 0));
        const exact = nth(values, at) / unit;
        // Beyond the largest word it is that.
        if (Math.abs(w) < top) expect(Math.abs(exact - w)).toBeLessThanOrEqual(0.5 + 1e-9);
        else expect(Math.abs(exact)).toBeGreaterThanOrEqual(top - 0.5 - 1e-9);
      }
    }
  });

  test('no input overflows what is told, and some input needs every bit of it', async () => {
    const own = await made(how);
    const ranges = sumRanges(graph, own.integers, wordRangeOf(own));
    for (let i = 0; i < 20; i++) {
      const [low, high] = wordRangeOf(own)('x');
      const word = () => (i % 2 === 0 ? (chance.below(2) === 0 ? low : high) : low + chance.below(high - low + 1));
      const x = { shape: [1, 2, 8, 8], values: Float64Array.from({ length: 128 }, word) };
      for (const [step, { min, max }] of sumsOf(own.integers, new Map([['x', x]]))) {
        const told = defined(ranges.find((r) => r.step === step));
        expect(min).toBeGreaterThanOrEqual(told.min);
        expect(max).toBeLessThanOrEqual(told.max);
      }
    }
    // The first layer has any words: those of one output that are worst for it, by the signs of its weights.
    const told = defined(ranges[0]);
    const { shape, values } = got(own.integers.weights, `${told.step} w1`);
    const ends = Array.from({ length: nth(shape, 0) }, (_, k) =>
      [1, -1].map((sign) => {
        const [low, high] = wordRangeOf(own)('x');
        const patch = Float64Array.from({ length: 128 }, (_x, at) => {
          const [c, y, column] = [Math.floor(at / 64), Math.floor(at / 8) % 8, at % 8];
          if (y > 2 || column > 2) return 0;
          return sign * nth(values, ((k * 2 + c) * 3 + y) * 3 + column) > 0 ? high : low;
        });
        return sumsOf(own.integers, new Map([['x', { shape: [1, 2, 8, 8], values: patch }]])).get(told.step);
      }),
    ).flat();
    const reached = { min: Math.min(...ends.map((e) => e!.min)), max: Math.max(...ends.map((e) => e!.max)) };
    expect(signedBits(reached)).toBe(told.bits);
  });
});

/** Sums with their biases and without, of every layer. */
function sumsOf(integers: GraphIntegers, given: ReadonlyMap<string, Numbers>) {
  const found = new Map<number, { min: number; max: number }>();
  const arithmetic = arithmeticOf(integers, graph);
  valueOf(
    runGraph(graph, given, {
      ...arithmetic,
      layer(step, i, sums, residual) {
        const { channels } = got(integers.steps, i);
        const inner = sums.values.length / channels.length;
        const all = [...sums.values].flatMap((v, at) => [v, v + nth(channels, Math.floor(at / inner)).bias]);
        found.set(i, { min: Math.min(...all), max: Math.max(...all) });
        return arithmetic.layer(step, i, sums, residual);
      },
    }),
  );
  return found;
}

test.each(['w8a8', 'w4a4'])(
  'what is written in %s is read as the same words, none of them left in real numbers',
  async (text) => {
    const own = await made(precisionIn(text));
    const bits = new Map(graph.tensors.map(({ name }) => [name, own.words.bits ?? 8]));
    const read = valueOf(
      readQuantized(valueOf(qdqFile(graph, own.integers, { scales: own.scales, tensorBits: bits }))),
    );
    expect(tensorsLeft(read.graph, read.given)).toEqual([]);
    const again = valueOf(integersOf(read));
    expect(again.differences).toEqual([]);
  },
);

test('a spoiled weight that overflows is caught, by the name of its layer', async () => {
  const own = await made();
  const ranges = sumRanges(graph, own.integers, wordRangeOf(own));
  const wide = Math.max(...ranges.map((r) => r.bits));
  expect(overflows(ranges, graph.steps, wide)).toEqual([]);
  const at = graph.steps.findIndex((s) => s.name === 'ca');
  const spoiled = new Map(own.integers.weights);
  const { shape, values } = got(spoiled, `${at} wa`);
  spoiled.set(`${at} wa`, { shape, values: values.map((w, i) => (i === 3 ? 2 ** wide : w)) });
  const after = sumRanges(graph, { ...own.integers, weights: spoiled }, wordRangeOf(own));
  expect(overflows(after, graph.steps, wide)).toEqual([
    expect.stringMatching(/^layer ca has sums from .* bits, more than/),
  ]);
});

test.each(ways)('biases corrected in lanes are those of the reference: %o', async (own) => {
  const how = { ...plain, ...own };
  const by = defined(valueOf(await calibrated({ graphFor, weights }, samples, how, { turn })));
  const { means, graph: many, sample } = defined(by.averages);
  // Without averages nothing is corrected.
  const words = defined(valueOf(await quantizedBy({ ...by, averages: undefined }, how, { turn })));
  const fresh = () => new Corrections(words.integers, words.scales, means);
  const given = wordsOf(many, words, sample);
  const reference = valueOf(biasCorrected(many, fresh(), given));
  const lanes = correctedInLanes(graph, fresh(), given, inputLimitOf(graph, words.words));
  expect(reference.changes.size).toBe(7);
  // Sums of products of 32 bits are too wide for them.
  expect(lanes === undefined).toBe(how.bits + how.weightBits === 32);
  if (!lanes) return;
  expect(lanes.changes).toEqual(reference.changes);
  expect(lanes.integers.steps).toEqual(reference.integers.steps);
});

test('biases put the average of every channel right, up to half a unit of its sums', async () => {
  const own = await made({ weightBits: 4, bits: 4 });
  const all = valueOf(graphFor(count));
  const x = tensorOf(samples, 0, count);
  const means = new Map<string, readonly number[]>();
  const meansOf = (sums: Numbers) => {
    const channels = nth(sums.shape, 1);
    const inner = sums.values.length / count / channels;
    return Array.from({ length: channels }, (_, k) => {
      const own = sums.values.filter((_v, at) => Math.floor(at / inner) % channels === k);
      return own.reduce((n, v) => n + v, 0) / own.length;
    });
  };
  const real = realArithmetic(own.weights);
  valueOf(
    runGraph(all, new Map([['x', x]]), {
      ...real,
      layer(step, i, sums, residual) {
        const { bias } = step.epilogue;
        const by = bias ? got(own.weights, bias.value) : undefined;
        means.set(
          step.name,
          meansOf(sums).map((m, k) => m + (by?.[k] ?? 0)),
        );
        return real.layer(step, i, sums, residual);
      },
    }),
  );
  const words = arithmeticOf(own.integers, all);
  let channels = 0;
  valueOf(
    runGraph(all, wordsOf(all, own, x), {
      ...words,
      layer(step, i, sums, residual) {
        for (const [k, mean] of meansOf(sums).entries()) {
          const { scale, shift, bias } = nth(got(own.integers.steps, i).channels, k);
          const unit = (scale / 2 ** shift) * got(own.scales, nth(step.outputs, 0));
          expect(Math.abs((mean + bias) * unit - nth(got(means, step.name), k))).toBeLessThanOrEqual(0.5 * unit + 1e-9);
          channels++;
        }
        return words.layer(step, i, sums, residual);
      },
    }),
  );
  expect(channels).toBe(6 + 6 + 4 + 4 + 8 + 12 + 5);
});

describe('channels made alike', () => {
  test('behind every layer that layers alone read', () => {
    // What is concatenated is a residual too; what the last layers put out is read by nobody, or added to.
    expect(equalizable(graph).map((p) => p.from.name)).toEqual(['c1', 'cd', 'm']);
  });

  test.each(['channel', 'tensor'] as const)('by %s: no real number changes', (granularity) => {
    const run = (of: NetworkGraph, by: ReadonlyMap<string, Float64Array>) =>
      valueOf(runGraph(of, new Map([['x', tensorOf(samples, 0, 1)]]), realArithmetic(by))).tensors;
    const before = run(graph, weights);
    const sizes = (name: string) => {
      const { shape, values } = got(before, name);
      const inner = values.length / nth(shape, 1);
      return Array.from({ length: nth(shape, 1) }, (_, k) =>
        Math.max(...values.subarray(k * inner, (k + 1) * inner).map(Math.abs)),
      );
    };
    const { weights: after, pairs } = equalized(graph, weights, granularity, sizes);
    expect(pairs).toBe(3);
    const now = run(graph, after);
    let moved = 0;
    for (const [i, v] of got(now, 'y').values.entries()) expect(v).toBeCloseTo(nth(got(before, 'y').values, i), 9);
    for (const name of ['r1', 'rd', 'h'])
      for (const [i, v] of got(now, name).values.entries())
        if (Math.abs(v - nth(got(before, name).values, i)) > 1e-3) moved++;
    expect(moved).toBeGreaterThan(0);
  });
});

test('bits of a layer are those of its weights and of what it reads; others stay', async () => {
  const { words, integers } = await made({ layerBits: new Map([['cd', { weightBits: 4, bits: 5 }]]) });
  expect([...defined(words.tensorBits)]).toEqual([['r1', 5]]);
  const at = graph.steps.findIndex((s) => s.name === 'cd');
  expect(Math.max(...got(integers.weights, `${at} wd`).values.map(Math.abs))).toBeLessThanOrEqual(7);
  expect(got(integers.steps, at - 1).high).toBe(31);
});
