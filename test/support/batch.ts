// Batches for tests: plans whose parts are functions, and results with what differs from run to run taken out.

import type { JobOutcome, Plan } from '../../src/batch/batch-job.js';

export interface FakePart {
  readonly key: string;
  readonly solve: () => Promise<unknown>;
}

/** The result of a job is the list of its answers. */
export const plan = (index: number, parts: readonly FakePart[]): Plan => ({
  index,
  key: `job${index}`,
  label: `job ${index}`,
  kind: 'fake',
  parts: parts.map((p) => p.key),
  open: () => ({
    parts: parts.map(({ key, solve }) => ({ label: key, solve })),
    conclude: (answers) => outcome([...answers]),
  }),
});

export const outcome = (result: unknown): JobOutcome => ({
  status: 'optimal',
  settled: true,
  objective: 1,
  bound: 1,
  gap: 0,
  seconds: 0.5,
  reason: '',
  result,
});

/** Lines of results without times. */
export const timeless = (text: string): string => text.replace(/"seconds":[\d.e+-]+/g, '"seconds":0');
