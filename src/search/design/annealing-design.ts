// Simulated annealing over machines, with restarts.

import { seeded } from '../../base/random.js';
import { designMoves } from './design-point.js';
import { designRun } from './design-run.js';
import type { DesignStrategy } from './design-strategy.js';

/** Steps from one start; then the walk begins anew elsewhere. */
const walkLength = 250;
/** Temperature as a share of the current value (machines are compared by ratio), from hot to cold. */
const [hot, cold] = [0.5, 0.005];

/** Walks that accept a worse neighbour with probability exp(-log ratio / temperature), cooling geometrically. */
export const annealingDesign: DesignStrategy = {
  name: 'annealing',
  async find(task, budget) {
    const chance = seeded(budget.seed);
    const moves = designMoves(task.space);
    const run = designRun('annealing', task, budget);
    while (run.left()) {
      let point = moves.random(chance);
      let value = await run.value(point);
      // A walk begins where there is an answer: elsewhere nothing says which way to go.
      if (value === Infinity) continue;
      for (let i = 0; i < walkLength && run.left(); i++) {
        const next = moves.neighbour(point, chance);
        const found = await run.value(next);
        const rise = Math.log(found / value);
        if (rise <= 0 || chance.next() < Math.exp(-rise / (hot * (cold / hot) ** (i / walkLength))))
          [point, value] = [next, found];
      }
    }
    return run.answer();
  },
};
