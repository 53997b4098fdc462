// Jobs that are the work of one worker, from question to result.

import type { Outcome } from '../../batch/batch-job.js';
import type { Prepared, Workers } from './kind.js';

export interface Single<T> extends Pick<Prepared, 'understood'> {
  readonly label: string;
  readonly content: string;
  /** The worker's answer as a result: plain data that is the same in every run but for times. */
  readonly solve: (run: Workers['run']) => Promise<T>;
  readonly conclude: (result: T) => Omit<Outcome, 'result'>;
}

export const onePart = <T>({ label, understood, content, solve, conclude }: Single<T>): Prepared => ({
  label,
  understood,
  content,
  parts: [content],
  open: ({ run }) => ({
    parts: [{ label, solve: () => solve(run) }],
    conclude: ([answer]) => ({ ...conclude(answer as T), result: answer }),
  }),
});
