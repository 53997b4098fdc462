// The mappings of one layer on one arrangement, as heuristics see them: points, and what they cost.

import { nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { Conventions } from '../../model/cost/conventions.js';
import { evaluate } from '../../model/cost/evaluate.js';
import type { Goal } from '../../model/cost/goal.js';
import { keepingAll } from '../../model/machine/keeping.js';
import { measure, withinLimits } from '../../model/cost/goal.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import { breaches } from '../../model/mapping/legality.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Layout, Point } from './point-layout.js';
import { layoutOf } from './point-layout.js';
import type { Moves } from './moves.js';
import { movesOf } from './moves.js';
import type { QuickCost, Value } from './quick-cost.js';
import { quickCost } from './quick-cost.js';
import type { Repair } from './repair.js';
import { repairOf } from './repair.js';
import type { Found, Task } from '../strategy.js';

export type { Point } from './point-layout.js';

/** The mappings of one layer on one arrangement, to be sampled and moved through. */
export interface Space extends Moves {
  readonly layout: Layout;
  readonly cost: QuickCost;
  readonly repaired: Repair;
  decode: (point: Point) => Mapping;
  /** Undefined where the mapping is not legal or misses a limit. */
  judge: (point: Point) => Found | undefined;
}

/** `a` is the arrangement with all choices made of what its levels keep. */
export function space(
  task: Task,
  arrangement: number,
  a = keepingAll(nth(task.architectures, arrangement)),
  value?: Value,
): Space {
  const layout = layoutOf(task, arrangement, a);
  const { layer, machine: m } = layout;
  const cost = quickCost(layout, value);

  return {
    ...movesOf(layout),
    layout,
    cost,
    repaired: repairOf(layout, cost),
    decode,
    judge: (point) => judge(task.goal, task.conventions, a, arrangement, layer, decode(point)),
  };

  function decode({ factors, orders }: Point): Mapping {
    return {
      levels: a.levels.map((level, i) => ({
        name: level.name,
        keep: level.keeps,
        temporal: loops('temporal', i).map(({ dim, factor }) => ({ dim, factor })),
        spatial: loops('spatial', i).map(({ dim, factor, axis }) => ({ dim, factor, axis })),
      })),
    };
    function loops(kind: 'temporal' | 'spatial', level: number): { dim: Dimension; factor: number; axis: string }[] {
      return m.slots.flatMap((s, k) =>
        s.kind !== kind || s.level !== level
          ? []
          : nth(orders, k).flatMap((d) =>
              nth(nth(factors, d), k) > 1
                ? [
                    {
                      dim: nth(dimensions, d),
                      factor: nth(nth(factors, d), k),
                      axis: s.kind === 'spatial' ? s.axis.label : '',
                    },
                  ]
                : [],
            ),
      );
    }
  }
}

/** The verdict on one mapping: undefined where it is not legal or misses a limit. */
export function judge(
  goal: Goal,
  conventions: Conventions,
  a: Architecture,
  arrangement: number,
  layer: Layer,
  mapping: Mapping,
): Found | undefined {
  if (breaches(a, layer, mapping, conventions).length > 0) return undefined;
  const evaluation = evaluate(a, layer, mapping, conventions);
  if (!withinLimits(goal.limits, evaluation)) return undefined;
  return { mapping, architecture: arrangement, evaluation, objective: measure(goal.objective, evaluation) };
}
