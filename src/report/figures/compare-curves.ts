// The best-so-far curves of a comparison: those of a contest, or of the sum over several, each as often as it counts.

import { bandOf, sumOfCurves } from '../../base/curves.js';
import type { CompareResult, CompareResultContest } from '../../results/compare-result.js';
import type { CompareCurves } from './compare-figure.js';

/** Where the axis of time begins at the earliest, seconds: what is found before is there from the beginning. */
const firstMoment = 1e-3;
/** Gap within which bound and optimum are one line. */
const fine = 1e-3;

interface Drawn {
  /** What the figure is of. */
  readonly of: string;
  readonly subtitle: string;
  readonly contests: readonly CompareResultContest[];
  readonly bound: number | null;
  readonly proved: boolean;
}

/** Seconds; +Infinity where no strategy found something for each of the contests. */
export const firstFound = ({ bands }: CompareCurves): number =>
  Math.min(Infinity, ...bands.flatMap((b) => b.moments.slice(0, 1).map((m) => m.seconds)));

export function compareCurves(r: CompareResult, { of, subtitle, contests, bound, proved }: Drawn): CompareCurves {
  const found = r.strategies.map((strategy) => ({
    strategy,
    curves: Array.from({ length: r.repeat }, (_, round) =>
      sumOfCurves(contests.map((c) => ({ weight: c.count, curve: curveOf(c, strategy, round) }))),
    ),
  }));
  const first = Math.min(...found.flatMap(({ curves }) => curves.flatMap((c) => c.slice(0, 1).map((m) => m.seconds))));
  // A single moment would leave the axis without a length.
  const from = Math.min(Math.max(first, firstMoment), r.time / 10);
  return {
    title: `Best ${r.objective} found so far: ${of}`,
    subtitle,
    label: `${r.objective} (${r.unit})`,
    bands: found.map(({ strategy, curves }) => ({ strategy, moments: bandOf(curves, from, r.time) })),
    bound: bound ?? 0,
    proved,
    from,
    to: r.time,
  };
}

const curveOf = (c: CompareResultContest, strategy: string, round: number) =>
  (c.runs.filter((run) => run.strategy === strategy)[round]?.curve ?? []).map(([seconds, best]) => ({ seconds, best }));

/** Of all that is finished; undefined where nothing is. `of` is what was asked about. */
export function wholeCurves(r: CompareResult, of: string, total: number): CompareCurves | undefined {
  if (r.sum === null) return undefined;
  const part = r.sum.contests < total ? `, ${r.sum.contests} of ${total} layers` : '';
  const spread = r.repeat > 1 ? `median of ${r.repeat} runs, band from minimum to maximum` : 'one run each';
  const kind =
    r.subject === 'machines'
      ? 'machines; '
      : total > 1
        ? 'sum of count x layer, as if all layers ran side by side; '
        : '';
  return compareCurves(r, {
    of: `${of}${part}`,
    subtitle: `${kind}${spread}`,
    contests: r.contests.filter((c) => c.finished),
    bound: r.sum.bound,
    // A bound that is good to a percent lies visibly below the optimum.
    proved: r.sum.proved && r.gap <= fine,
  });
}
