// What `compare --json` writes: every run with its best-so-far curve, what all are held against, and how they stand.

import type { CoverageFile } from './coverage.js';
import type { Stamped } from './stamp.js';

export const compareResultSchema = 'magnet-compare/1';

/** null stands for what was not found, not proven or not reached. Seconds; costs in the unit of the objective. */
export interface CompareResultRun {
  readonly strategy: string;
  readonly seed: number;
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  readonly objective: number | null;
  readonly bound: number | null;
  readonly evaluations: number;
  readonly seconds: number;
  readonly reason: string;
  /** Falling stairs: a value holds until the next. */
  readonly curve: readonly (readonly [seconds: number, best: number])[];
}

/** Medians over the runs of a strategy. */
export interface CompareResultStanding {
  readonly strategy: string;
  readonly rounds: number;
  readonly median: number | null;
  readonly least: number | null;
  /** null where a run found nothing. */
  readonly most: number | null;
  /** (median - bound) / bound. */
  readonly distance: number | null;
  readonly evaluationsPerSecond: number;
  readonly secondsTo5Percent: number | null;
  readonly secondsTo1Percent: number | null;
  readonly secondsToProof: number | null;
  /** Of the longest run; what came after the time does not count. */
  readonly longestSeconds: number;
  readonly wins: number;
  /** Runs that could have been won. */
  readonly contests: number;
}

/** One layer, or the whole space of machines. */
export interface CompareResultContest {
  readonly name: string;
  readonly count: number;
  readonly bound: number | null;
  readonly provedBy: string | null;
  /** The best found is within the gap of the bound, or it is proven that nothing fits. */
  readonly proved: boolean;
  readonly infeasible: boolean;
  /** Why nothing fits, where that is proven and its reason was settled. */
  readonly reason?: string;
  /** False where the comparison was interrupted before its end. */
  readonly finished: boolean;
  readonly standings: readonly CompareResultStanding[];
  /** Where no contestant proved the optimum: who was asked for it. */
  readonly referee: CompareResultRun | null;
  /** In the order in which they ran. */
  readonly runs: readonly CompareResultRun[];
}

export interface CompareResult extends CoverageFile, Stamped {
  readonly schema: typeof compareResultSchema;
  readonly subject: 'mappings' | 'machines';
  readonly workload: string;
  /** Of mappings. */
  readonly arch: string | null;
  /** Of machines. */
  readonly space: string | null;
  readonly objective: string;
  readonly unit: string;
  readonly conventions: string;
  readonly padding: boolean;
  readonly limits: Readonly<Record<string, number>>;
  /** Seconds of every run. */
  readonly time: number;
  readonly repeat: number;
  readonly seed: number;
  readonly workers: number;
  readonly gap: number;
  readonly strategies: readonly string[];
  readonly contests: readonly CompareResultContest[];
  /** Sum of count x objective over the contests that are finished; null where there are none. */
  readonly sum: {
    readonly contests: number;
    readonly bound: number | null;
    readonly proved: boolean;
    readonly standings: readonly CompareResultStanding[];
  } | null;
  /** Runs below a proven bound: each is a bug in magnet. */
  readonly faults: readonly string[];
}

/** A line per run and standing, so that files can be read and compared. */
export function printCompareResult(result: CompareResult): string {
  const { contests, sum, ...rest } = result;
  const lines = (items: readonly unknown[], indent: string) =>
    items.length === 0 ? '[]' : `[\n${items.map((x) => `${indent} ${JSON.stringify(x)}`).join(',\n')}\n${indent}]`;
  const fields = (record: object, indent: string) =>
    Object.entries(record)
      .map(
        ([key, value]) =>
          `${indent}${JSON.stringify(key)}: ${(key === 'runs' || key === 'standings') && Array.isArray(value) ? lines(value, indent) : JSON.stringify(value)}`,
      )
      .join(',\n');
  const each = contests.map((c) => `  {\n${fields(c, '   ')}\n  }`).join(',\n');
  return `{\n${fields(rest, ' ')},\n "contests": [${contests.length === 0 ? '' : `\n${each}\n `}],\n "sum": ${sum === null ? 'null' : `{\n${fields(sum, '  ')}\n }`}\n}\n`;
}
