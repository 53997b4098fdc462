// Accuracy of a classifier in real numbers and in the machine's integers, on the same labelled samples.
//
// Every sample goes through the network twice: by the definitions in real numbers, as it was trained, and in words, as the machine
// computes. Both have the numbers of `reference`, in lanes; no batch and no order changes what either says of a sample.

import { defined, nth } from '../base/invariant.js';
import type { Work } from '../base/in-order.js';
import { inOrder } from '../base/in-order.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { macs } from '../model/workload/layer.js';
import { layersOf } from '../model/workload/network-graph.js';
import { unsignedTensors } from '../model/workload/unsigned-tensors.js';
import { runHere } from '../pool/here.js';
import type { Runner } from '../pool/tasks.js';
import type { Calibration } from '../reference/calibrate.js';
import { integersBy } from '../reference/calibrate.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import { sampleRunner } from '../lanes/sample-runner.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { realArithmetic } from '../reference/real-arithmetic.js';
import type { Said } from './classified.js';
import { together } from './classified.js';
import { clippedSize, Observed } from './observed.js';
import type { PairedLoss } from './paired-loss.js';
import { flipsOf, pairedLoss } from './paired-loss.js';
import type { QuantizeTasks } from './quantize-tasks.js';
import { quantizeTasks } from './quantize-tasks.js';
import type { Samples } from './samples.js';
import { someOf, tensorOf } from './samples.js';
import type { RuntimeScores } from './runtime-scores.js';
import type { ClipMethod } from './sizes.js';

export interface QuantizeOptions {
  /** Of weights, and of activations. */
  readonly weightBits: number;
  readonly bits: number;
  /** How the largest weight of each channel is chosen, and the largest number of each tensor. */
  readonly weights: ClipMethod;
  readonly activations: ClipMethod;
  /** Whether tensors that are never negative have words from 0 on. */
  readonly unsigned: boolean;
}

/** A network as it is read for some batch, and the numbers of its weights. */
export interface Classifier {
  readonly graphFor: (batch: number) => Parsed<NetworkGraph>;
  readonly weights: RealWeights;
}

/** How often a network is right: at first, and among its first five. */
export interface Score {
  readonly first: number;
  readonly five: number;
}

/** Signal to noise of a tensor in words: squares of its real numbers over squares of what words are off by, in dB. */
export interface Noise {
  readonly tensor: string;
  readonly decibels: number;
}

/** Samples of a class that were taken for another. */
export interface Confusion {
  readonly label: number;
  readonly guess: number;
  readonly samples: number;
}

export interface Accuracy {
  readonly samples: number;
  readonly classes: number;
  readonly real: Score;
  readonly integer: Score;
  readonly loss: PairedLoss;
  /** Of the integers, the most frequent first. */
  readonly confusions: readonly Confusion[];
  /** In the order of the network. */
  readonly noise: readonly Noise[];
  /** By places of samples: what integers say. */
  readonly guesses: readonly number[];
}

/** What is gone on with between batches. */
export interface Turns {
  /** Before each batch: lets others have their turn; false where it is to end. */
  readonly turn: (doing: 'calibrating' | 'classifying') => Promise<boolean>;
}

/** Samples from one turn of others to the next; packs of lanes are whole. */
export const batch = 40;
/** Samples by which noise is measured: every tensor of each in both kinds of numbers. */
const listened = 200;

