// The first heuristics to be compared with: random sampling, and simulated annealing with restarts.

import { seeded } from '../base/random.js';
import type { Point, Space } from './point.js';
import { space } from './point.js';
import type { Found, Strategy } from './strategy.js';
import { heuristicAnswer } from './strategy.js';

/** Independent samples; the best legal one. */
export const randomSampling: Strategy = {
  name: 'random',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const spaces = task.architectures.map((_, i) => space(task, i));
    const end = budget.now() + budget.time * 1000;
    let best: Found | undefined;
    let n = 0;
    for (; n < budget.evaluations && budget.now() < end; n++) {
      const from = chance.pick(spaces);
      const found = from.judge(from.random(chance));
      if (found && found.objective < (best?.objective ?? Infinity)) best = found;
    }
    return Promise.resolve(heuristicAnswer('random', best, n));
  },
};

/** Evaluations from one start; then the walk begins anew elsewhere. */
const walkLength = 2500;
/** Temperature as a share of the current value (costs are compared by ratio), from hot to cold. */
const [hot, cold] = [0.5, 0.002];

/** Walks that accept a worse neighbour with probability exp(-ratio / temperature), cooling geometrically. */
export const annealing: Strategy = {
  name: 'annealing',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const spaces = task.architectures.map((_, i) => space(task, i));
    const end = budget.now() + budget.time * 1000;
    const left = () => n < budget.evaluations && budget.now() < end;
    let best: Found | undefined;
    let n = 0;
    while (left()) {
      const from = spaces[Math.floor(n / walkLength) % spaces.length]!;
      let current = start(from);
      for (let i = 0; current && i < walkLength && left(); i++, n++) {
        const next = from.neighbour(current.point, chance);
        const found = from.judge(next);
        if (!found) continue;
        const rise = Math.log(found.objective / current.found.objective);
        if (rise <= 0 || chance.next() < Math.exp(-rise / (hot * (cold / hot) ** (i / walkLength)))) current = { point: next, found };
        if (found.objective < (best?.objective ?? Infinity)) best = found;
      }
    }
    return Promise.resolve(heuristicAnswer('annealing', best, n));

    /** A legal point: random ones until one is legal. */
    function start(from: Space): { point: Point; found: Found } | undefined {
      for (let i = 0; i < walkLength && left(); i++, n++) {
        const point = from.random(chance);
        const found = from.judge(point);
        if (found) {
          if (found.objective < (best?.objective ?? Infinity)) best = found;
          return { point, found };
        }
      }
      return undefined;
    }
  },
};

export const heuristics: readonly Strategy[] = [randomSampling, annealing];
