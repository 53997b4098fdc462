// A turn of a comparison of mappings as a task for a worker thread: plain data in, a timed run out.

import { stopText } from '../../base/stop-reason.js';
import type { Budget, Task } from '../../search/strategy.js';
import type { SolverName } from '../solver-names.js';
import { mapLayer } from '../map-layer.js';
import type { Run } from './contest-run.js';
import { timed } from './contest-run.js';

export interface ContestInput {
  readonly task: Task;
  readonly strategy: SolverName;
  readonly budget: Pick<Budget, 'time' | 'gap' | 'seed'>;
}

/** The clock is that of the thread that works: messages on their way count for nobody. */
export const contestTask = (
  { task, strategy, budget }: ContestInput,
  progress: (best: number) => void,
  now: () => number = () => performance.now(),
): Promise<Run> =>
  timed(strategy, budget.seed, now, async (improved) => {
    const told = (best: number) => {
      improved(best);
      progress(best);
    };
    const { status, best, bound, evaluations, reason } = await mapLayer(task, strategy, {
      ...budget,
      evaluations: Infinity,
      now,
      progress: told,
    });
    return {
      status,
      objective: best?.objective ?? Infinity,
      bound,
      evaluations,
      reason: stopText(reason),
      ...(reason && { stoppedBy: reason.kind }),
    };
  });
