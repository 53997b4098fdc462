// What a comparison is about once its command line is understood.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import type { Network } from '../../model/workload/network.js';
import type { CompareAsked } from '../../results/compare-answer.js';
import type { CompareOptions } from '../../options/compare-table.js';
import type { CompareRequest } from '../../tuner/compare/compete.js';
import type { CompareQuestion } from '../../tuner/compare/contest.js';

export interface CompareJob {
  readonly request: CompareRequest;
  readonly question: CompareQuestion;
  readonly network: Network;
  /** Of the machine, or of the space. */
  readonly on: string;
  readonly conventions: string;
  readonly limits: Readonly<Record<string, number>>;
  /** Why nothing fits, where that is known before any work. */
  readonly hopeless: string | undefined;
  /** What is worth knowing of the question before the answer, a line each. */
  readonly notes: readonly string[];
  /** How limits were understood, a line each: said even where all else is quiet. */
  readonly understood: readonly string[];
}

/** Undefined where all are asked for. */
export function strategiesOf<T extends string>(
  given: readonly string[] | undefined,
  known: readonly T[],
): Parsed<readonly T[] | undefined> {
  const unknown = (given ?? []).filter((name) => !(known as readonly string[]).includes(name));
  return unknown.length > 0
    ? refused(
        unknown.map((name) => ({
          code: 'unknown-name',
          path: [],
          message: `--strategies: ${unknownName('strategy', name, known)}`,
        })),
      )
    : parsed(given as readonly T[] | undefined);
}

/** The question as its result names it. */
export const askedBy = (
  job: CompareJob,
  { objective, padding, workers }: Pick<CompareOptions, 'objective' | 'padding' | 'workers'>,
): CompareAsked => ({ ...job, subject: job.question.kind, objective, padding, workers });
