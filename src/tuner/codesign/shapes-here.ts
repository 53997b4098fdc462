// Tasks on shapes in this thread, for who is in a worker already.

import type { Remote } from '../../pool/tasks.js';
import type { ShapeTasks } from './shape-task.js';
import { advance, floors, machineAt, sketch } from './shape-task.js';

/** The tasks of a search over machines, done in this thread; what one throws is a rejection, as from a worker. */
export const shapesHere: Remote<ShapeTasks> = {
  floors: async (input) => Promise.resolve(floors(input)),
  advance: async (input) => Promise.resolve(advance(input)),
  machineAt: async (input) => Promise.resolve(machineAt(input)),
  sketch,
};
