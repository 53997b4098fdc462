// What one program can cover of a design space: the machines of one shape with the same collectors deep.

import { defined } from '../../base/invariant.js';
import type { DesignPoint, DesignSpace, SizeParameter } from '../../model/space/design-space.js';
import { shapesOf, sizeParameters, templateAt } from '../../model/space/design-space.js';
import type { Technology } from '../../model/machine/technology.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { chipArea } from '../../model/machine/template-parts.js';

type Menus = Readonly<Record<SizeParameter, readonly number[]>>;

export interface Case {
  /** The shape, with the largest of its sizes. */
  readonly largest: DesignPoint;
  /** The values that each size may have, ascending. */
  readonly menus: Menus;
  /** How many arrangements `lowerTemplate` gives of each machine; every layer may take another. */
  readonly arrangements: number;
}

const collectors = ['weightCollector', 'inputCollector', 'accumCollector'] as const satisfies readonly SizeParameter[];

/** The point of some menus with the least, or the largest, value of each size. */
const extreme = (shape: DesignPoint, menus: Menus, which: 0 | -1): DesignPoint => ({
  ...shape,
  ...Object.fromEntries(sizeParameters.map((p) => [p, defined(menus[p].at(which))])),
});

/** Every machine of the space that stays under `limit` mm2 is in one case; sizes that cannot are left out. */
export function casesOf(space: DesignSpace, technology: Technology, limit: number): readonly Case[] {
  return shapesOf(space).flatMap((shape) => {
    const usable = mapMenus(space.menus, (p, values) =>
      distinct(values, (v) => templateAt(space, { ...shape, [p]: v })?.[p]),
    );
    return byDepth(usable).flatMap((menus): Case[] => {
      const min = extreme(shape, menus, 0);
      const fits = (p: SizeParameter, v: number) =>
        chipArea(defined(templateAt(space, { ...min, [p]: v })), technology) <= limit;
      const fitting = mapMenus(menus, (p, values) => values.filter((v) => fits(p, v)));
      if (sizeParameters.some((p) => fitting[p].length === 0)) return [];
      const largest = extreme(shape, fitting, -1);
      return [
        {
          largest,
          menus: fitting,
          arrangements: lowerTemplate(defined(templateAt(space, largest)), technology).length,
        },
      ];
    });
  });
}

/** mm2 of the smallest machine of a space; undefined where no point is a machine. */
export function minArea(space: DesignSpace, technology: Technology): number | undefined {
  const areas = casesOf(space, technology, Infinity).map((c) =>
    chipArea(defined(templateAt(space, extreme(c.largest, c.menus, 0))), technology),
  );
  return areas.length === 0 ? undefined : Math.min(...areas);
}

const mapMenus = (
  menus: Readonly<Record<SizeParameter, readonly number[]>>,
  of: (p: SizeParameter, values: readonly number[]) => readonly number[],
): Menus => Object.fromEntries(sizeParameters.map((p) => [p, of(p, menus[p])])) as unknown as Menus;

/** The first of the values that make each size; those that make no machine are left out. */
function distinct(values: readonly number[], size: (v: number) => number | undefined): readonly number[] {
  const seen = new Set<number | undefined>([undefined]);
  return values.filter((v) => !seen.has(size(v)) && seen.add(size(v)));
}

/** A collector deeper than 1 has loops of its own, one of depth 1 has none: each choice of which are deep is apart. */
function byDepth(menus: Menus): readonly Menus[] {
  return collectors.reduce<readonly Menus[]>(
    (all, c) =>
      all.flatMap((m) =>
        [m[c].filter((v) => v === 1), m[c].filter((v) => v > 1)]
          .filter((part) => part.length > 0)
          .map((part) => ({ ...m, [c]: part })),
      ),
    [menus],
  );
}
