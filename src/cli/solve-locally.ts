// Where layers are solved and certified: in worker threads, as many as the user allows; a lost worker costs its layer only.

import type { Certify, Solve } from '../tuner/map-network.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { certifyOn, columnsOn, solveOn } from '../tuner/on-workers.js';
import { openTasks } from './open-tasks.js';

export interface Solving {
  readonly solve: Solve;
  readonly certify: Certify;
  readonly columns: AskColumns;
  /** How many layers are solved at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

/** `workers` is what the user allows at most. */
export function makeSolve(workers: number): Solving {
  const runner = openTasks(workers);
  return {
    solve: solveOn(runner),
    certify: certifyOn(runner),
    columns: columnsOn(runner),
    width: runner.width,
    close: runner.close,
  };
}
