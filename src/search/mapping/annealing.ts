// Simulated annealing over mappings, with restarts (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983).

import { nth } from '../../base/invariant.js';
import { seeded } from '../../base/random.js';
import { mappingRun, start, step } from './mapping-run.js';
import type { Strategy } from '../strategy.js';

/**
 * Steps of the first walk; each walk after it is so many times as long, so that short budgets
 * end cold and long ones slowly.
 */
const [firstWalk, growth, longestWalk] = [400, 2, 3000];
/** Temperature as a share of the current value (costs are compared by ratio), from hot to cold. */
const [hot, cold] = [0.5, 0.002];

/** Walks that accept a worse neighbour with probability exp(-log ratio / temperature), cooling geometrically. */
export const annealing: Strategy = {
  name: 'annealing',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const run = mappingRun('annealing', task, budget);
    let length = firstWalk;
    for (let walk = 0; run.left(); walk++) {
      let current = start(run, nth(run.spaces, walk % run.spaces.length), chance);
      for (let i = 0; current && i < length && run.left(); i++) {
        const next = step(run, current, chance);
        const rise = Math.log(next.cost / current.cost);
        if (rise <= 0 || chance.next() < Math.exp(-rise / (hot * (cold / hot) ** (i / length)))) current = next;
      }
      if (walk % run.spaces.length === run.spaces.length - 1) length = Math.min(longestWalk, length * growth);
    }
    return Promise.resolve(run.answer());
  },
};
