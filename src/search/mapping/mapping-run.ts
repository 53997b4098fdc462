// One run of a heuristic over mappings: what is spent, and what is best.

import { defined, nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import { keeping, keepingNumber, openKeeps } from '../../model/machine/keeping.js';
import type { Point, Space } from './point.js';
import { space } from './point.js';
import { missed } from './quick-cost.js';
import type { Answer, Budget, Found, Task } from '../strategy.js';
import { heuristicAnswer } from '../strategy.js';

/** Spaces of other keeping that are held ready, those used last. */
const maxSpaces = 256;
/** How likely it is that a neighbour keeps something else. */
const keepShare = 0.2;

/** A point with its cost. */
export interface Tried {
  readonly from: Space;
  readonly point: Point;
  /** What the quick cost says: the objective, or how far limits are missed, or +Infinity. */
  readonly cost: number;
}

export interface MappingRun {
  /** One for each arrangement of the machine, all kept that may be. */
  readonly spaces: readonly Space[];
  /** The space of an arrangement in which levels keep what chance says, of what is open. */
  drawn: (from: Space, chance: Random) => Space;
  /** The space of the same points in which one level keeps one tensor, or does not; itself where nothing is open. */
  beside: (from: Space, chance: Random) => Space;
  left: () => boolean;
  /** Costs an evaluation, whatever comes out. */
  look: (from: Space, point: Point) => Tried;
  answer: () => Answer;
}

export function mappingRun(solver: string, task: Task, budget: Budget): MappingRun {
  const spaces = task.architectures.map((_, i) => space(task, i));
  const open = task.architectures.map((a) => openKeeps(a).length);
  const known = new Map<string, Space>();
  const keptAs = ({ layout: { arrangement } }: Space, number: number): Space => {
    const key = `${arrangement} ${number}`;
    const before = known.get(key);
    const found = before ?? space(task, arrangement, keeping(nth(task.architectures, arrangement), number));
    // The one asked for last goes last.
    known.delete(key);
    known.set(key, found);
    if (known.size > maxSpaces) known.delete(defined(known.keys().next().value));
    return found;
  };
  const end = budget.now() + budget.time * 1000;
  let evaluations = 0;
  let best: Tried | undefined;
  let found: Found | undefined;
  return {
    spaces,
    drawn(from, chance) {
      const bits = nth(open, from.layout.arrangement);
      return bits === 0 ? from : keptAs(from, chance.below(2 ** bits));
    },
    beside(from, chance) {
      const bits = nth(open, from.layout.arrangement);
      if (bits === 0) return from;
      const flipped = 2 ** chance.below(bits);
      const number = keepingNumber(nth(task.architectures, from.layout.arrangement), from.layout.architecture);
      return keptAs(from, Math.floor(number / flipped) % 2 === 1 ? number - flipped : number + flipped);
    },
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
  const own = run.drawn(from, chance);
  const point = own.random(chance);
  return run.look(own, own.repaired(point, chance) ?? point);
}

/** Draws until one is legal: then an arrangement is taken to have no room for the layer, and another's turn comes. */
const maxDraws = 100;

/** Points at random until one is legal; undefined where none was. */
export function start(run: MappingRun, from: Space, chance: Random): Tried | undefined {
  for (let i = 0; i < maxDraws && run.left(); i++) {
    const tried = draw(run, from, chance);
    if (tried.cost < Infinity) return tried;
  }
  return undefined;
}

/**
 * A neighbour, mended: most that are not legal are nearly. Where it is open what levels keep, that may be what differs.
 */
export function step(run: MappingRun, { from, point }: Tried, chance: Random): Tried {
  const next = neighbour(run, from, point, chance);
  return run.look(next.from, next.from.repaired(next.point, chance) ?? next.point);
}

export function neighbour(run: MappingRun, from: Space, point: Point, chance: Random): Pick<Tried, 'from' | 'point'> {
  const other = from.layout.openKeeps > 0 && chance.next() < keepShare ? run.beside(from, chance) : from;
  return { from: other, point: other === from ? from.neighbour(point, chance) : point };
}
