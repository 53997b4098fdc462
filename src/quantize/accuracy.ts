// Accuracy of a classifier in real numbers and in the machine's integers, on the same labelled samples.
//
// Every sample goes through the network twice: by the definitions in real numbers, as it was trained, and in words, as the machine
// computes. Both have the numbers of `reference`, in lanes; no batch and no order changes what either says of a sample.

import { defined, got, nth } from '../base/invariant.js';
import type { Work } from '../base/in-order.js';
import { inOrder } from '../base/in-order.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { macs } from '../model/workload/layer.js';
import { layersOf } from '../model/workload/network-graph.js';
import { runHere } from '../pool/here.js';
import type { Runner } from '../pool/tasks.js';
import { countOf } from '../reference/numbers.js';
import type { Said } from './classified.js';
import { together } from './classified.js';
import type { Noise } from './noise.js';
import { noiseOf } from './noise.js';
import type { PairedLoss } from './paired-loss.js';
import { flipsOf, pairedLoss } from './paired-loss.js';
import type { Trained, Turns } from './quantize.js';
import { batch, fitting, listened } from './quantize.js';
import type { QuantizeTasks } from './quantize-tasks.js';
import { quantizeTasks } from './quantize-tasks.js';
import type { Quantized } from './quantized.js';
import { realRunner } from './quantized.js';
import type { Samples } from './samples.js';
import { someOf, tensorOf } from './samples.js';
import type { RuntimeScores } from './runtime-scores.js';

/** How often a network is right: at first, and among its first five. */
export interface Score {
  readonly first: number;
  readonly five: number;
}

/** Samples of a class that were taken for another. */
export interface Confusion {
  readonly label: number;
  readonly guess: number;
  readonly samples: number;
}

/** How often a classifier is right in real numbers and in integers, on the same samples, and where they differ. */
export interface Accuracy {
  readonly samples: number;
  readonly classes: number;
  /** Shares of the samples that real numbers get right, 0 to 1. */
  readonly real: Score;
  /** Likewise of the integers. */
  readonly integer: Score;
  /** Of the integers against real numbers. */
  readonly loss: PairedLoss;
  /** Of the integers, the most frequent first. */
  readonly confusions: readonly Confusion[];
  /** In the order of the network. */
  readonly noise: readonly Noise[];
  /** By places of samples: what integers say, and real numbers. */
  readonly guesses: readonly number[];
  readonly realGuesses: readonly number[];
}

export interface AccuracyOptions extends Turns {
  /** Who runs shares of the samples, as many at a time as it is wide; this thread unless it says otherwise. */
  readonly runner?: Runner<QuantizeTasks>;
  /** Who says the scores of real numbers in place of magnet. */
  readonly floats?: Pick<RuntimeScores, 'run'> | undefined;
  /** Scores of real numbers that are known: those of every sample, one after the other. Noise is not measured then. */
  readonly known?: Float64Array | undefined;
}

/** Scores in real numbers of every sample, one after the other: the same for all words. Undefined where it was told to end. */
export async function realScores(
  { graphFor, weights }: Trained,
  samples: Samples,
  { turn }: Turns,
): Promise<Parsed<Float64Array | undefined>> {
  const graph = classifierOf(graphFor(1), samples);
  if (!graph.ok) return graph;
  const [input, output] = [nth(graph.value.inputs, 0), nth(graph.value.outputs, 0)];
  const run = realRunner(graph.value, weights);
  const parts: Float64Array[] = [];
  for (let at = 0; at < samples.count; at += batch) {
    if (!(await turn('classifying'))) return parsed(undefined);
    const x = tensorOf(samples, at, Math.min(batch, samples.count - at));
    const found = run(new Map([[input, x]]), [output]);
    if (!found.ok) return found;
    parts.push(got(found.value, output).values);
  }
  const all = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return parsed(all);
}

/**
 * Labelled samples through a classifier, in real numbers and in integers; the same answer whoever runs how many at a time.
 * Undefined where it was told to end; refused where samples or labels do not fit.
 */
