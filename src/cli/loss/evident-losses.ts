// Precisions that need not be measured: fewer bits than one of which samples show that it loses too much.

import type { MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import type { Precision } from '../../quantize/quantize-options.js';

export interface Unmeasured extends Precision {
  /** All of the interval of its loss lies beyond the limit, and it has no fewer bits. */
  readonly below: Precision;
}

/**
 * That fewer bits lose more is no law: it is taken from what was measured, and nothing is left out where anything measured speaks
 * against it (fewer bits that lose less, with intervals apart).
 */
export function shownBeyond(
  precision: Precision,
  measured: readonly MeasuredPrecision[],
  limit: number,
): MeasuredPrecision | undefined {
  const speaksAgainst = measured.some((wide) =>
    measured.some((p) => isWithin(p, wide) && p.accuracy.loss.high < wide.accuracy.loss.low),
  );
  if (speaksAgainst) return undefined;
  return measured.find((p) => isWithin(precision, p) && verdictOn(p.accuracy.loss, limit).status === 'beyond');
}

const isWithin = (p: Precision, of: Precision): boolean => p.weightBits <= of.weightBits && p.bits <= of.bits;
