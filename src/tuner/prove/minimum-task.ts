// The minimum of one layer as a task for a worker thread: plain data in, plain data out.

import { clock } from '../../base/clock.js';
import type { Minimum, Question } from './minimum.js';
import { minimum } from './minimum.js';

export interface MinimumTaskInput {
  readonly question: Question;
  /** When to stop, by `clock`: a question that waited for a free worker has only what is left of its time. */
  readonly until: number;
}

export const minimumTask = ({ question, until }: MinimumTaskInput): Promise<Minimum> =>
  minimum(question, { seconds: Math.max(0, (until - clock()) / 1000), now: clock });
