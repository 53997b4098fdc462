// The form of what `compare --json` writes, as far as a report shows it.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import type { CompareResult, CompareResultContest, CompareResultRun, CompareResultStanding } from './compare-result.js';
import { compareResultSchema } from './compare-result.js';
import { coverageFields } from './coverage.js';
import { check, nonNegative, oneOf, positive, text, whole } from './schema.js';

type Run = Pick<CompareResultRun, 'strategy' | 'curve'>;
type Standing = Pick<
  CompareResultStanding,
  | 'strategy'
  | 'rounds'
  | 'median'
  | 'least'
  | 'most'
  | 'distance'
  | 'secondsTo5Percent'
  | 'secondsTo1Percent'
  | 'secondsToProof'
  | 'wins'
  | 'contests'
>;
type Contest = Pick<CompareResultContest, 'name' | 'count' | 'bound' | 'proved' | 'infeasible' | 'finished'> & {
  readonly standings: readonly Standing[];
  readonly runs: readonly Run[];
};

export type ComparedFile = Pick<
  CompareResult,
  | 'subject'
  | 'workload'
  | 'arch'
  | 'space'
  | 'objective'
  | 'unit'
  | 'time'
  | 'repeat'
  | 'strategies'
  | 'faults'
  | 'unmapped'
  | 'mappedMacs'
  | 'mappedShare'
> & {
  readonly contests: readonly Contest[];
  readonly sum: {
    readonly contests: number;
    readonly bound: number | null;
    readonly proved: boolean;
    readonly standings: readonly Standing[];
  } | null;
};

const figure = () => nonNegative().nullable();
const listOf = <T extends z.ZodType>(what: string, item: T) => z.array(item, { error: `expected the list of ${what}` });

const standing: z.ZodType<Standing> = z.object({
  strategy: text(),
  rounds: whole(0),
  median: figure(),
  least: figure(),
  most: figure(),
  distance: z.number().nullable(),
  secondsTo5Percent: figure(),
  secondsTo1Percent: figure(),
  secondsToProof: figure(),
  wins: whole(0),
  contests: whole(0),
});
const run: z.ZodType<Run> = z.object({
  strategy: text(),
  curve: listOf('points of the curve', z.tuple([nonNegative(), nonNegative()], { error: 'expected [seconds, best]' })),
});
const contest: z.ZodType<Contest> = z.object({
  name: text(),
  count: whole(1),
  bound: figure(),
  proved: z.boolean(),
  infeasible: z.boolean(),
  finished: z.boolean(),
  standings: listOf('standings', standing),
  runs: listOf('runs', run),
});
const result: z.ZodType<ComparedFile> = z.object({
  schema: z.literal(compareResultSchema, { error: `expected "${compareResultSchema}"` }),
  subject: oneOf('subject', ['mappings', 'machines']),
  workload: text(),
  ...coverageFields,
  arch: text().nullable(),
  space: text().nullable(),
  objective: text(),
  unit: z.string(),
  time: positive(),
  repeat: whole(1),
  strategies: listOf('strategies', text()),
  faults: listOf('faults', z.string()),
  contests: listOf('contests', contest),
  sum: z
    .object({ contests: whole(0), bound: figure(), proved: z.boolean(), standings: listOf('standings', standing) })
    .nullable(),
});

export const parseCompareResult = (data: unknown): Parsed<ComparedFile> => check(result, data);
