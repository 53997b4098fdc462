// Parts of the search over machines as tasks for worker threads: plain data in, plain data out.

import { defined, nth } from '../../base/invariant.js';
import { BoxMinima, inTime } from '../../enumerate/box-minima.js';
import { perSize, sizes } from '../../enumerate/columns.js';
import { shapeCosts } from '../../enumerate/item-costs.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import type { CodesignProblem, TotalsProblem } from './codesign-problem.js';
import { pricedValue } from './codesign-problem.js';
import type { FoundMachine } from './found-machine.js';
import { evaluatedOn, tablesOf } from './found-machine.js';
import { sketch } from './machine-sketch.js';
import { advanceTotals as advance, floorsOfTotals } from './totals-task.js';

export type { FoundMachine } from './found-machine.js';

/** A machine that was asked for, with what is proven of each term on it. */
export interface Mapped {
  readonly machine: FoundMachine;
  /** No mapping on this machine costs less. */
  readonly bounds: readonly number[];
}

function minimaOf(problem: CodesignProblem, shape: DesignPoint): BoxMinima | undefined {
  const { space, technology, area, padding, terms } = problem;
  const costs = shapeCosts(space, shape, technology);
  if (!costs || costs.min.area > area) return undefined;
  const layers = terms.map(({ layer, limits = {} }) => ({ layer, limits }));
  return new BoxMinima(costs, layers, padding, area, tablesOf(costs));
}

/** Quick bounds of shapes; null where none of a shape's machines fits the area, or some layer none of them. */
export function floors({
  problem,
  shapes,
}: {
  readonly problem: CodesignProblem | TotalsProblem;
  readonly shapes: readonly DesignPoint[];
}): readonly (number | null)[] {
  if ('networks' in problem) return floorsOfTotals(problem, shapes);
  return shapes.map((shape) => {
    const minima = minimaOf(problem, shape);
    const floor = problem.terms.reduce((sum, { weights }, i) => sum + (minima?.floor(i, weights) ?? Infinity), 0);
    return Number.isFinite(floor) ? floor : null;
  });
}

/**
 * The best mappings on one machine; undefined where a layer has none, they are not of less cost than
 * `limit`, or the time is over first, or has been asked for `asks` times. They are looked for in the space of that machine
 * alone: tables of nests with collectors of all depths of a large space take longer than all else.
 */
export function machineAt({
  problem,
  point,
  limit,
  seconds = Infinity,
  asks = Infinity,
}: {
  readonly problem: CodesignProblem;
  readonly point: DesignPoint;
  readonly limit: number;
  readonly seconds?: number;
  readonly asks?: number;
}): Mapped | undefined {
  if (sizes.some((size) => !problem.space.menus[size].includes(point[size]))) return undefined;
  const alone = { ...problem, space: onlyAt(problem.space, point) };
  const minima = minimaOf(alone, point);
  if (!minima) return undefined;
  const end = performance.now() + seconds * 1000;
  let asked = 0;
  const over = () => ++asked > asks || performance.now() >= end;
  const { terms } = problem;
  const demands = terms.map(({ weights }, layer) => ({ layer, weights, times: 1 }));
  const nothing = terms.map(() => []);
  const settled = inTime(() => minima.sum(minima.whole, nothing, demands, limit, over));
  if (!settled) return undefined;
  const each = settled.minima.map((own) => nth(own, 0));
  const items = each.map(({ item }) => defined(item));
  const machine = evaluatedOn(
    minima.costs,
    alone,
    point,
    perSize(() => 0),
    terms,
    items,
  );
  return (
    machine && {
      machine: { ...machine, value: pricedValue(problem, machine.found) },
      bounds: each.map(({ min }) => min),
    }
  );
}

/** The space of machines that have the sizes of this one. */
const onlyAt = (space: DesignSpace, point: DesignPoint): DesignSpace => ({
  ...space,
  menus: { ...space.menus, ...perSize((size) => [point[size]]) },
});

export { advance, sketch };

/** The tasks of this file by their names. */
export interface ShapeTasks {
  readonly floors: typeof floors;
  readonly advance: typeof advance;
  readonly machineAt: typeof machineAt;
  readonly sketch: typeof sketch;
}
