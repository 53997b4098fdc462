// Best-so-far curves: stairs that fall, what is known holds until something better is.

import { nth } from './invariant.js';
import { median } from './statistics.js';

/** Best so far. */
export interface Moment {
  /** Since the run began. */
  readonly seconds: number;
  readonly best: number;
}

type Curve = readonly Moment[];

/** +Infinity before anything is found. */
export function bestAt(curve: Curve, seconds: number): number {
  let [low, high] = [0, curve.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nth(curve, middle).seconds <= seconds) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? Infinity : nth(curve, low - 1).best;
}

/** When it comes to a value or below; +Infinity where it never does. */
export const timeTo = (curve: Curve, value: number): number =>
  curve.find(({ best }) => best <= value)?.seconds ?? Infinity;

/** Sum of weight x curve, as if all ran side by side: nothing before each of them has something. */
export function sumOfCurves(parts: readonly { readonly weight: number; readonly curve: Curve }[]): Curve {
  if (parts.some(({ curve }) => curve.length === 0)) return [];
  const begin = Math.max(...parts.map(({ curve }) => nth(curve, 0).seconds));
  const times = [
    ...new Set([begin, ...parts.flatMap(({ curve }) => curve.map((m) => m.seconds).filter((s) => s > begin))]),
  ].sort((a, b) => a - b);
  const places = parts.map(() => 0);
  return times.map((seconds) => {
    parts.forEach(({ curve }, i) => {
      while (nth(places, i) + 1 < curve.length && nth(curve, nth(places, i) + 1).seconds <= seconds) places[i]!++;
    });
    return {
      seconds,
      best: parts.reduce((sum, { weight, curve }, i) => sum + weight * nth(curve, places[i]!).best, 0),
    };
  });
}

/** Of several runs at a time: the middle one, and the ends. */
export interface BandMoment {
  readonly seconds: number;
  readonly median: number;
  readonly min: number;
  /** +Infinity as long as one of them has nothing. */
  readonly max: number;
}

/** Moments that a drawing has room for. */
const moments = 240;

/** At times that grow by a constant ratio, from where half of the runs have something. */
export function bandOf(curves: readonly Curve[], from: number, to: number): readonly BandMoment[] {
  return Array.from({ length: moments + 1 }, (_, i) => from * (to / from) ** (i / moments)).flatMap((seconds) => {
    const values = curves.map((curve) => bestAt(curve, seconds));
    const middle = median(values);
    return Number.isFinite(middle)
      ? [{ seconds, median: middle, min: Math.min(...values), max: Math.max(...values) }]
      : [];
  });
}