/** Scales of all tensors from samples, and the integers that follow; undefined where it was told to end. */
export async function quantized(
  { graphFor, weights }: Classifier,
  samples: Samples,
  how: QuantizeOptions,
  { turn }: Turns,
): Promise<Parsed<Calibration | undefined>> {
  const one = classifierOf(graphFor(1), samples);
  if (!one.ok) return one;
  if (samples.count === 0) return refuse('empty', [], 'no samples to set scales by; expected at least one');
  const observed = new Observed(one.value);
  const run = sampleRunner(one.value, realArithmetic(weights), { kind: 'reals', weights });
  for (let at = 0; at < samples.count; at += batch) {
    if (!(await turn('calibrating'))) return parsed(undefined);
    const tensors = run(inputOf(one.value, tensorOf(samples, at, Math.min(batch, samples.count - at))));
    if (!tensors.ok) return tensors;
    observed.add(tensors.value);
  }
  const unsigned = how.unsigned ? unsignedTensors(one.value, how.bits) : undefined;
  const options = {
    bits: how.bits,
    weightBits: how.weightBits,
    unsigned,
    clipWeights: (values: Float64Array, top: number) => clippedSize(values, how.weights, top),
  };
  const scales = observed.scales(how.activations, options);
  return parsed({ scales, integers: integersBy(one.value, weights, scales, options) });
}

export interface AccuracyOptions extends Turns {
  /** Who runs shares of the samples, as many at a time as it is wide; this thread unless it says otherwise. */
  readonly runner?: Runner<QuantizeTasks>;
  /** Who says the scores of real numbers in place of magnet. */
  readonly floats?: Pick<RuntimeScores, 'run'> | undefined;
}

/** Undefined where it was told to end. Whoever runs how many samples at a time, the answer is the same. */
export async function accuracyOf(
  { graphFor, weights }: Classifier,
  calibration: Calibration,
  bits: number,
  samples: Samples,
  { turn, runner = runHere(quantizeTasks), floats }: AccuracyOptions,
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
  const question = { key: ++questions, graph, weights, calibration, bits };
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
        listened: Math.max(0, listened - at),
        checked: at > 0,
        scores: scores?.value,
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
  const noise = new Map<string, { signal: number; noise: number }>();
  for (const sum of said.flatMap((s) => s.noise.flat())) {
    const known = noise.get(sum.tensor) ?? { signal: 0, noise: 0 };
    noise.set(sum.tensor, { signal: known.signal + sum.signal, noise: known.noise + sum.noise });
  }
  return {
    samples: samples.count,
    classes,
    real: real.score,
    integer: integer.score,
    loss: pairedLoss(flipsOf(real.right, integer.right)),
    confusions: confusionsOf(samples.labels, integer.guesses),
    noise: [...noise].map(([tensor, { signal, noise: off }]) => ({ tensor, decibels: 10 * Math.log10(signal / off) })),
    guesses: integer.guesses,
  };
}

const inputOf = (graph: NetworkGraph, x: Numbers): ReadonlyMap<string, Numbers> => new Map([[nth(graph.inputs, 0), x]]);

/** Refused where samples do not fit, or what comes out is not a score of each class. */
function classifierOf(graph: Parsed<NetworkGraph>, samples: Samples): Parsed<NetworkGraph> {
  if (!graph.ok) return graph;
  const { name, inputs, outputs, tensors } = graph.value;
  const shapeOf = (tensor: string) => tensors.find((t) => t.name === tensor)?.shape;
  if (inputs.length !== 1 || outputs.length !== 1)
    return refuse(
      'no-classifier',
      [],
      `${name} has ${inputs.length} inputs and ${outputs.length} outputs; expected one input and one output, the scores of the classes`,
    );
  const [first, last] = [shapeOf(nth(inputs, 0)), shapeOf(nth(outputs, 0))];
  if (first && first[0] !== 1)
    return refuse(
      'wrong-shape',
      [],
      `${name} takes [${first.join(', ')}], ${first[0] ?? 0} samples at a time; ` +
        'expected one: export it with a first axis of 1, or a named one',
    );
  if (!first || countOf(first.slice(1)) !== countOf(samples.shape))
    return refuse(
      'wrong-shape',
      [],
      `samples are of ${countOf(samples.shape)} numbers; ${name} takes ` +
        (first ? `[${first.slice(1).join(', ')}], ${countOf(first.slice(1))} numbers` : 'an input of no known shape'),
    );
  if (!last || last[0] !== first[0] || countOf(last) / nth(last, 0) < 2 || last.slice(2).some((d) => d !== 1))
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
