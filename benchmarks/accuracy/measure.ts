// Samples through a classifier in several ways, in turns: what each says of them, and the processor time that it takes.

import * as ort from 'onnxruntime-web/wasm';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { defined, got, nth } from '../../src/base/invariant.js';
import type { RunSamples } from '../../src/lanes/sample-runner.js';
import { sampleRunner } from '../../src/lanes/sample-runner.js';
import { qdqFile } from '../../src/qdq/qdq-file.js';
import { calibrated, quantised } from '../../src/reference/calibrate.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import { countOf } from '../../src/reference/numbers.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';

ort.env.wasm.numThreads = 1;

/** One sample after the other, as they enter the network. */
export interface Data {
  readonly values: Float64Array;
  readonly labels: readonly number[];
}

export interface WayResult {
  readonly way: string;
  readonly samples: number;
  /** Processor milliseconds for each sample, the median of all rounds. */
  readonly milliseconds: number;
  /** Of the samples that it ran. */
  readonly right: number;
  /** Samples of which it says another class than the way that it is held against. */
  readonly others: number;
}

export interface NetworkResult {
  readonly network: string;
  readonly macs: number;
  readonly ways: readonly WayResult[];
}

interface Way {
  readonly name: string;
  /** Held against this one, which is before it. */
  readonly against?: string;
  /** Not all samples, where it is slow. */
  readonly most: number;
  /** Scores of so many samples. */
  readonly run: (values: Float64Array, count: number) => Promise<Float64Array>;
}

function made<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Samples that ONNX Runtime, and we, are given at a time: its time per sample falls up to here and no further. */
const batch = 200;

export async function measured(
  network: string,
  bytes: Uint8Array,
  calibration: Data,
  { values, labels }: Data,
  { rounds, slow }: { readonly rounds: number; readonly slow: number },
): Promise<NetworkResult> {
  const graph = made(importGraph(bytes, network, { batch: 1 }));
  const weights = made(graphWeights(graph, bytes));
  const [input, output] = [nth(graph.inputs, 0), nth(graph.outputs, 0)];
  const shape = defined(graph.tensors.find((t) => t.name === input)?.shape);
  const each = countOf(shape);
  const tensor = (of: Float64Array, count: number) => ({ shape: [count, ...shape.slice(1)], values: of });
  const some = Math.min(calibration.labels.length, batch);
  const wide = made(importGraph(bytes, network, { batch: some }));
  const sample = new Map([[input, tensor(calibration.values.subarray(0, some * each), some)]]);
  const { integers, scales } = made(calibrated(wide, weights, sample));
  const words = (of: Float64Array, count: number) => quantised(tensor(of, count), got(scales, input));

  const [exact, real] = [arithmeticOf(integers, graph), realArithmetic(weights)];
  const inLanes =
    (run: RunSamples, isWords: boolean): Way['run'] =>
    (of, count) => {
      const x = isWords ? words(of, count) : tensor(of, count);
      return Promise.resolve(got(made(run(new Map([[input, x]]), [output])), output).values);
    };
  const byReference =
    (isWords: boolean): Way['run'] =>
    (of, count) => {
      const g = count === some ? wide : made(importGraph(bytes, network, { batch: count }));
      const x = isWords ? words(of, count) : tensor(of, count);
      const run = made(runGraph(g, new Map([[input, x]]), isWords ? exact : real));
      return Promise.resolve(got(run.tensors, output).values);
    };
  const sessions: ort.InferenceSession[] = [];
  const byRuntime = async (file: Uint8Array, graphOptimizationLevel: 'all' | 'disabled'): Promise<Way['run']> => {
    const options = { executionProviders: ['wasm'], graphOptimizationLevel, logSeverityLevel: 3 };
    const session = await ort.InferenceSession.create(file, options);
    sessions.push(session);
    return async (of, count) => {
      const x = new ort.Tensor('float32', Float32Array.from(of), [count, ...shape.slice(1)]);
      return Float64Array.from(got(new Map(Object.entries(await session.run({ [input]: x }))), output).data);
    };
  };
  // Of so many samples at a time: a file of integers has its sizes in it.
  const qdq = made(qdqFile(made(importGraph(bytes, network, { batch })), integers, { scales }));
  const runReal = sampleRunner(graph, real, { kind: 'reals', weights });
  const runWords = sampleRunner(graph, exact, { kind: 'words', integers, inputLimit: 128 });
  const all = labels.length;
  /** The last one is filled up with samples of nothing. */
  const batchAt = (at: number): Float64Array => {
    const of = new Float64Array(batch * each);
    of.set(values.subarray(at * each, Math.min(all, at + batch) * each));
    return of;
  };
  const ways: readonly Way[] = [
    { name: 'real numbers, lanes', most: all, run: inLanes(runReal, false) },
    {
      name: 'real numbers, reference',
      against: 'real numbers, lanes',
      most: Math.min(slow, all),
      run: byReference(false),
    },
    {
      name: 'real numbers, ONNX Runtime',
      against: 'real numbers, lanes',
      most: all,
      run: await byRuntime(bytes, 'all'),
    },
    { name: 'integers, lanes', most: all, run: inLanes(runWords, true) },
    { name: 'integers, reference', against: 'integers, lanes', most: Math.min(slow, all), run: byReference(true) },
    { name: 'integers (QDQ), ONNX Runtime', against: 'integers, lanes', most: all, run: await byRuntime(qdq, 'all') },
    {
      name: 'integers (QDQ), ONNX Runtime without optimisation',
      against: 'integers, lanes',
      most: all,
      run: await byRuntime(qdq, 'disabled'),
    },
  ];
  const guesses = new Map<string, readonly number[]>();
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++)
    for (const { name, most, run } of ways) {
      const found: number[] = [];
      // What is compiled and laid out when it is first asked for is no part of it.
      await run(batchAt(0), batch);
      const began = process.cpuUsage();
      for (let at = 0; at < most; at += batch) {
        const scores = await run(batchAt(at), batch);
        const classes = scores.length / batch;
        for (let i = 0; i < Math.min(batch, most - at); i++)
          found.push(largest(scores.subarray(i * classes, (i + 1) * classes)));
      }
      const { user, system } = process.cpuUsage(began);
      times.set(name, [...(times.get(name) ?? []), (user + system) / 1000 / found.length]);
      guesses.set(name, found);
    }
  for (const session of sessions) await session.release();
  return {
    network,
    macs: graph.steps.reduce((n, s) => n + (s.kind === 'layer' ? macsOf(s.layers) : 0), 0),
    ways: ways.map(({ name, against }) => {
      const own = got(guesses, name);
      const others = against === undefined ? [] : got(guesses, against);
      return {
        way: name,
        samples: own.length,
        milliseconds: median(got(times, name)),
        right: own.filter((guess, i) => guess === labels[i]).length,
        others: against === undefined ? 0 : own.filter((guess, i) => guess !== others[i]).length,
      };
    }),
  };
}

const macsOf = (layers: readonly { readonly layer: { readonly bounds: Readonly<Record<string, number>> } }[]) =>
  layers.reduce((n, { layer }) => n + Object.values(layer.bounds).reduce((m, d) => m * d, 1), 0);

const largest = (scores: Float64Array) => scores.reduce((best, s, i) => (s > nth(scores, best) ? i : best), 0);

const median = (of: readonly number[]) =>
  nth(
    [...of].sort((a, b) => a - b),
    Math.floor(of.length / 2),
  );
