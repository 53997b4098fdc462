// A comparison as what is written, shown and drawn.

import { coverageFile } from '../../results/coverage-fields.js';
import type {
  CompareResult,
  CompareResultContest,
  CompareResultRun,
  CompareResultStanding,
} from '../../results/compare-result.js';
import { compareResultSchema } from '../../results/compare-result.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { gapBetween } from '../../model/cost/goal.js';
import type { Standing } from '../../model/standing.js';
import type { CompareFigureView } from '../../report/figures/compare-figure.js';
import type { CompareView } from '../../report/tables/compare-table.js';
import { offenderText } from '../../report/tables/compare-table.js';
import type { ArenaResult, Comparison } from '../../tuner/compare/comparison.js';
import { bandOf } from '../../base/curves.js';
import type { Run } from '../../tuner/compare/contest-run.js';
import type { CompareJob } from './compare-job.js';
import type { CompareOptions } from '../../options/compare-table.js';

const orNull = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);
const boundOrNull = (bound: number): number | null => (bound > 0 ? orNull(bound) : null);

export function compareResult(
  job: CompareJob,
  options: CompareOptions,
  { arenas, sum, offenders }: Comparison,
  reasons: ReadonlyMap<string, string> = new Map(),
): CompareResult {
  const { request, question, network, on } = job;
  return {
    schema: compareResultSchema,
    subject: question.kind,
    workload: network.name,
    ...coverageFile(coverageOf(network)),
    arch: question.kind === 'mappings' ? on : null,
    space: question.kind === 'machines' ? on : null,
    objective: options.objective,
    unit: job.unit,
    conventions: job.conventions,
    padding: options.padding,
    limits: job.limits,
    time: options.time,
    repeat: request.repeat,
    seed: request.seed,
    workers: options.workers,
    gap: request.gap,
    strategies: request.contestants,
    contests: arenas.map((a) => contestOf(a, reasons.get(a.name))),
    sum: sum
      ? {
          contests: sum.arenas,
          bound: boundOrNull(sum.bound),
          proved: sum.proved,
          standings: sum.standings.map(standingOf),
        }
      : null,
    faults: offenders.map(offenderText),
  };
}

const contestOf = (
  { name, count, reference: { bound, by, proved }, finished, standings, referee, runs }: ArenaResult,
  reason: string | undefined,
): CompareResultContest => ({
  name,
  count,
  bound: boundOrNull(bound),
  provedBy: by === '' ? null : by,
  proved,
  infeasible: bound === Infinity,
  ...(reason !== undefined && { reason }),
  finished,
  standings: standings.map(standingOf),
  referee: referee ? runOf(referee) : null,
  runs: runs.map(runOf),
});

const standingOf = (s: Standing): CompareResultStanding => ({
  strategy: s.strategy,
  rounds: s.rounds,
  median: orNull(s.median),
  least: orNull(s.least),
  most: orNull(s.most),
  distance: orNull(s.distance),
  evaluationsPerSecond: s.rate,
  secondsTo5Percent: orNull(s.to5),
  secondsTo1Percent: orNull(s.to1),
  secondsToProof: orNull(s.proof),
  longestSeconds: s.longest,
  wins: s.wins,
  contests: s.contests,
});

export const runOf = ({
  strategy,
  seed,
  status,
  objective,
  bound,
  evaluations,
  seconds,
  reason,
  curve,
}: Run): CompareResultRun => ({
  strategy,
  seed,
  status,
  objective: orNull(objective),
  bound: boundOrNull(bound),
  evaluations,
  seconds,
  reason,
  curve: curve.map((m) => [m.seconds, m.best] as const),
});

/** A part must not pass for the whole. */
function subjectOf({ network, on }: CompareJob, { layer }: CompareOptions): string {
  const [first, ...more] = network.layers;
  const part =
    layer === undefined || !first
      ? ''
      : more.length === 0
        ? `${first.layer.name} of `
        : `${network.layers.length} layers of `;
  return `${part}${network.name} on ${on}`;
}

export const compareView = (job: CompareJob, options: CompareOptions, { arenas, sum }: Comparison): CompareView => ({
  subject: job.question.kind,
  title: subjectOf(job, options),
  objective: options.objective,
  unit: job.unit,
  time: options.time,
  repeat: job.request.repeat,
  workers: options.workers,
  gap: job.request.gap,
  arenas: arenas.map(({ name, count, reference: { bound, by, best, proved }, finished, standings }) => ({
    name,
    count,
    bound,
    by,
    proved,
    gap: gapBetween(best, bound),
    finished,
    standings,
  })),
  sum,
  total: job.request.arenas.length,
});

/** Where the axis of time begins at the earliest, seconds: what is found before is there from the beginning. */
const firstMoment = 1e-3;
/** Gap within which bound and optimum are one line. */
const fine = 1e-3;

/** Undefined where no layer is finished. */
export function compareFigureView(
  job: CompareJob,
  options: CompareOptions,
  { sum }: Comparison,
): CompareFigureView | undefined {
  if (!sum) return undefined;
  const {
    request: { arenas, repeat, gap },
    question,
    unit,
  } = job;
  const { objective, time } = options;
  const part = sum.arenas < arenas.length ? `, ${sum.arenas} of ${arenas.length} layers` : '';
  const spread = repeat > 1 ? `median of ${repeat} runs, band from least to most` : 'one run each';
  const first = Math.min(
    ...sum.curves.flatMap(({ curves }) => curves.flatMap((c) => c.slice(0, 1).map((m) => m.seconds))),
  );
  // A single moment would leave the axis without a length.
  const from = Math.min(Math.max(first, firstMoment), time / 10);
  return {
    title: `Best ${objective} found so far: ${subjectOf(job, options)}${part}`,
    subtitle: `${question.kind === 'machines' ? 'machines; ' : arenas.length > 1 ? 'sum of count x layer, as if all layers ran side by side; ' : ''}${spread}`,
    label: `${objective} (${unit})`,
    bands: sum.curves.map(({ strategy, curves }) => ({ strategy, moments: bandOf(curves, from, time) })),
    bound: sum.bound,
    // A bound that is good to a percent lies visibly below the optimum.
    proved: sum.proved && gap <= fine,
    from,
    to: time,
  };
}
