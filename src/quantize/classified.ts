// What real numbers and integers say of some samples: a task of its own, so that shares of many samples are dealt out.

import { got, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import type { RunSamples } from '../lanes/sample-runner.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import type { NoiseSum } from './noise.js';
import { noiseIn } from './noise.js';
import { givenRealRunner } from './given.js';
import type { Quantized } from './quantized.js';
import { realRunner, wordRunner, wordsOf } from './quantized.js';
import type { Samples } from './samples.js';
import { tensorOf } from './samples.js';

/** The same of all shares. */
export interface Question {
  /** None else has it: who works keeps what it has made ready for the question that it had last. */
  readonly key: number;
  /** Of one sample. */
  readonly graph: NetworkGraph;
  readonly weights: RealWeights;
  readonly quantized: Quantized;
}

export interface Share {
  readonly question: Question;
  readonly samples: Samples;
  /** How many of its first samples are measured by all tensors. */
  readonly listened: number;
  /** Whether a sample of this question has run by the reference before, with the same numbers. */
  readonly checked: boolean;
  /** Scores in real numbers where somebody else has made them. */
  readonly scores?: Float64Array | undefined;
}

/** Of each sample: its class, and whether its label is among the first five. */
export interface Judgement {
  readonly guesses: readonly number[];
  readonly inFive: readonly boolean[];
}

export interface Said {
  readonly real: Judgement;
  readonly integer: Judgement;
  /** Of so many samples each (`together`), in order: added up in the order of samples they are the same however shares are cut. */
  readonly noise: readonly (readonly NoiseSum[])[];
}

/** Samples that are run at once: as many as there are lanes of words. */
export const together = 8;

/** Refused where the network cannot be run. */
export function classified(
  { question, samples, listened, checked, scores }: Share,
  progress: (samples: number) => void = () => {},
): Parsed<Said> {
  const { graph, quantized } = question;
  const [input, output] = [nth(graph.inputs, 0), nth(graph.outputs, 0)];
  const { real: runReal, words: runWords, own: runOwn } = runnersOf(question, checked);
  const [real, integer] = [judgement(), judgement()];
  const noise: (readonly NoiseSum[])[] = [];
  for (let at = 0; at < samples.count; at += together) {
    const count = Math.min(together, samples.count - at);
    const x = tensorOf(samples, at, count);
    const wanted = at < listened ? undefined : graph.outputs;
    const given = (numbers: Numbers) => new Map([[input, numbers]]);
    const byReal = scores && wanted ? undefined : runReal(given(x), wanted);
    const byWords = runWords(wordsOf(graph, quantized, x), wanted);
    if (byReal && !byReal.ok) return byReal;
    if (!byWords.ok) return byWords;
    const words = got(byWords.value, output);
    const classes = countOf(words.shape) / count;
    const own =
      scores?.subarray(at * classes, (at + count) * classes) ?? got(byReal?.value ?? noTensors, output).values;
    judge(real, own, classes, samples, at);
    judge(integer, words.values, classes, samples, at);
    if (byReal && !wanted) {
      // Words of channels that were made alike stand for numbers of those.
      const byOwn = quantized.equalized > 0 ? runOwn(given(x)) : byReal;
      if (!byOwn.ok) return byOwn;
      noise.push(noiseIn(byOwn.value, byWords.value, quantized.scales));
    }
    progress(count);
  }
  return parsed({ real, integer, noise });
}

const noTensors: ReadonlyMap<string, Numbers> = new Map();

interface Runners {
  readonly real: RunSamples;
  readonly words: RunSamples;
  /** Real numbers by the weights that the words stand for. */
  readonly own: RunSamples;
}

/** What was made ready last, since shares of one question come one after the other. */
let ready: { readonly key: number; readonly runners: Runners } | undefined;

function runnersOf({ key, graph, weights, quantized }: Question, checked: boolean): Runners {
  if (ready?.key === key) return ready.runners;
  const runners = {
    real: quantized.given
      ? givenRealRunner(graph, weights, quantized.given, checked)
      : realRunner(graph, weights, checked),
    words: wordRunner(graph, quantized, checked),
    own: realRunner(graph, quantized.weights, checked),
  };
  ready = { key, runners };
  return runners;
}

const judgement = () => ({ guesses: [] as number[], inFive: [] as boolean[] });

function judge(
  into: ReturnType<typeof judgement>,
  scores: Float64Array,
  classes: number,
  samples: Samples,
  at: number,
): void {
  for (let i = 0; i * classes < scores.length; i++) {
    const { guess, inFive } = judged(scores.subarray(i * classes, (i + 1) * classes), nth(samples.labels, at + i));
    into.guesses.push(guess);
    into.inFive.push(inFive);
  }
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