export async function accuracyOf(
  { graphFor, weights }: Trained,
  quantized: Quantized,
  samples: Samples,
  { turn, runner = runHere(quantizeTasks), floats, known }: AccuracyOptions,
): Promise<Parsed<Accuracy | undefined>> {
  const made = classifierOf(graphFor(1), samples);
  if (!made.ok) return made;
  const graph = made.value;
  const classes = countOf(defined(graph.tensors.find((t) => t.name === graph.outputs[0])?.shape));
  const wrong = Array.from({ length: samples.count }, (_, i) => i).find((i) => nth(samples.labels, i) >= classes);
  if (wrong !== undefined)
    return refuse(
      'out-of-range',
      [],
      `sample ${wrong} has the label ${nth(samples.labels, wrong)}; ${graph.name} tells ${classes} classes apart, 0 to ${classes - 1}`,
    );
  const question = { key: ++questions, graph, weights, quantized };
  const said: Said[] = [];
  let stopped: Parsed<undefined> | undefined;
  const size = shareOf(graph, samples.count, runner.width);
  let next = 0;
  const take = (): Work | undefined => {
    if (next >= samples.count) return undefined;
    const at = next;
    next += size;
    return async () => {
      if (!(await turn('classifying'))) return () => void (stopped ??= parsed(undefined));
      const own = someOf(samples, at, size);
      const scores = floats && (await floats.run(own.values, own.count));
      if (scores && !scores.ok) return () => void (stopped ??= scores);
      const share = {
        question,
        samples: { ...own, values: own.values.slice() },
        listened: known ? 0 : Math.max(0, listened - at),
        checked: at > 0,
        scores: known?.slice(at * classes, (at + own.count) * classes) ?? scores?.value,
      };
      const found = await runner.run('classify', share);
      return () => {
        if (found.ok) said.push(found.value);
        else stopped ??= found;
      };
    };
  };
  await inOrder(runner.width, take, () => stopped !== undefined);
  return stopped ?? parsed(summary(samples, classes, said));
}

/** Of this thread. */
let questions = 0;

/** Multiply-accumulates between turns, about half a second of work; and samples at most. */
const workOfShare = 2e9;
const largestShare = 1000;

/** Samples that are dealt out at a time: a few shares for everybody, of whole packs of lanes. */
export function shareOf({ steps }: Pick<NetworkGraph, 'steps'>, count: number, width: number): number {
  const few = Math.min(largestShare, workOfShare / Math.max(1, macsIn({ steps })), count / (3 * Math.max(1, width)));
  return Math.max(1, Math.ceil(few / together)) * together;
}

/** Of one run. */
export const macsIn = ({ steps }: Pick<NetworkGraph, 'steps'>): number =>
  layersOf({ steps }).reduce((n, { layer, count }) => n + count * macs(layer), 0);

function summary(samples: Samples, classes: number, said: readonly Said[]): Accuracy {
  const both = (['real', 'integer'] as const).map((kind) => {
    const guesses = said.flatMap((s) => s[kind].guesses);
    const right = guesses.map((guess, i) => guess === samples.labels[i]);
    const five = said.flatMap((s) => s[kind].inFive).filter(Boolean).length;
    const score = { first: right.filter(Boolean).length / samples.count, five: five / samples.count };
    return { guesses, right, score };
  });
  const [real, integer] = [nth(both, 0), nth(both, 1)];
  return {
    samples: samples.count,
    classes,
    real: real.score,
    integer: integer.score,
    loss: pairedLoss(flipsOf(real.right, integer.right)),
    confusions: confusionsOf(samples.labels, integer.guesses),
    noise: noiseOf(said.flatMap((x) => x.noise.flat())),
    guesses: integer.guesses,
    realGuesses: real.guesses,
  };
}

/** Refused where samples do not fit, or what comes out is not a score of each class. */
export function classifierOf(read: Parsed<NetworkGraph>, samples: Samples): Parsed<NetworkGraph> {
  const graph = fitting(read, samples);
  if (!graph.ok) return graph;
  const { name, outputs, tensors } = graph.value;
  if (outputs.length !== 1)
    return refuse(
      'no-classifier',
      [],
      `${name} has ${outputs.length} outputs (${outputs.join(', ')}); expected one, the scores of the classes`,
    );
  const last = tensors.find((t) => t.name === outputs[0])?.shape;
  if (!last || last[0] !== 1 || countOf(last) < 2 || last.slice(2).some((d) => d !== 1))
    return refuse(
      'no-classifier',
      [],
      `${name} puts out [${last?.join(', ') ?? ''}]; expected a row of scores for each sample: cut off what stands behind them`,
    );
  return graph;
}

function confusionsOf(labels: ArrayLike<number>, guesses: readonly number[]): readonly Confusion[] {
  const counts = new Map<string, { label: number; guess: number; samples: number }>();
  for (const [i, guess] of guesses.entries()) {
    const label = nth(labels as readonly number[], i);
    if (guess === label) continue;
    const known = counts.get(`${label} ${guess}`) ?? { label, guess, samples: 0 };
    known.samples++;
    counts.set(`${label} ${guess}`, known);
  }
  return [...counts.values()].sort((x, y) => y.samples - x.samples || x.label - y.label || x.guess - y.guess);
}
