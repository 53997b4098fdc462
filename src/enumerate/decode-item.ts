// An item of the search as a mapping of the cost model, on the arrangement of collectors that it needs.

import { factorize } from '../base/integers.js';
import { invariant } from '../base/diagnostics.js';
import { got, nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { axisLabels, collectorNames, levelNames } from '../model/machine/template-names.js';
import type { Dimension } from '../model/workload/layer.js';
import { dimensions } from '../model/workload/layer.js';
import type { LevelMapping, Loop, Mapping, SpatialLoop } from '../model/mapping/mapping.js';
import type { PerDimension } from './columns.js';
import { G, K, columnOf, positionsOf, reductionOf } from './columns.js';
import type { Column } from './cuttings.js';
import type { Interval, Menus } from './kernels.js';
import { intervalsOf } from './kernels.js';
import type { Innermost, Item } from './item.js';

/** Dimensions by the tensor that they are irrelevant to, and those relevant to all. */
const classes = [['N', 'P', 'Q'], ['K'], ['C', 'R', 'S'], ['G']] as const satisfies readonly (readonly Dimension[])[];

/** Classes of loops from the inside out, one of them innermost. */
const inwardFrom = (first: Column): readonly Column[] => [first, ...([0, 1, 2] as const).filter((k) => k !== first)];

interface Arranged {
  /** Number of the arrangement. */
  readonly architecture: number;
  readonly mapping: Mapping;
}

/**
 * The mapping of an item on an arrangement of a machine. `depths` are the menus of the collectors that the search had.
 */
export function decode(item: Item, architectures: readonly Architecture[], depths: Menus): Arranged {
  const products = [positionsOf(item.pe), item.pe[K], reductionOf(item.pe)] as const;
  const intervals = intervalsOf(item.kernel, products, depths, item.pe[G]);
  const architecture = architectures.findIndex((a) => suits(intervals, a));
  invariant(architecture >= 0, 'no arrangement of the collectors suits a kernel');
  const a = nth(architectures, architecture);
  const nests = peNest(item, intervals, a);
  const [outer, inner] = [tiles(item.outer, item.innermost.outer), tiles(item.inner, item.innermost.inner)];
  const levels = a.levels.map((l): LevelMapping => ({
    name: l.name,
    keep: l.keeps,
    temporal:
      l.name === levelNames.dram ? outer : l.name === levelNames.globalBuffer ? inner : (nests.get(l.name) ?? []),
    spatial: l.axes.flatMap((axis) => across(item, axis.label)),
  }));
  return { architecture, mapping: { levels } };
}

/** Whether the deep collectors cut the nest in the kernel's order: all of them, also those that need no depth. */
function suits(intervals: readonly Interval[], a: Architecture): boolean {
  const inward = a.levels
    .filter((l) => l.temporal.length > 0)
    .map((l) => collectorNames.indexOf(l.name as (typeof collectorNames)[number]))
    .filter((t) => t >= 0)
    .reverse();
  const wanted = intervals
    .slice(1)
    .map((i) => i.above)
    .filter((t) => inward.includes(t));
  return wanted.every((t, i) => t === inward[i]);
}

/** Loops of the PE by level, outermost first. */
function peNest(item: Item, intervals: readonly Interval[], a: Architecture): ReadonlyMap<string, readonly Loop[]> {
  const left = new Map(dimensions.map((d) => [d, item.pe[columnOf[d]]]));
  const take = (of: readonly Dimension[], factor: number): Loop[] => {
    const loops = new Map<Dimension, number>();
    for (const [p, e] of factorize(factor)) {
      for (let i = 0; i < e; i++) {
        const d = of.find((x) => got(left, x) % p === 0);
        invariant(d, 'a kernel has more loops than its tile');
        left.set(d, got(left, d) / p);
        loops.set(d, (loops.get(d) ?? 1) * p);
      }
    }
    return [...loops].map(([dim, f]) => ({ dim, factor: f }));
  };
  const deep = new Set(a.levels.filter((l) => l.temporal.length > 0).map((l) => l.name));
  // An interval's loops lie at the next cut outwards that is a level with loops of its own.
  const levelOf = (j: number) => {
    const names = intervals.slice(j + 1).flatMap(({ above }) => (above === -1 ? [] : collectorNames[above]));
    return names.find((name) => deep.has(name)) ?? levelNames.accumBuffer;
  };
  const inward = new Map<string, Loop[]>();
  intervals.forEach(({ factors, first, groups }, j) => {
    const level = levelOf(j);
    const own = inward.get(level) ?? [];
    for (const k of inwardFrom(first)) for (const loop of take(classes[k], factors[k])) merge(own, loop);
    if (groups > 1) own.push({ dim: 'G', factor: groups });
    inward.set(level, own);
  });
  return new Map([...inward].map(([level, loops]) => [level, loops.toReversed()]));
}

/** One loop per dimension and level: the inner one takes the other in. */
function merge(loops: Loop[], loop: Loop): void {
  const at = loops.findIndex((l) => l.dim === loop.dim);
  const own = loops[at];
  if (own) loops[at] = { dim: loop.dim, factor: own.factor * loop.factor };
  else loops.push(loop);
}

/**
 * A nest of tiles, outermost loop first: groups outside, the innermost class inside. No
 * count and no cycle depends on more.
 */
function tiles(factors: PerDimension, innermost: Innermost): readonly Loop[] {
  const order = [3, ...([0, 1, 2] as const).filter((k) => k !== innermost), innermost] as const;
  return order
    .flatMap((k) => classes[k].map((dim) => ({ dim, factor: factors[columnOf[dim]] })))
    .filter((l) => l.factor > 1);
}

function across({ spatial: s }: Item, axis: string): readonly SpatialLoop[] {
  const array = (d: Dimension) => s.array[columnOf[d]];
  const loop = (dim: Dimension, factor: number): SpatialLoop[] => (factor > 1 ? [{ dim, factor, axis }] : []);
  switch (axis) {
    case axisLabels.lanes:
      return loop('K', s.lanes);
    case axisLabels.vector:
      return loop('C', s.vector);
    case axisLabels.columns:
      return loop(s.columns, s.onBoth ? s.onBoth[0] : array(s.columns));
    default:
      return loop(s.rows, s.onBoth ? s.onBoth[1] : array(s.rows));
  }
}
