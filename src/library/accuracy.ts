// A classifier in real numbers and in the machine's integers on labelled samples, as `magnet accuracy` measures it.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Accuracy, AccuracyOptions } from '../quantize/accuracy.js';
import { accuracyOf, classifierOf, shareOf } from '../quantize/accuracy.js';
import type { GivenQuantized } from '../quantize/given.js';
import { givenQuantized } from '../quantize/given.js';
import type { Normalisation } from '../quantize/normalise.js';
import { verdictOn } from '../quantize/paired-loss.js';
import type { QuantizeOptions } from '../quantize/quantize-options.js';
import type { Trained, Turns } from '../quantize/quantize.js';
import { quantized, turnsOf } from '../quantize/quantize.js';
import type { Quantized } from '../quantize/quantized.js';
import type { RuntimeScores } from '../quantize/runtime-scores.js';
import type { Samples } from '../quantize/samples.js';
import type { AccuracyResult } from '../results/accuracy-result.js';
import { accuracySchema } from '../results/accuracy-result.js';
import { missedOf } from './missed-samples.js';
import { quantizationOf } from './quantization-of.js';

/** What `measureAccuracy` is asked. */
export interface AccuracyQuestion {
  /** As the user calls it. */
  readonly network: string;
  readonly trained: Trained;
  /** The samples that are classified and where they are from, the place of the first in its file, and names of classes. */
  readonly counted: Samples;
  readonly data: string;
  readonly first: number;
  readonly names: readonly string[] | undefined;
  /** Those that set the scales, and where they are from: none of a file that says all scales itself. */
  readonly calibration: Samples | undefined;
  readonly calibrate: string | undefined;
  readonly how: QuantizeOptions;
  /** The share of samples that may be lost, where the result is to tell whether it is kept. */
  readonly maxLoss?: number | undefined;
  /** So many samples that integers get wrong, as pictures. */
  readonly pictures?: { readonly count: number; readonly normal: Normalisation } | undefined;
}

export type MeasureOptions = AccuracyOptions & { readonly floats?: RuntimeScores | undefined };

/** Refused where samples of either kind do not fit, or what comes out is not a score of each class. */
export function classifierFor(
  graph: Parsed<NetworkGraph>,
  counted: Samples,
  calibration: Samples | undefined,
): Parsed<NetworkGraph> {
  const fits = classifierOf(graph, counted);
  return fits.ok && calibration ? classifierOf(graph, calibration) : fits;
}

/** How often `measureAccuracy` asks for a turn, at most, where samples are classified so many shares at a time. */
export function accuracyTurns({ trained, counted, calibration, how }: AccuracyQuestion, width = 1): number {
  const graph = trained.graphFor(1);
  const shares = graph.ok ? Math.ceil(counted.count / shareOf(graph.value, counted.count, width)) : 0;
  return turnsOf(calibration?.count ?? 0, how) + shares;
}

/** Undefined where it was told to end. */
export async function measureAccuracy(
  question: AccuracyQuestion,
  by: MeasureOptions,
): Promise<Parsed<AccuracyResult | undefined>> {
  const made = await wordsFor(question, by);
  if (!made.ok || !made.value) return made.ok ? parsed(undefined) : made;
  const found = await accuracyOf(question.trained, made.value, question.counted, by);
  if (!found.ok || !found.value) return found.ok ? parsed(undefined) : found;
  const result = resultOf(question, found.value, by.floats?.name);
  return parsed({ ...result, quantization: asFound(result, made.value) });
}

/** By the file where it is quantized, by samples otherwise. */
async function wordsFor({ trained, calibration, how }: AccuracyQuestion, turns: Turns) {
  if (trained.given) return givenQuantized(trained, trained.given, calibration, turns);
  return calibration ? quantized(trained, calibration, how, turns) : parsed(undefined);
}

/** Of a file that says its words itself: what they are, and whether they are the machine's. */
function asFound({ quantization }: AccuracyResult, made: Quantized | GivenQuantized): AccuracyResult['quantization'] {
  if (!('differences' in made)) return quantization;
  const { bits = 8, unsigned } = made.words;
  return {
    ...(quantization.calibrate !== undefined && { calibrate: quantization.calibrate }),
    samples: quantization.samples,
    weightBits: bits,
    activationBits: bits,
    weights: 'given',
    activations: 'given',
    unsigned: (unsigned?.size ?? 0) > 0,
    given: { exact: made.differences.length === 0, differences: made.differences },
  };
}

function resultOf(
  { network, data, calibrate, first, names, counted, calibration, how, maxLoss, pictures }: AccuracyQuestion,
  found: Accuracy,
  float: string | undefined,
): AccuracyResult {
  const { samples, classes, real, integer, confusions, noise } = found;
  const { loss, low, high, lost, won, p } = found.loss;
  const verdict = maxLoss === undefined ? undefined : verdictOn(found.loss, maxLoss);
  return {
    schema: accuracySchema,
    network,
    data: { file: data, first, samples, classes, ...(names && { names: [...names] }) },
    quantization: {
      ...(calibrate !== undefined && { calibrate }),
      samples: calibration?.count ?? 0,
      ...quantizationOf(how),
    },
    ...(float !== undefined && { float }),
    real,
    integer,
    loss: { loss, low, high, lost, won, p },
    ...(verdict &&
      maxLoss !== undefined && {
        verdict: {
          limit: maxLoss,
          status: verdict.status,
          ...(verdict.status === 'undecided' && Number.isFinite(verdict.samples) && { samples: verdict.samples }),
        },
      }),
    confusions: [...confusions],
    ...(pictures && { missed: missedOf(counted, found, { first, ...pictures }) }),
    noise: noise.map(({ tensor, decibels }) => ({ tensor, ...(Number.isFinite(decibels) && { decibels }) })),
  };
}
