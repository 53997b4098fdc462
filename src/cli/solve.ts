// Where layers are solved: in this thread, one at a time.

import type { Solve } from '../tuner/map-network.js';
import { solveHere } from '../tuner/map-network.js';

export interface Solving {
  readonly solve: Solve;
  /** How many layers are solved at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

/** `workers` is what the user allows at most. */
export function makeSolve(workers: number, now: () => number): Solving {
  const here = solveHere(now);
  return {
    solve: async (...question) => {
      // Solvers never yield: without a turn of the event loop Ctrl-C would not be heard between layers.
      await new Promise((resume) => setImmediate(resume));
      return here(...question);
    },
    width: Math.min(workers, 1),
    close: () => Promise.resolve(),
  };
}
