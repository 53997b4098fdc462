// Machines at random: the least that a search must beat.

import { seeded } from '../../base/random.js';
import { designMoves } from './design-point.js';
import { designRun } from './design-run.js';
import type { DesignStrategy } from './design-strategy.js';

export const randomDesign: DesignStrategy = {
  name: 'random',
  async find(task, budget) {
    const chance = seeded(budget.seed);
    const moves = designMoves(task.space);
    const run = designRun('random', task, budget);
    while (run.left()) await run.value(moves.random(chance));
    return run.answer();
  },
};
