// What `compare --json` writes: every run with its best-so-far curve, what all are held against, and how they stand.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { check, nonNegative, numbers, oneOf, positive, text, whole, withOldNames } from '../interchange/schema.js';
import { coverageFields } from './coverage-fields.js';
import type { Read } from './fields.js';
import { figure, listOf, stoppedByField } from './fields.js';
import { statuses } from './result-layer.js';
import { fromFirst } from './older-files.js';
import { stampField } from './stamp.js';

export const compareResultSchema = 'magnet-compare/2';

/** null stands for what was not found, not proven or not reached. Seconds; costs in the unit of the objective. */
const run = z.object({
  strategy: text(),
  seed: whole(0),
  status: oneOf('status', statuses),
  objective: figure(),
  bound: figure(),
  evaluations: whole(0),
  seconds: nonNegative(),
  reason: z.string(),
  stoppedBy: stoppedByField,
  /** Falling stairs: a value holds until the next; [seconds, best]. */
  curve: listOf('points of the curve', z.tuple([nonNegative(), nonNegative()], { error: 'expected [seconds, best]' })),
});

/** Medians over the runs of a strategy. */
const standing = withOldNames(
  { least: 'min', most: 'max' },
  z.object({
    strategy: text(),
    rounds: whole(0),
    median: figure(),
    min: figure(),
    /** null where a run found nothing. */
    max: figure(),
    /** (median - bound) / bound. */
    distance: z.number().nullable(),
    evaluationsPerSecond: nonNegative(),
    secondsTo5Percent: figure(),
    secondsTo1Percent: figure(),
    secondsToProof: figure(),
    /** Of the longest run; what came after the time does not count. */
    longestSeconds: nonNegative(),
    wins: whole(0),
    /** Runs that could have been won. */
    contests: whole(0),
  }),
);

/** One layer, or the whole space of machines. */
const contest = z.object({
  name: text(),
  count: whole(1),
  bound: figure(),
  provedBy: z.string().nullable(),
  /** The best found is within the gap of the bound, or it is proven that nothing fits. */
  proved: z.boolean(),
  infeasible: z.boolean(),
  /** Why nothing fits, where that is proven and its reason was settled. */
  reason: z.string().optional(),
  /** False where the comparison was interrupted before its end. */
  finished: z.boolean(),
  standings: listOf('standings', standing),
  /** Where no contestant proved the optimum: who was asked for it. */
  referee: run.nullable(),
  /** In the order in which they ran. */
  runs: listOf('runs', run),
});

export const compareForm = z.object({
  schema: z.literal(compareResultSchema, { error: `expected "${compareResultSchema}"` }),
  ...stampField,
  subject: oneOf('subject', ['mappings', 'machines'] as const),
  workload: text(),
  ...coverageFields,
  /** Of mappings. */
  arch: text().nullable(),
  /** Of machines. */
  space: text().nullable(),
  objective: text(),
  unit: z.string(),
  conventions: text(),
  padding: z.boolean(),
  limits: numbers(positive),
  /** Seconds of every run. */
  time: positive(),
  repeat: whole(1),
  seed: whole(0),
  workers: whole(1),
  gap: nonNegative(),
  strategies: listOf('strategies', text()),
  contests: listOf('contests', contest),
  /** Sum of count x objective over the contests that are finished; null where there are none. */
  sum: z
    .object({ contests: whole(0), bound: figure(), proved: z.boolean(), standings: listOf('standings', standing) })
    .nullable(),
  /** Runs below a proven bound: each is a bug in magnet. */
  faults: listOf('faults', z.string()),
});

/**
 * What `compare --json` writes, `magnet-compare/2`: every run with its curve, and standings; null is what was not found, proven
 * or reached.
 */
export type CompareResult = Read<typeof compareForm>;
export type CompareResultContest = Read<typeof contest>;
export type CompareResultRun = Read<typeof run>;
export type CompareResultStanding = Read<typeof standing>;

export const parseCompareResult = (data: unknown): Parsed<CompareResult> => check(compareForm, fromFirst(data));

/** The text of the file, a line per run and standing. */
export function printCompareResult(result: CompareResult): string {
  const { contests, sum, ...rest } = result;
  const lines = (items: readonly unknown[], indent: string) =>
    items.length === 0 ? '[]' : `[\n${items.map((x) => `${indent} ${JSON.stringify(x)}`).join(',\n')}\n${indent}]`;
  const fields = (record: object, indent: string) =>
    Object.entries(record)
      .map(([key, value]) => {
        const isList = (key === 'runs' || key === 'standings') && Array.isArray(value);
        return `${indent}${JSON.stringify(key)}: ${isList ? lines(value, indent) : JSON.stringify(value)}`;
      })
      .join(',\n');
  const each = contests.map((c) => `  {\n${fields(c, '   ')}\n  }`).join(',\n');
  return (
    `{\n${fields(rest, ' ')},\n "contests": [${contests.length === 0 ? '' : `\n${each}\n `}],\n "sum": ` +
    (sum === null ? 'null' : `{\n${fields(sum, '  ')}\n }`) +
    '\n}\n'
  );
}
