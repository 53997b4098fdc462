// Law: accuracy does not depend on who runs how many samples at a time, nor on who is done first.

import { describe, expect, test } from 'vitest';
import { parsed, refuse } from '../../src/base/diagnostics.js';
import { seeded } from '../../src/base/random.js';
import type { Runner } from '../../src/pool/tasks.js';
import type { Accuracy } from '../../src/quantize/accuracy.js';
import { accuracyOf, shareOf } from '../../src/quantize/accuracy.js';
import type { Trained } from '../../src/quantize/quantize.js';
import { quantized } from '../../src/quantize/quantize.js';
import { classified } from '../../src/quantize/classified.js';
import type { QuantizeTasks } from '../../src/quantize/quantize-tasks.js';
import type { Samples } from '../../src/quantize/samples.js';
import { someOf, tensorOf } from '../../src/quantize/samples.js';
import { sampleRunner } from '../../src/lanes/sample-runner.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import { onnxFile } from '../support/onnx.js';
import { parts } from '../support/small-network.js';

const file = onnxFile(parts);
const read = importGraph(file, 'net', { batch: 1 });
const numbers = read.ok && graphWeights(read.value, file);
if (!read.ok || !numbers || !numbers.ok) throw new Error('not read');
const graph = read.value;
const weights = numbers.value;
const classifier: Trained = { graphFor: (batch) => importGraph(file, 'net', { batch }), weights };

const chance = seeded(11);
const count = 250;
const samples: Samples = {
  shape: [1, 6, 6],
  count,
  values: Float64Array.from({ length: 36 * count }, () => chance.next()),
  labels: Array.from({ length: count }, () => chance.below(3)),
};
const turn = () => Promise.resolve(true);
const how = {
  weightBits: 4,
  bits: 4,
  weights: 'mse',
  activations: 'mse',
  granularity: 'channel',
  unsigned: false,
  biasCorrection: true,
  equalize: true,
} as const;

async function calibration() {
  const made = await quantized(classifier, someOf(samples, 0, 50), how, { turn });
  if (!made.ok || !made.value) throw new Error('not calibrated');
  return made.value;
}
const accuracy = async (of: Samples, options: Partial<Parameters<typeof accuracyOf>[3]> = {}): Promise<Accuracy> => {
  const found = await accuracyOf(classifier, await calibration(), of, { turn, ...options });
  if (!found.ok || !found.value) throw new Error('no accuracy');
  return found.value;
};

/** Answers in some other order than it was asked. */
const late = (width: number): Runner<QuantizeTasks> => ({
  width,
  async run(_, input) {
    await new Promise((done) => setTimeout(done, chance.below(20)));
    return structuredClone(classified(structuredClone(input))) as never;
  },
  close: () => Promise.resolve(),
});

test.each([1, 2, 3, 7])('%i at a time', async (width) => {
  expect(await accuracy(samples, { runner: late(width) })).toEqual(await accuracy(samples));
});

test('each sample alone', async () => {
  const all = await accuracy(samples);
  for (const at of [0, 7, 8, 100, 249]) {
    const alone = await accuracy(someOf(samples, at, 1));
    expect(alone.guesses).toEqual([all.guesses[at]]);
  }
});

test('shares are whole packs of lanes, a few for each, and no longer than a turn may take', () => {
  expect(shareOf(graph, 10_000, 1)).toBe(1000);
  expect(shareOf(graph, 240, 2)).toBe(40);
  expect(shareOf(graph, 1, 8)).toBe(8);
  const large = { steps: graph.steps.flatMap((s) => Array.from({ length: 1_000_000 }, () => s)) };
  expect(shareOf(large, 10_000, 1)).toBe(8);
});

describe('scores of real numbers from somebody else', () => {
  const own = sampleRunner(graph, realArithmetic(weights), { kind: 'reals', weights });
  const floats = (change: (v: number) => number) => ({
    run: (values: Float64Array, some: number) => {
      const x = tensorOf({ ...samples, values, count: some }, 0, some);
      const run = own(new Map([['x', x]]), graph.outputs);
      return Promise.resolve(run.ok ? parsed(run.value.get('y')!.values.map(change)) : run);
    },
  });

  test('that are the same say the same', async () => {
    expect(await accuracy(samples, { floats: floats((v) => v), runner: late(3) })).toEqual(await accuracy(samples));
  });

  test('count in place of ours, and integers stay what they are', async () => {
    const [plain, other] = [await accuracy(samples), await accuracy(samples, { floats: floats((v) => -v) })];
    expect(other.real).not.toEqual(plain.real);
    expect([other.integer, other.guesses, other.noise]).toEqual([plain.integer, plain.guesses, plain.noise]);
  });

  test('that cannot be made end it with their sentence', async () => {
    const none = { run: () => Promise.resolve(refuse('failed', [], 'out of order')) };
    const found = await accuracyOf(classifier, await calibration(), samples, { turn, floats: none });
    expect(!found.ok && found.diagnostics.map((d) => d.message)).toEqual(['out of order']);
  });
});

test('ends where it is told to, and for a network of two samples at a time', async () => {
  let turns = 0;
  const twice = () => Promise.resolve(++turns < 2);
  const ended = await accuracyOf(classifier, await calibration(), samples, { turn: twice });
  expect(ended).toEqual(parsed(undefined));
  const two = { ...classifier, graphFor: () => importGraph(file, 'net', { batch: 2 }) };
  const found = await accuracyOf(two, await calibration(), samples, { turn });
  expect(!found.ok && found.diagnostics[0]?.message).toMatch(/takes \[2, 1, 6, 6\], 2 samples at a time; expected one/);
});
