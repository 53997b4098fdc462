// A batch as the rest of this room sees it: jobs that fall into parts, and what comes of them.

import type { Figures } from '../results/batch-result.js';

/** One question of a batch, of any kind. */
export interface Plan {
  /** Its place in the job file, from 0. */
  readonly index: number;
  /** Digest of all that its answer depends on. */
  readonly key: string;
  /** What people call it. */
  readonly label: string;
  readonly kind: string;
  /** Keys of its parts: parts of one key have one answer, whosever they are. */
  readonly parts: readonly string[];
  /** Makes the question itself, which is large and not kept: a batch may have thousands. */
  readonly open: () => OpenJob;
}

export interface OpenJob {
  /** In the order of the plan's keys. */
  readonly parts: readonly Part[];
  /** Answers in the same order. */
  readonly conclude: (answers: readonly unknown[]) => JobOutcome;
}

/** What one worker does at a time. */
export interface Part {
  readonly label: string;
  /** Plain data, small enough to be kept while others want it. Rejects where the worker is lost. */
  readonly solve: () => Promise<unknown>;
}

export interface JobOutcome extends Figures {
  /** Plain data: what the verb of this kind writes as JSON; null where the job failed. */
  readonly result: unknown;
}

/** What is kept of every job that has ended. */
export interface Summary extends Figures {
  readonly index: number;
  readonly label: string;
  readonly kind: string;
}

/** A lost worker costs the job that needed it. */
export const failed = (reason: string): JobOutcome => ({
  status: 'failed',
  settled: false,
  objective: null,
  bound: null,
  gap: null,
  seconds: 0,
  reason,
  result: null,
});
