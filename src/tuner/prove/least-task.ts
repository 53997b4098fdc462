// The least of one layer as a task for a worker thread: plain data in, plain data out.

import { clock } from '../../base/clock.js';
import type { Least, Question } from './least.js';
import { least } from './least.js';

export interface LeastTaskInput {
  readonly question: Question;
  /** When to stop, by `clock`: a question that waited for a free worker has only what is left of its time. */
  readonly until: number;
}

export const leastTask = ({ question, until }: LeastTaskInput): Promise<Least> =>
  least(question, { seconds: Math.max(0, (until - clock()) / 1000), now: clock });
