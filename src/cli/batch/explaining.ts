// Whom a part of a batch asks why nothing fits: the workers of the batch.

import { askOn } from '../../tuner/on-workers.js';
import type { Explaining } from '../infeasible.js';
import type { Workers } from './kind.js';

/** A lost worker is a part to be tried again where it solves, and no reason where it asks. */
export const explainingIn = (run: Workers['run'], now: () => number): Explaining => ({
  now,
  solve: (task, solver, budget) => run('map', { task, solver, budget }),
  ask: askOn({ run }),
});
