// Where a first machine is looked for: a spread over the space, and under limits the
// shapes that take the minimum of them.

import { eachAtOnce } from '../../base/each-at-once.js';
import { nth } from '../../base/invariant.js';
import type { Places } from '../../enumerate/columns.js';
import { perSize, sizes } from '../../enumerate/columns.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import { shapesWithCosts } from '../../enumerate/item-costs.js';
import { areasAt } from '../../enumerate/item.js';
import type { DesignPoint, DesignSpace, SizeParameter } from '../../model/space/design-space.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignProblem } from './codesign-problem.js';
import type { CodesignRequest } from './codesign-request.js';

/** Shapes that are bounded to find the most promising: as many as take some tenths of a second. */
const maxBounded = 48;
/** The share of the area that the smallest machine of a shape may take where the rest does for its buffers. */
const roomy = 0.6;
/** Machines that come of it. */
const maxPromising = 24;
/** Places in the menus of collectors that do for most networks. */
const middling = { weightCollector: 1, inputCollector: 1, accumCollector: 2 } as const;

const collectors = ['weightCollector', 'inputCollector', 'accumCollector'] as const;
const buffers = ['weightBuffer', 'inputBuffer', 'accumBuffer', 'globalBuffer'] as const;

export type Shape = ReturnType<typeof shapesWithCosts>[number];

/** Sorted by the number of multipliers; those whose smallest machine is too large are left out. */
export function shapesOf({ space, technology, limits: { area = Infinity } }: CodesignRequest): readonly Shape[] {
  const size = ({ shape: s }: Shape) => s.vectorSize * s.numLanes * s.rows * s.columns;
  return shapesWithCosts(space, technology)
    .filter(({ costs }) => costs.min.area <= area)
    .sort((x, y) => size(x) - size(y));
}

/** The machines of a space with collectors of one depth each: far fewer mappings, and near to the best of all. */
export const narrowed = (space: DesignSpace): DesignSpace => ({
  ...space,
  menus: {
    ...space.menus,
    ...Object.fromEntries(
      collectors.map((c) => [c, [nth(space.menus[c], Math.min(middling[c], space.menus[c].length - 1))]]),
    ),
  },
});

/**
 * Machines by a quick bound of their shapes in a problem of a narrowed space, the least first, each with
 * buffers as large as the area allows: the bound counts few loads, which large buffers come near to.
 */
export async function mostPromising(
  shapes: readonly Shape[],
  area: number,
  problem: CodesignProblem,
  { width, shapes: tasks }: Pick<CodesignHooks, 'width' | 'shapes'>,
  over: () => boolean,
): Promise<readonly DesignPoint[]> {
  const count = Math.min(shapes.length, maxBounded);
  const isRoomy = ({ costs }: Shape) => costs.min.area <= roomy * area;
  // Those first that leave room for buffers: the bound counts few loads and would have as many multipliers as it can.
  const some = [...spreadOut(shapes.filter(isRoomy)), ...spreadOut(shapes.filter((s) => !isRoomy(s)))].slice(0, count);
  const bounded: (Shape & { readonly floor: number })[] = [];
  await eachAtOnce(
    width,
    some,
    async (shape) => {
      const [floor] = await tasks.floors({ problem, shapes: [shape.shape] }).catch(() => []);
      if (floor != null) bounded.push({ ...shape, floor });
    },
    over,
  );
  return bounded
    .sort((x, y) => x.floor - y.floor || some.indexOf(x) - some.indexOf(y))
    .slice(0, maxPromising)
    .map(({ shape, costs }) => {
      const at = perSize((size) => Math.max(0, costs.menus[size].indexOf(problem.space.menus[size][0] ?? 0)));
      const places = collectors.reduce(
        (low, c) => ({ ...low, [c]: at[c] }),
        perSize(() => 0),
      );
      return pointAt(shape, costs, grown(costs, places, area, buffers));
    });
}

/**
 * By the golden section, so that the first few lie all over the space: there may be time for no more. It meets some
 * twice and others of a small space never; these come last.
 */
function spreadOut(shapes: readonly Shape[]): readonly Shape[] {
  const golden = Array.from(shapes, (_, i) => Math.floor(((i * 0.618033988749895) % 1) * shapes.length));
  return [...new Set([...golden, ...shapes.keys()])].map((i) => nth(shapes, i));
}

const pointAt = (shape: DesignPoint, costs: ShapeCosts, places: Places) => ({
  ...shape,
  ...perSize((size) => nth(costs.menus[size], places[size])),
});

/** Some sizes each a step up in turn, as long as the area allows it. */
function grown(costs: ShapeCosts, low: Places, area: number, free: readonly SizeParameter[]): Places {
  const places = { ...low };
  for (let larger = true; larger;) {
    larger = false;
    for (const size of free) {
      if (places[size] + 1 >= costs.menus[size].length) continue;
      places[size]++;
      if (areasAt(costs, places).area <= area) larger = true;
      else places[size]--;
    }
  }
  return places;
}

/** Collectors of middling depth, buffers as large as the area allows; where that is too large already, the smallest that grow. */
function roomiest(shape: DesignPoint, costs: ShapeCosts, area: number): DesignPoint {
  const middle = perSize((size) =>
    size in middling ? Math.min(middling[size as keyof typeof middling], costs.menus[size].length - 1) : 0,
  );
  const fits = areasAt(costs, middle).area <= area;
  const places = fits ? grown(costs, middle, area, buffers) : perSize(() => 0);
  return pointAt(shape, costs, grown(costs, places, area, fits ? [] : sizes));
}

/**
 * Shapes of few to many multipliers, each with buffers as large as the area allows, small
 * and between: the middle first.
 */
export function spreadOf(sorted: readonly Shape[], { objective, limits }: CodesignRequest): readonly DesignPoint[] {
  const room = roomy * (limits.area ?? Infinity);
  // Multipliers without memories are worth little: a thousand times the best, with many layers and channels.
  const able = objective === 'area' ? [] : sorted.filter(({ costs }) => costs.min.area <= room);
  const among = able.length > 0 ? able : sorted;
  const picked = (objective === 'area' ? [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1] : [0.7, 0.4, 0.9, 1, 0, 0.2, 0.55, 0.8]).map(
    (share) => among[Math.round(share * (among.length - 1))],
  );
  const shapes = [...new Set(picked)].filter((s) => s !== undefined);
  // The largest of each shape before the smallest; the other way round where area is what counts.
  const large = shapes.map(({ shape, costs }) => roomiest(shape, costs, limits.area ?? Infinity));
  const small = shapes.map(({ shape, costs }) =>
    pointAt(
      shape,
      costs,
      perSize(() => 0),
    ),
  );
  return objective === 'area' ? [...small, ...large] : [...large, ...small];
}
