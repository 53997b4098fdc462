// A genetic algorithm over machines: tournaments, uniform crossover, mutation, and the best live on.

import { nth } from '../../base/invariant.js';
import { seeded } from '../../base/random.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { designMoves } from './design-point.js';
import { byValue, designRun } from './design-run.js';
import type { DesignStrategy } from './design-strategy.js';

interface Individual {
  readonly point: DesignPoint;
  readonly value: number;
}

const population = 24;
/** The best of a generation, which live on in the next. */
const elite = 2;
/** How many are drawn for a tournament; the best of them is a parent. */
const tournament = 3;
const mutation = 0.5;
/** A child that is known is mutated further, up to so many times: it would teach nothing. */
const maxMutations = 20;

export const geneticDesign: DesignStrategy = {
  name: 'genetic',
  async find(task, budget) {
    const chance = seeded(budget.seed);
    const moves = designMoves(task.space);
    const run = designRun('genetic', task, budget);
    let generation: readonly Individual[] = [];
    while (run.left()) {
      const next = generation.toSorted(byValue).slice(0, elite);
      while (next.length < population && run.left()) {
        const point = generation.length === 0 ? moves.random(chance) : child(generation);
        next.push({ point, value: await run.value(point) });
      }
      generation = next;
    }
    return run.answer();

    function child(parents: readonly Individual[]): DesignPoint {
      const [a, b] = [parent(parents), parent(parents)];
      let point = moves.crossover(a, b, chance);
      if (chance.next() < mutation) point = moves.neighbour(point, chance);
      for (let i = 0; i < maxMutations && run.knows(point); i++) point = moves.neighbour(point, chance);
      return point;
    }

    /** Where even the winner is no answer, there is nothing to inherit: a random point stands in. */
    function parent(parents: readonly Individual[]): DesignPoint {
      const winner = nth(Array.from({ length: tournament }, () => chance.pick(parents)).toSorted(byValue), 0);
      return winner.value === Infinity ? moves.random(chance) : winner.point;
    }
  },
};
