// What a race asks of its workers: a table of its own, so that a worker brings in a solver and nothing else.

import type { TaskModule } from '../../pool/tasks.js';
import type { programTask } from './program-task.js';

export interface RaceTasks {
  readonly program: typeof programTask;
}

/** Seconds after its time in which a solver has to come to an end: it looks between nodes. */
const grace = 60;

export const raceTasks: TaskModule<RaceTasks> = {
  url: import.meta.url,
  name: 'raceTasks',
  tasks: {
    program: {
      load: async () => (await import('./program-task.js')).programTask,
      patience: ({ options }) => options.timeLimit + grace,
    },
  },
};
