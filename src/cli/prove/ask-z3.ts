// Where Z3 thinks: in a worker thread of its own, which is ended when it does not come back; the question is then open.

import { askOn } from '../../tuner/on-workers.js';
import type { Ask } from '../../tuner/prove/fit-question.js';
import { openTasks } from '../open-tasks.js';

interface Asking {
  /** Never rejects: what goes wrong is an unknown, in words. */
  readonly ask: Ask;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export function makeAsk(): Asking {
  const runner = openTasks(1);
  return { ask: askOn(runner), close: runner.close };
}
