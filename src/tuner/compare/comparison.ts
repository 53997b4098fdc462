// What was played as a comparison: every arena with what all are held against and how they
// stand, and the sum over arenas.

import { defined } from '../../base/invariant.js';
import type { Standing } from '../../model/standing.js';
import { sumOfCurves } from '../../base/curves.js';
import type { CompareRequest, Played } from './compete.js';
import type { Offender, Reference } from './reference.js';
import { offendersOf, referenceOf } from './reference.js';
import type { Run } from './contest-run.js';
import type { Moment } from '../../base/curves.js';
import type { Arena } from './turns.js';
import { boundOfSum, standingsOf, standingsOfSum, trialOf } from './standings.js';

export interface ArenaResult extends Arena {
  readonly reference: Reference;
  /** Of the contestants, in the order in which they were played. */
  readonly runs: readonly Run[];
  /** Undefined where it was not needed or not reached. */
  readonly referee: Run | undefined;
  /** Every round was played, and the referee was asked if needed. */
  readonly finished: boolean;
  readonly standings: readonly Standing[];
}

/** How contestants stand on every arena, and over all. */
export interface Comparison {
  readonly arenas: readonly ArenaResult[];
  /** Over the arenas that are finished; undefined where there are none. */
  readonly sum:
    | {
        readonly arenas: number;
        readonly bound: number;
        readonly proved: boolean;
        readonly standings: readonly Standing[];
        readonly curves: readonly ContestantCurves[];
      }
    | undefined;
  /** Runs below a proven bound: each is a bug of magnet. */
  readonly offenders: readonly Offender[];
}

/** A curve for each round. */
export interface ContestantCurves {
  readonly strategy: string;
  readonly curves: readonly (readonly Moment[])[];
}

/** Arenas on which nothing was played yet are left out. */
export function comparisonOf(request: CompareRequest, played: readonly Played[]): Comparison {
  const { contestants, gap, repeat, time } = request;
  const arenas = request.arenas.flatMap((arena, index) => {
    const own = played.filter((p) => p.arena === index);
    if (own.length === 0) return [];
    const reference = referenceOf(
      own.map((p) => p.run),
      gap,
    );
    const rounds = own.filter((p) => p.round > 0);
    const referee = own.find((p) => p.round === 0)?.run;
    const trials = rounds.map((p) => trialOf(p.round, p.run, time));
    const finished = rounds.length === repeat * contestants.length && (reference.proved || referee !== undefined);
    return [
      {
        ...arena,
        reference,
        bound: reference.bound,
        runs: rounds.map((p) => p.run),
        referee,
        finished,
        trials,
        standings: standingsOf(contestants, trials, reference.bound),
      },
    ];
  });
  const done = arenas.filter((a) => a.finished);
  return {
    arenas: arenas.map(({ trials: _, bound: __, ...rest }) => rest),
    sum:
      done.length === 0
        ? undefined
        : {
            arenas: done.length,
            bound: boundOfSum(done),
            proved: done.every((a) => a.reference.proved),
            standings: standingsOfSum(contestants, done),
            curves: contestants.map((strategy) => ({
              strategy,
              curves: Array.from({ length: repeat }, (_, r) =>
                sumOfCurves(
                  done.map((a) => ({
                    weight: a.count,
                    curve: defined(a.trials.find((t) => t.strategy === strategy && t.round === r + 1)).curve,
                  })),
                ),
              ),
            })),
          },
    offenders: arenas.flatMap((a) => offendersOf(a.name, a.reference, [...a.runs, ...(a.referee ? [a.referee] : [])])),
  };
}
