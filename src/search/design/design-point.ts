// A machine as heuristics move it: per parameter a place in its menu.

import type { Random } from '../../base/random.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../model/space/design-space.js';
import { freeParameters, parameters, templateAt } from '../../model/space/design-space.js';

/**
 * What is drawn is a machine of the space, but where `mostTries` draws have found none: a point of infinite value then.
 */
export interface DesignMoves {
  /** Every machine is as likely. */
  random: (chance: Random) => DesignPoint;
  /**
   * Another point, unless there is one only: one or two parameters a step up or down their
   * menus, or anywhere else on them.
   */
  neighbour: (point: DesignPoint, chance: Random) => DesignPoint;
  /** Each parameter from one or the other. */
  crossover: (a: DesignPoint, b: DesignPoint, chance: Random) => DesignPoint;
  /** For each parameter with a choice its place in its menu, from 0, the first, to 1, the last. */
  coordinates: (point: DesignPoint) => readonly number[];
}

const maxTries = 100;
/** How often a neighbour differs in two parameters, and how often a parameter leaps instead of stepping. */
const [twoParameters, leap] = [0.35, 0.25];

export function designMoves(space: DesignSpace): DesignMoves {
  const { menus } = space;
  const free = freeParameters(space);

  const machine = (draw: () => DesignPoint): DesignPoint => {
    let point = draw();
    for (let i = 1; i < maxTries && !templateAt(space, point); i++) point = draw();
    return point;
  };
  const place = (point: DesignPoint, p: Parameter) => menus[p].indexOf(point[p]);

  /** Another value of a parameter. */
  function moved(point: DesignPoint, p: Parameter, chance: Random): number {
    const at = place(point, p);
    if (chance.next() < leap) return chance.pick(menus[p].filter((_, i) => i !== at));
    return chance.pick([at - 1, at + 1].flatMap((i) => menus[p][i] ?? []));
  }

  return {
    random: (chance) => machine(() => pointOf((p) => chance.pick(menus[p]))),
    neighbour: (point, chance) =>
      machine(() => {
        const changed = chance.shuffle(free).slice(0, chance.next() < twoParameters ? 2 : 1);
        return { ...point, ...Object.fromEntries(changed.map((p) => [p, moved(point, p, chance)])) };
      }),
    crossover: (a, b, chance) => machine(() => pointOf((p) => (chance.next() < 0.5 ? a : b)[p])),
    coordinates: (point) => free.map((p) => place(point, p) / (menus[p].length - 1)),
  };
}

const pointOf = (value: (p: Parameter) => number) =>
  Object.fromEntries(parameters.map((p) => [p, value(p)])) as DesignPoint;
