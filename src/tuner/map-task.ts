// One layer as a task for a worker thread: plain data in, plain data out.

import type { Answer, Budget, Task } from '../search/strategy.js';
import type { SolverName } from './solver-names.js';
import { mapLayer } from './map-layer.js';

export interface MapTaskInput {
  readonly task: Task;
  readonly solver: SolverName;
  readonly budget: Omit<Budget, 'now' | 'progress'>;
}

export const mapTask = (
  { task, solver, budget }: MapTaskInput,
  progress: (best: number, bound: number) => void,
): Promise<Answer> => mapLayer(task, solver, { ...budget, now: () => performance.now(), progress });
