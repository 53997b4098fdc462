// The certification of one layer as a task for a worker thread: plain data in, plain data out.

import type { Answer, Task } from '../search/strategy.js';
import type { Certification } from './certify.js';
import { certify } from './certify.js';

/** What is to be certified, and how long it may take. */
export interface CertifyBudget {
  readonly eps: number;
  /** Seconds per layer. */
  readonly time: number;
}

export interface CertifyTaskInput {
  readonly task: Task;
  readonly answer: Pick<Answer, 'status' | 'best'>;
  readonly budget: CertifyBudget;
}

export const certifyTask = (
  { task, answer, budget }: CertifyTaskInput,
  progress: (eps: number) => void,
): Promise<Certification> => certify(task, answer, { ...budget, now: () => performance.now(), progress });
