// Jobs that are the work of one worker, from question to result.

import type { Outcome } from '../../batch/batch-job.js';
import type { BatchTask } from './batch-engine.js';
import type { Prepared } from './kind.js';

export interface Single<T> extends Pick<Prepared, 'understood'> {
  readonly label: string;
  readonly content: string;
  readonly task: BatchTask;
  /** What the worker answers, as plain data that is the same in every run but for times. */
  readonly resultOf: (answer: unknown) => T;
  readonly conclude: (result: T) => Omit<Outcome, 'result'>;
}

export const onePart = <T>({ label, understood, content, task, resultOf, conclude }: Single<T>): Prepared => ({
  label,
  understood,
  content,
  parts: [content],
  open: ({ run }) => ({
    parts: [{ label, solve: async () => resultOf(await run(task)) }],
    conclude: ([answer]) => ({ ...conclude(answer as T), result: answer }),
  }),
});
