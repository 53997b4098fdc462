// In worker threads, or here: decided once.

import { runHere } from '../here.js';
import { Pool } from '../pool.js';
import type { Runner, TaskModule } from '../tasks.js';
import { threads } from './threads.js';

/**
 * `workers` at most; `memory`: MB of the heap of each. Sources that are run as they are (tests, tsx) have no
 * compiled threads: all in this thread.
 */
export const openRunner = <Tasks>(module: TaskModule<Tasks>, workers: number, memory?: number): Runner<Tasks> =>
  hasThreads(module) ? new Pool(threads(module, memory), module.tasks, Math.max(1, workers)) : runHere(module);

/** Whether tasks are plain JavaScript, which a thread can load. */
export const hasThreads = ({ url }: Pick<TaskModule<unknown>, 'url'>): boolean => !url.endsWith('.ts');
