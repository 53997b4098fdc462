// A comparison as the result file holds it.

import { coverageFile } from './coverage-fields.js';
import type { CompareResult, CompareResultContest, CompareResultRun, CompareResultStanding } from './compare-result.js';
import { compareResultSchema } from './compare-result.js';
import { coverageOf } from '../model/workload/coverage.js';
import { objectiveUnits } from '../model/cost/goal.js';
import type { NetworkObjective } from '../model/cost/network-goal.js';
import type { Network } from '../model/workload/network.js';
import type { CompareRequest } from '../tuner/compare/compete.js';
import type { Offender } from '../tuner/compare/reference.js';
import type { Standing } from '../model/standing.js';
import type { ArenaResult, Comparison } from '../tuner/compare/comparison.js';
import type { Run } from '../tuner/compare/contest-run.js';

const orNull = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);
const boundOrNull = (bound: number): number | null => (bound > 0 ? orNull(bound) : null);

/** What was asked, with the names that results tell. */
export interface CompareAsked {
  readonly request: CompareRequest;
  readonly subject: CompareResult['subject'];
  readonly network: Network;
  /** The name of the machine, or of the space. */
  readonly on: string;
  readonly objective: NetworkObjective;
  readonly conventions: string;
  readonly padding: boolean;
  readonly limits: Readonly<Record<string, number>>;
  /** Runs at a time. */
  readonly workers: number;
}

/** `reasons` say why nothing fits, by the names of the arenas of which that is proven. */
export function compareResult(
  { request, subject, network, on, objective, conventions, padding, limits, workers }: CompareAsked,
  { arenas, sum, offenders }: Comparison,
  reasons: ReadonlyMap<string, string> = new Map(),
): CompareResult {
  return {
    schema: compareResultSchema,
    subject,
    workload: network.name,
    ...coverageFile(coverageOf(network)),
    arch: subject === 'mappings' ? on : null,
    space: subject === 'machines' ? on : null,
    objective,
    unit: objectiveUnits[objective],
    conventions,
    padding,
    limits,
    time: request.time,
    repeat: request.repeat,
    seed: request.seed,
    workers,
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
  min: orNull(s.min),
  max: orNull(s.max),
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
  stoppedBy,
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
  ...(stoppedBy && { stoppedBy }),
  curve: curve.map((m) => [m.seconds, m.best] as const),
});

/** Magnet contradicts itself. */
export const offenderText = (o: Offender): string =>
  `${o.strategy} (seed ${o.seed}) found ${exact(o.objective)} for ${o.arena}, ` +
  (o.bound === Infinity
    ? `where ${o.by} proved that nothing fits`
    : `below ${exact(o.bound)}, which ${o.by} proved to be a bound`) +
  ': one of them is wrong';

/** More digits than costs closer than which count as level. */
const exact = (x: number): string => String(Number(x.toPrecision(12)));
