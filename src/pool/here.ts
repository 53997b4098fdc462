// Tasks in this thread, for who has no workers or wants none.

import { turn } from './turn.js';
import type { Runner, TaskModule } from './tasks.js';

/** Runs tasks of a table in this thread, one at a time, with a turn of the event loop before each. */
export const runHere = <Tasks>({ tasks }: Pick<TaskModule<Tasks>, 'tasks'>): Runner<Tasks> => ({
  async run(name, input, { progress = () => {} } = {}) {
    // Solvers never yield: without a turn of the event loop nobody else would be heard between tasks.
    await turn();
    return (await tasks[name].load())(input, progress);
  },
  width: 1,
  close: () => Promise.resolve(),
});
