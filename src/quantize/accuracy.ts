// Accuracy of a classifier in real numbers and in the machine's integers, on the same labelled samples.
//
// Every sample goes through the network twice: by the definitions in real numbers, as it was trained, and in words, as the machine
// computes. Both have the numbers of `reference`, in lanes; no batch and no order changes what either says of a sample.

import { got, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { unsignedTensors } from '../model/workload/unsigned-tensors.js';
import type { Calibration } from '../reference/calibrate.js';
import { integersBy, quantised } from '../reference/calibrate.js';
import { arithmeticOf } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { RunSamples } from '../lanes/sample-runner.js';
import { sampleRunner } from '../lanes/sample-runner.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { realArithmetic } from '../reference/real-arithmetic.js';
import { clippedSize, Observed } from './observed.js';
import type { PairedLoss } from './paired-loss.js';
import { flipsOf, pairedLoss } from './paired-loss.js';
import type { Samples } from './samples.js';
import { tensorOf } from './samples.js';
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

/** Undefined where it was told to end. */
export async function accuracyOf(
  { graphFor, weights }: Classifier,
  { integers, scales }: Calibration,
  bits: number,
  samples: Samples,
  { turn }: Turns,
): Promise<Parsed<Accuracy | undefined>> {
  const real = { right: [] as boolean[], five: 0 };
  const integer = { right: [] as boolean[], five: 0 };
  const guesses: number[] = [];
  const noise = new Map<string, { signal: number; noise: number }>();
  let classes = 0;
  const made = classifierOf(graphFor(1), samples);
  if (!made.ok) return made;
  const graph = made.value;
  const runReal = sampleRunner(graph, realArithmetic(weights), { kind: 'reals', weights });
  const numbering = { kind: 'words', integers, inputLimit: 2 ** bits } as const;
  const runWords = sampleRunner(graph, arithmeticOf(integers, graph), numbering);
  for (let at = 0; at < samples.count; at += batch) {
    if (!(await turn('classifying'))) return parsed(undefined);
    const count = Math.min(batch, samples.count - at);
    const input = tensorOf(samples, at, count);
    const words = quantised(input, got(scales, nth(graph.inputs, 0)), bits);
    const both: readonly (readonly [typeof real, Numbers, RunSamples])[] = [
      [real, input, runReal],
      [integer, words, runWords],
    ];
    const runs: ReadonlyMap<string, Numbers>[] = [];
    for (const [score, x, run] of both) {
      const tensors = run(inputOf(graph, x), at < listened ? undefined : graph.outputs);
      if (!tensors.ok) return tensors;
      runs.push(tensors.value);
      const output = got(tensors.value, nth(graph.outputs, 0));
      classes = countOf(output.shape) / count;
      for (let i = 0; i < count; i++) {
        const label = nth(samples.labels, at + i);
        if (label >= classes)
          return refuse(
            'out-of-range',
            [],
            `sample ${at + i} has the label ${label}; ${graph.name} tells ${classes} classes apart, 0 to ${classes - 1}`,
          );
        const { guess, inFive } = judged(output.values.subarray(i * classes, (i + 1) * classes), label);
        score.right.push(guess === label);
        if (inFive) score.five++;
        if (score === integer) guesses.push(guess);
      }
    }
    if (at < listened) listen(noise, nth(runs, 0), nth(runs, 1), scales);
  }
  const share = ({ right, five }: typeof real): Score => ({
    first: right.filter(Boolean).length / samples.count,
    five: five / samples.count,
  });
  return parsed({
    samples: samples.count,
    classes,
    real: share(real),
    integer: share(integer),
    loss: pairedLoss(flipsOf(real.right, integer.right)),
    confusions: confusionsOf(samples.labels, guesses),
    noise: [...noise].map(([tensor, { signal, noise: off }]) => ({ tensor, decibels: 10 * Math.log10(signal / off) })),
    guesses,
  });
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

/** The class of the largest score, the first of those that are equal; and whether the label is among the first five so. */
export function judged(scores: Float64Array, label: number): { readonly guess: number; readonly inFive: boolean } {
  const own = nth(scores, label);
  let guess = 0;
  let before = 0;
  for (const [k, score] of scores.entries()) {
    if (score > nth(scores, guess)) guess = k;
    if (score > own || (score === own && k < label)) before++;
  }
  return { guess, inFive: before < 5 };
}

function listen(
  into: Map<string, { signal: number; noise: number }>,
  real: ReadonlyMap<string, Numbers>,
  words: ReadonlyMap<string, Numbers>,
  scales: ReadonlyMap<string, number>,
): void {
  for (const [tensor, { values }] of real) {
    const own = words.get(tensor);
    const scale = scales.get(tensor);
    if (!own || scale === undefined) continue;
    const sum = into.get(tensor) ?? { signal: 0, noise: 0 };
    for (const [i, v] of values.entries()) {
      sum.signal += v * v;
      sum.noise += (v - scale * nth(own.values, i)) ** 2;
    }
    into.set(tensor, sum);
  }
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
