// A quantized network on samples that set none of its scales: what it loses, and whether ONNX Runtime has the same words.

import * as ort from 'onnxruntime-web/wasm';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { defined, got, nth } from '../../src/base/invariant.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { floatErrors } from '../../src/qdq/float-errors.js';
import { qdqFile } from '../../src/qdq/qdq-file.js';
import { accuracyOf } from '../../src/quantize/accuracy.js';
import type { PairedLoss } from '../../src/quantize/paired-loss.js';
import { flipsOf, pairedLoss } from '../../src/quantize/paired-loss.js';
import type { QuantizeOptions } from '../../src/quantize/quantize-options.js';
import type { Quantized } from '../../src/quantize/quantized.js';
import { wordRunner, wordsOf } from '../../src/quantize/quantized.js';
import { quantized } from '../../src/quantize/quantize.js';
import type { Samples } from '../../src/quantize/samples.js';
import { someOf, tensorOf } from '../../src/quantize/samples.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';

ort.env.wasm.numThreads = 1;

/** Of ONNX Runtime's own static quantization: which class each sample is taken for (`static.py`). */
export type Guesses = readonly number[];

export interface Row {
  readonly network: string;
  readonly bits: string;
  readonly samples: number;
  /** Shares of samples that are right. */
  readonly real: number;
  readonly integer: number;
  readonly loss: PairedLoss;
  /** The other's share, and what is lost by taking ours instead of it. */
  readonly other?: { readonly right: number; readonly loss: PairedLoss };
  /** Of so many samples by ONNX Runtime, its optimizations off. */
  readonly words: { readonly samples: number; readonly compared: number; readonly differing: number };
  /** Layers that 32-bit real numbers compute exactly for every input, and all. */
  readonly layers: { readonly exact: number; readonly all: number };
}

function valueOf<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}
const turn = () => Promise.resolve(true);

export interface Case {
  readonly network: string;
  readonly file: Uint8Array;
  readonly calibration: Samples;
  readonly test: Samples;
}

/** `run` of them go through ONNX Runtime. */
export async function studied(
  { network, file, calibration, test }: Case,
  how: QuantizeOptions,
  run: number,
  others?: Guesses,
): Promise<Row> {
  const graphFor = (batch: number) => importGraph(file, network, { batch });
  const weights = valueOf(graphWeights(valueOf(graphFor(1)), file));
  const trained = { graphFor, weights };
  const made = defined(valueOf(await quantized(trained, calibration, how, { turn })));
  const found = defined(valueOf(await accuracyOf(trained, made, test, { turn })));
  const graph = valueOf(graphFor(run));
  const { bits, errors } = bitsAndErrors(graph, made);
  const layers = [...graph.steps.entries()].filter(([, s]) => s.kind === 'layer');
  const right = (guesses: Guesses) => guesses.map((g, i) => g === test.labels[i]);
  return {
    network,
    bits: `w${how.weightBits}a${how.bits}`,
    samples: found.samples,
    real: found.real.first,
    integer: found.integer.first,
    loss: found.loss,
    ...(others && {
      other: {
        right: right(others).filter(Boolean).length / test.count,
        loss: pairedLoss(flipsOf(right(others), right(found.guesses))),
      },
    }),
    words: await wordsAgainst(graph, valueOf(graphFor(1)), made, bits, someOf(test, 0, run)),
    layers: { exact: layers.filter(([i]) => !errors.has(i)).length, all: layers.length },
  };
}

function bitsAndErrors(graph: NetworkGraph, { words, integers }: Quantized) {
  const bits = Math.max(words.bits ?? 8, words.weightBits ?? 8);
  const all = new Map(graph.tensors.map(({ name }) => [name, words.tensorBits?.get(name) ?? words.bits ?? 8]));
  return { bits, errors: floatErrors(graph, integers, bits, all) };
}

/** Every word of every tensor, from the real numbers of the samples on. */
async function wordsAgainst(
  graph: NetworkGraph,
  one: NetworkGraph,
  made: Quantized,
  bits: number,
  samples: Samples,
): Promise<Row['words']> {
  const tensors = graph.tensors.map((t) => t.name);
  const all = new Map(tensors.map((name) => [name, made.words.tensorBits?.get(name) ?? made.words.bits ?? 8]));
  const file = valueOf(qdqFile(graph, made.integers, { bits, scales: made.scales, tensorBits: all, tensors }));
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const x = tensorOf(samples, 0, samples.count);
  const input = nth(graph.inputs, 0);
  const theirs = await session.run({ [input]: new ort.Tensor('float32', Float32Array.from(x.values), [...x.shape]) });
  await session.release();
  const ours = valueOf(wordRunner(one, made)(wordsOf(one, made, x)));
  let [compared, differing] = [0, 0];
  for (const name of tensors) {
    // Ends of the network are real numbers there: their words times what one stands for.
    const known = theirs[`${name}.words`];
    const scale = known ? 1 : Math.fround(got(made.scales, name));
    const own = ours.get(name);
    const values = (known ?? theirs[name])?.data;
    if (!own || !values) continue;
    compared += own.values.length;
    for (const [at, word] of own.values.entries()) if (Math.fround(word * scale) !== Number(values[at])) differing++;
  }
  return { samples: samples.count, compared, differing };
}
