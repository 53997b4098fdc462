// Random mappings, as they come: the least that a search must beat.

import { seeded } from '../../base/random.js';
import { mappingRun } from './mapping-run.js';
import type { Strategy } from '../strategy.js';

/** Independent random mappings; the best legal one. */
export const randomSampling: Strategy = {
  name: 'random',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const run = mappingRun('random', task, budget);
    while (run.left()) {
      const from = run.drawn(chance.pick(run.spaces), chance);
      run.look(from, from.random(chance));
    }
    return Promise.resolve(run.answer());
  },
};
