// How contestants stand: medians and spreads over rounds, of one arena and of the sum over all of them.

import { nth } from '../../base/invariant.js';
import type { Standing } from '../../model/standing.js';
import { sumOfCurves, timeTo } from '../../base/curves.js';
import type { Run } from './contest-run.js';
import type { Moment } from '../../base/curves.js';
import { median } from '../../base/statistics.js';

/** One round of one contestant: a run, or its runs on all arenas. */
export interface Trial {
  readonly strategy: string;
  readonly round: number;
  readonly objective: number;
  readonly curve: readonly Moment[];
  readonly evaluations: number;
  /** Wall time that the evaluations took. */
  readonly seconds: number;
  /** Seconds of the longest of its runs. */
  readonly longest: number;
  /** Seconds to its own proof that nothing is better; +Infinity where it has none. */
  readonly proof: number;
}

/** Costs closer than this are level: sums of the same numbers in another order. */
const level = 1e-9;

/** Strategies look at their clocks between steps: a share of the time by which the last one may be late. */
const grace = 0.05;

/** What came after its time does not count, though it is true: the rest had no more time either. */
export function trialOf(round: number, run: Run, time: number): Trial {
  const { strategy, evaluations, seconds, status } = run;
  const end = time * (1 + grace);
  const curve = run.curve.filter((m) => m.seconds <= end);
  return {
    strategy,
    round,
    objective: curve.at(-1)?.best ?? Infinity,
    curve,
    evaluations,
    seconds,
    longest: seconds,
    proof: seconds <= end && (status === 'optimal' || status === 'infeasible') ? seconds : Infinity,
  };
}

/** In the order of `contestants`; those without a trial are left out. */
export function standingsOf(
  contestants: readonly string[],
  trials: readonly Trial[],
  bound: number,
): readonly Standing[] {
  return contestants.flatMap((strategy): readonly Standing[] => {
    const own = trials.filter((t) => t.strategy === strategy);
    if (own.length === 0) return [];
    const values = own.map((t) => t.objective);
    const middle = median(values);
    const within = (share: number) => median(own.map((t) => timeTo(t.curve, bound * (1 + share))));
    return [
      {
        strategy,
        rounds: own.length,
        median: middle,
        min: Math.min(...values),
        max: Math.max(...values),
        distance: distanceFrom(bound, middle),
        rate: rateOf(own),
        to5: within(0.05),
        to1: within(0.01),
        proof: median(own.map((t) => t.proof)),
        longest: Math.max(...own.map((t) => t.longest)),
        wins: own.filter((t) => wins(t, trials)).length,
        contests: own.length,
      },
    ];
  });
}

/** Undefined where nothing is proven, or that nothing fits. */
function distanceFrom(bound: number, found: number): number | undefined {
  if (!Number.isFinite(bound)) return undefined;
  if (found <= bound) return 0;
  return bound > 0 ? found / bound - 1 : undefined;
}

function rateOf(trials: readonly Trial[]): number {
  const sum = (of: (t: Trial) => number) => trials.reduce((n, t) => n + of(t), 0);
  const seconds = sum((t) => t.seconds);
  return seconds > 0 ? sum((t) => t.evaluations) / seconds : 0;
}

const wins = ({ objective, round }: Trial, all: readonly Trial[]): boolean =>
  Number.isFinite(objective) && all.every((t) => t.round !== round || objective <= t.objective * (1 + level));

/**
 * The same over a sum of arenas, as if all ran side by side: a round is each contestant's runs of that number on every
 * arena. Wins are those on the arenas.
 */
export function standingsOfSum(
  contestants: readonly string[],
  arenas: readonly {
    readonly count: number;
    readonly trials: readonly Trial[];
    readonly bound: number;
    readonly standings: readonly Standing[];
  }[],
): readonly Standing[] {
  const rounds = [...new Set(arenas.flatMap((a) => a.trials.map((t) => t.round)))];
  const sums = contestants.flatMap((strategy) =>
    rounds.flatMap((round): readonly Trial[] => {
      const own = arenas.map(({ trials }) => trials.find((t) => t.strategy === strategy && t.round === round));
      if (own.some((t) => !t)) return [];
      const each = own as readonly Trial[];
      const sum = (of: (t: Trial) => number) => each.reduce((n, t) => n + of(t), 0);
      return [
        {
          strategy,
          round,
          objective: each.reduce((n, t, i) => n + nth(arenas, i).count * t.objective, 0),
          curve: sumOfCurves(each.map((t, i) => ({ weight: nth(arenas, i).count, curve: t.curve }))),
          evaluations: sum((t) => t.evaluations),
          seconds: sum((t) => t.seconds),
          longest: Math.max(...each.map((t) => t.longest)),
          proof: Math.max(...each.map((t) => t.proof)),
        },
      ];
    }),
  );
  const bound = boundOfSum(arenas);
  return standingsOf(contestants, sums, bound).map((s) => {
    const own = arenas.flatMap((a) => a.standings.filter((x) => x.strategy === s.strategy));
    return { ...s, wins: own.reduce((n, x) => n + x.wins, 0), contests: own.reduce((n, x) => n + x.contests, 0) };
  });
}

/** 0 where some arena has none. */
export const boundOfSum = (arenas: readonly { readonly count: number; readonly bound: number }[]): number =>
  arenas.some((a) => !(a.bound > 0)) ? 0 : arenas.reduce((n, a) => n + a.count * a.bound, 0);
