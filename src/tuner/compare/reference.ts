// What all contestants of an arena are held against: the best bound that any of them proved, and who is below it.

import { gapBetween } from '../../model/cost/goal.js';
import type { Run } from './contest-run.js';

export interface Reference {
  /** Proven: nothing is below. 0 where nothing is proven, +Infinity where nothing fits. */
  readonly bound: number;
  /** Who proved it; empty where nothing is proven. */
  readonly by: string;
  /** Of the best that anybody found; +Infinity. */
  readonly best: number;
  /** The best is within the gap of the bound, or it is proven that nothing fits. */
  readonly proved: boolean;
}

/** Sums of the same numbers in another order. */
const rounding = 1e-9;

export function referenceOf(runs: readonly Run[], gap: number): Reference {
  const highest = runs.reduce<Run | undefined>((top, run) => (run.bound > (top?.bound ?? 0) ? run : top), undefined);
  const bound = highest?.bound ?? 0;
  const best = runs.reduce((min, run) => Math.min(min, run.objective), Infinity);
  const proved = gapBetween(best, bound) <= gap + rounding;
  return { bound, by: highest?.strategy ?? '', best, proved };
}

/** A run that found what cannot be: it or the bound is wrong, and so is magnet. */
export interface Offender {
  readonly arena: string;
  readonly strategy: string;
  readonly seed: number;
  readonly objective: number;
  readonly bound: number;
  /** Who proved the bound. */
  readonly by: string;
}

export const offendersOf = (arena: string, { bound, by }: Reference, runs: readonly Run[]): readonly Offender[] =>
  runs.flatMap(({ strategy, seed, objective }) =>
    objective < (bound === Infinity ? Infinity : bound * (1 - rounding))
      ? [{ arena, strategy, seed, objective, bound, by }]
      : [],
  );
