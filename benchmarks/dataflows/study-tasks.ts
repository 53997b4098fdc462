// The study of dataflows as tasks for processes.

import type { TaskModule } from '../../src/pool/tasks.js';
import type { StudyCase, StudyRow } from './study-task.js';

export interface StudyTasks {
  readonly study: (c: StudyCase) => StudyRow;
}

/** Seconds: machines with long lists take minutes. */
const patience = () => 1e6;

export const studyTasks: TaskModule<StudyTasks> = {
  url: import.meta.url,
  name: 'studyTasks',
  tasks: {
    study: {
      load: async () => {
        const { study } = await import('./study-task.js');
        return (c) => study(c);
      },
      patience,
    },
  },
};
