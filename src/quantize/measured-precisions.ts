// What a trained network loses by each of some precisions, and how wide the sums of its own weights are there.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import { accuracyOf } from './accuracy.js';
import type { Accuracy, AccuracyOptions } from './accuracy.js';
import type { Precision, QuantizeOptions } from './quantize-options.js';
import type { Calibrated, Trained } from './quantize.js';
import { quantizedBy } from './quantize.js';
import { wordRangeOf } from './quantized.js';
import type { Samples } from './samples.js';
import { sumRanges } from './sum-ranges.js';

export interface MeasuredPrecision extends Precision {
  /** Of sums that hold those of every layer for all inputs, and a product. */
  readonly accumulatorBits: number;
  readonly accuracy: Pick<Accuracy, 'samples' | 'real' | 'integer' | 'loss'>;
}

/** Labelled samples on which losses are counted. */
export interface Counted {
  readonly samples: Samples;
  /** What real numbers say of them (`realScores`). */
  readonly scores: Float64Array;
}

/** Scales are set by the samples of the calibration, the loss is counted on others; undefined where it was told to end. */
export async function measuredPrecision(
  trained: Trained,
  calibration: Calibrated,
  how: QuantizeOptions,
  { samples, scores }: Counted,
  by: Omit<AccuracyOptions, 'known' | 'floats'>,
): Promise<Parsed<MeasuredPrecision | undefined>> {
  const made = await quantizedBy(calibration, how, by);
  if (!made.ok || !made.value) return made.ok ? parsed(undefined) : made;
  const accuracy = await accuracyOf(trained, made.value, samples, { ...by, known: scores });
  if (!accuracy.ok || !accuracy.value) return accuracy.ok ? parsed(undefined) : accuracy;
  const { weightBits, bits } = how;
  const ranges = sumRanges(calibration.graph, made.value.integers, wordRangeOf(made.value));
  const accumulatorBits = Math.max(weightBits + bits, ...ranges.map((r) => r.bits));
  return parsed({ weightBits, bits, accumulatorBits, accuracy: accuracy.value });
}
