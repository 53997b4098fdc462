// Small random machines whose levels require factors and orders of loops, and what these mean, written down once more.

import fc from 'fast-check';
import type { Architecture, Level } from '../../src/model/machine/architecture.js';
import type { FactorRule } from '../../src/model/mapping/constraints.js';
import type { Dimension } from '../../src/model/workload/layer.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import type { Task } from '../../src/search/strategy.js';
import { smallTask } from './small.js';

const drawn: readonly Dimension[] = ['K', 'C', 'P', 'R', 'N', 'G'];

const rule = (level: Level) =>
  fc.record<FactorRule>({
    dim: fc.constantFrom(...drawn),
    axes: level.axes.length === 0 ? fc.constant<string[]>([]) : fc.subarray(level.axes.map((x) => x.label)),
    relation: fc.constantFrom('=', '<=', '>='),
    value: fc.constantFrom(1, 2, 2, 3, 4),
  });

const constrained = (level: Level): fc.Arbitrary<Level> =>
  fc
    .record({
      factors: fc.oneof(fc.constant<FactorRule[]>([]), fc.array(rule(level), { minLength: 1, maxLength: 2 })),
      innermost: fc.oneof(
        fc.constant<Dimension[]>([]),
        fc.shuffledSubarray([...drawn, 'Q'] as Dimension[], { minLength: 1, maxLength: 7 }),
      ),
    })
    .map(({ factors, innermost }) => ({
      ...level,
      ...(factors.length > 0 && { factors }),
      ...(innermost.length > 0 && { innermost }),
    }));

export const constrainedTask = smallTask.chain((task) =>
  fc
    .tuple(...task.architectures[0]!.levels.map(constrained))
    .map((levels): Task => ({ ...task, architectures: [{ ...task.architectures[0]!, levels }] })),
);

/** The machine without constraints. */
export const unconstrained = (a: Architecture): Architecture => ({
  ...a,
  levels: a.levels.map(({ factors: _, innermost: __, ...l }) => l),
});

/** Whether a mapping does what a machine's levels require, by looking at its loops one by one. */
export function keepsTo(a: Architecture, mapping: Mapping): boolean {
  return a.levels.every((level, i) => {
    const own = mapping.levels[i]!;
    for (const { dim, axes, relation, value } of level.factors ?? []) {
      let product = 1;
      for (const l of own.temporal) if (axes.length === 0 && l.dim === dim) product *= l.factor;
      for (const l of own.spatial) if (axes.includes(l.axis) && l.dim === dim) product *= l.factor;
      if (relation === '=' ? product !== value : relation === '<=' ? product > value : product < value) return false;
    }
    // Of any two loops, one that has a place stands inside one that has none or a place further out.
    const placed = level.innermost ?? [];
    return own.temporal.every((outer, o) =>
      own.temporal
        .slice(o + 1)
        .every(
          (inner) =>
            !placed.includes(outer.dim) ||
            (placed.includes(inner.dim) && placed.indexOf(inner.dim) <= placed.indexOf(outer.dim)),
        ),
    );
  });
}
