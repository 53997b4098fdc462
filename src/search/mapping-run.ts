// One run of a heuristic over mappings: what is spent, and what is best.

import type { Random } from '../base/random.js';
import type { Point, Space } from './point.js';
import { space } from './point.js';
import { missed } from './quick-cost.js';
import type { Answer, Budget, Found, Task } from './strategy.js';
import { heuristicAnswer } from './strategy.js';

/** A point with its cost. */
export interface Tried {
  readonly from: Space;
  readonly point: Point;
  /** What the quick cost says: the objective, or how far limits are missed, or +Infinity. */
  readonly cost: number;
}

export interface MappingRun {
  /** One for each arrangement of the machine. */
  readonly spaces: readonly Space[];
  left(): boolean;
  /** Costs an evaluation, whatever comes out. */
  look(from: Space, point: Point): Tried;
  answer(): Answer;
}

export function mappingRun(solver: string, task: Task, budget: Budget): MappingRun {
  const spaces = task.architectures.map((_, i) => space(task, i));
  const end = budget.now() + budget.time * 1000;
  let evaluations = 0;
  let best: Tried | undefined;
  let found: Found | undefined;
  return {
    spaces,
    left: () => evaluations < budget.evaluations && budget.now() < end,
    look(from, point) {
      evaluations++;
      const cost = from.cost.of(point);
      const judged = cost < (best?.cost ?? missed) ? from.judge(point) : undefined;
      if (!judged) return { from, point, cost };
      best = { from, point, cost };
      // Costs of a point may differ from the judge's in the last digits.
      if (judged.objective < (found?.objective ?? Infinity)) {
        found = judged;
        budget.progress?.(judged.objective, 0);
      }
      return best;
    },
    answer: () => heuristicAnswer(solver, found, evaluations),
  };
}

/** A point at random, mended where that is possible; its cost is infinite where even that is not legal. */
export function draw(run: MappingRun, from: Space, chance: Random): Tried {
  const point = from.random(chance);
  return run.look(from, from.repaired(point, chance) ?? point);
}

/** Draws until one is legal: then an arrangement is taken to have no room for the layer, and another's turn comes. */
const mostDraws = 100;

/** Points at random until one is legal; undefined where none was. */
export function start(run: MappingRun, from: Space, chance: Random): Tried | undefined {
  for (let i = 0; i < mostDraws && run.left(); i++) {
    const tried = draw(run, from, chance);
    if (tried.cost < Infinity) return tried;
  }
  return undefined;
}

/** A neighbour, mended: most that are not legal are nearly. */
export function step(run: MappingRun, { from, point }: Tried, chance: Random): Tried {
  const next = from.neighbour(point, chance);
  return run.look(from, from.repaired(next, chance) ?? next);
}
