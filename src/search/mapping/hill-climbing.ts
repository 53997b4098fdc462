// Hill climbing with restarts: the first neighbour that is no worse is the next point.

import { seeded } from '../../base/random.js';
import { mappingRun, start, step } from './mapping-run.js';
import type { Strategy } from '../strategy.js';

/** Neighbours in a row that are no better: a climb ends, for the neighbourhood has been seen. */
const patience = 300;

/** Steps to the first neighbour that is no worse; begins anew after 300 that are no better. */
export const hillClimbing: Strategy = {
  name: 'hill-climbing',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const run = mappingRun('hill-climbing', task, budget);
    while (run.left()) {
      let current = start(run, chance.pick(run.spaces), chance);
      for (let since = 0; current && since < patience && run.left(); since++) {
        const next = step(run, current, chance);
        if (next.cost < current.cost) since = 0;
        // Along plateaus too: mappings of equal cost have other neighbours.
        if (next.cost <= current.cost) current = next;
      }
    }
    return Promise.resolve(run.answer());
  },
};
