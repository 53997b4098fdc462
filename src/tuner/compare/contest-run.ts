// One run of a contestant, timed: what it found and when, and what it proved.

import type { StopKind } from '../../base/stop-reason.js';
import type { Moment } from '../../base/curves.js';
import type { Answer } from '../../search/strategy.js';

/** What a strategy answers, whatever it was asked about. */
export interface RunAnswer {
  readonly status: Answer['status'];
  /** Of the best that was found; +Infinity where nothing was. */
  readonly objective: number;
  /** Proven: nothing is below. 0 where nothing is proven, +Infinity where it is proven that nothing fits. */
  readonly bound: number;
  readonly evaluations: number;
  /** Why it stopped, where that is not plain, in words. */
  readonly reason: string;
  /** Of a mapper: the kind of that. */
  readonly stoppedBy?: StopKind | undefined;
}

export interface Run extends RunAnswer {
  readonly strategy: string;
  readonly seed: number;
  /** Wall time. */
  readonly seconds: number;
  /** Falling; the last is the objective. */
  readonly curve: readonly Moment[];
}

/** Runs `find` by the clock; what it reports and what it answers make the curve. */
export async function timed(
  strategy: string,
  seed: number,
  now: () => number,
  find: (improved: (best: number) => void) => Promise<RunAnswer>,
): Promise<Run> {
  const began = now();
  const seconds = () => (now() - began) / 1000;
  const curve: Moment[] = [];
  const improved = (best: number) => {
    if (best < (curve.at(-1)?.best ?? Infinity)) curve.push({ seconds: seconds(), best });
  };
  const outcome = await find(improved);
  // A strategy that reports nothing on its way is known by its answer only.
  improved(outcome.objective);
  return { strategy, seed, ...outcome, seconds: seconds(), curve };
}

/** Of a worker that was lost: nothing found, nothing proven. */
export const lostRun = (strategy: string, seed: number, seconds: number, reason: string): Run => ({
  strategy,
  seed,
  status: 'unknown',
  objective: Infinity,
  bound: 0,
  evaluations: 0,
  reason,
  seconds,
  curve: [],
});
