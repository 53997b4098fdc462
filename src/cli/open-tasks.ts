// Who does what the verbs ask of layers, networks and spaces: worker threads, as many as the user allows, or this thread.

import { openRunner } from '../pool/node/open-runner.js';
import type { Runner } from '../pool/tasks.js';
import type { TunerTasks } from '../tuner/tuner-tasks.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';

/** `memory`: MB of each worker's heap. */
export const openTasks = (workers: number, memory?: number): Runner<TunerTasks> =>
  openRunner(tunerTasks, workers, memory);
