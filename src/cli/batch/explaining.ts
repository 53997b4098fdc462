// Whom a part of a batch asks why nothing fits: the workers of the batch.

import type { Answer } from '../../search/strategy.js';
import type { Verdict } from '../../smt/script.js';
import type { Explaining } from '../infeasible.js';
import type { Workers } from './kind.js';

/** Seconds that a worker may take beyond its time before it is given up. */
const grace = 60;

export const explainingIn = (run: Workers['run'], now: () => number): Explaining => ({
  now,
  solve: async (task, solver, budget) =>
    (await run({
      module: 'tuner/map-task',
      name: 'mapTask',
      input: { task, solver, budget },
      patience: budget.time + grace,
    })) as Answer,
  ask: (script, seconds) =>
    run({ module: 'smt/z3-task', name: 'z3Task', input: { script, seconds }, patience: seconds + grace }).then(
      (verdict) => verdict as Verdict,
      (error: unknown) => ({
        status: 'unknown',
        core: [],
        values: new Map(),
        reason: (error as Error).message,
        seconds,
      }),
    ),
});
