// Shares of samples as tasks for workers.

import type { TaskModule } from '../pool/tasks.js';
import type { classified } from './classified.js';

export interface QuantizeTasks {
  readonly classify: typeof classified;
}

/** Seconds, the longest that a timer can wait: large networks take hours, and Ctrl-C ends them. */
const patience = () => 2_000_000;

export const quantizeTasks: TaskModule<QuantizeTasks> = {
  url: import.meta.url,
  name: 'quantizeTasks',
  tasks: { classify: { load: async () => (await import('./classified.js')).classified, patience } },
};
