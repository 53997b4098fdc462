// The least of one layer as a task for a worker thread: plain data in, plain data out.

import type { Least, Question } from './least.js';
import { least } from './least.js';

export interface LeastTaskInput {
  readonly question: Question;
  readonly seconds: number;
}

export const leastTask = ({ question, seconds }: LeastTaskInput): Promise<Least> => least(question, { seconds, now: () => performance.now() });
