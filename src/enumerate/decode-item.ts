// An item of the search as a mapping of the cost model, on the arrangement of collectors that it needs.

import { factorize } from '../base/integers.js';
import { invariant } from '../base/diagnostics.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Dimension } from '../model/workload/layer.js';
import { dimensions } from '../model/workload/layer.js';
import type { LevelMapping, Loop, Mapping, SpatialLoop } from '../model/mapping/mapping.js';
import type { Interval } from './kernels.js';
import { intervalsOf } from './kernels.js';
import type { Innermost, Item } from './item.js';

/** Dimensions by the tensor that they spare, and those that spare none. */
const classes: readonly (readonly Dimension[])[] = [['N', 'P', 'Q'], ['K'], ['C', 'R', 'S'], ['G']];
const collectors = ['WeightCollector', 'InputCollector', 'AccumCollector'] as const;

interface Arranged {
  /** Number of the arrangement. */
  readonly architecture: number;
  readonly mapping: Mapping;
}

/** The mapping of an item on an arrangement of a machine. `depths` are the menus of the collectors that the search had. */
export function decode(
  item: Item,
  architectures: readonly Architecture[],
  depths: readonly (readonly number[])[],
): Arranged {
  const products = classes.slice(0, 3).map((ds) => ds.reduce((n, d) => n * item.pe[dimensions.indexOf(d)]!, 1)) as [
    number,
    number,
    number,
  ];
  const intervals = intervalsOf(item.kernel, products, depths, item.pe[dimensions.indexOf('G')]!);
  const architecture = architectures.findIndex((a) => suits(intervals, a));
  invariant(architecture >= 0, 'no arrangement of the collectors suits a kernel');
  const a = architectures[architecture]!;
  const nests = peNest(item, intervals, a);
  const [outer, inner] = [tiles(item.outer, item.innermost.outer), tiles(item.inner, item.innermost.inner)];
  const levels = a.levels.map((l): LevelMapping => ({
    name: l.name,
    keep: l.keeps,
    temporal: l.name === 'DRAM' ? outer : l.name === 'GlobalBuffer' ? inner : (nests.get(l.name) ?? []),
    spatial: l.axes.flatMap((axis) => across(item, axis.label)),
  }));
  return { architecture, mapping: { levels } };
}

/** Whether the deep collectors cut the nest in the kernel's order: all of them, also those that need no depth. */
function suits(intervals: readonly Interval[], a: Architecture): boolean {
  const inward = a.levels
    .filter((l) => l.temporal.length > 0)
    .map((l) => collectors.indexOf(l.name as (typeof collectors)[number]))
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
  const left = new Map(dimensions.map((d, i) => [d, item.pe[i]!]));
  const take = (of: readonly Dimension[], factor: number): Loop[] => {
    const loops = new Map<Dimension, number>();
    for (const [p, e] of factorize(factor)) {
      for (let i = 0; i < e; i++) {
        const d = of.find((x) => left.get(x)! % p === 0);
        invariant(d, 'a kernel has more loops than its tile');
        left.set(d, left.get(d)! / p);
        loops.set(d, (loops.get(d) ?? 1) * p);
      }
    }
    return [...loops].map(([dim, f]) => ({ dim, factor: f }));
  };
  const deep = new Set(a.levels.filter((l) => l.temporal.length > 0).map((l) => l.name));
  // An interval's loops lie at the next cut outwards that is a level with loops of its own.
  const levelOf = (j: number) => {
    for (let k = j + 1; k < intervals.length; k++) {
      const t = intervals[k]!.above;
      if (deep.has(collectors[t]!)) return collectors[t]!;
    }
    return 'AccumBuffer';
  };
  const inward = new Map<string, Loop[]>();
  intervals.forEach(({ factors, first, groups }, j) => {
    const level = levelOf(j);
    const own = inward.get(level) ?? [];
    const order = [first, ...[0, 1, 2].filter((k) => k !== first)];
    for (const k of order) for (const loop of take(classes[k]!, factors[k]!)) merge(own, loop);
    if (groups > 1) own.push({ dim: 'G', factor: groups });
    inward.set(level, own);
  });
  return new Map([...inward].map(([level, loops]) => [level, loops.toReversed()]));
}

/** One loop per dimension and level: the inner one takes the other in. */
function merge(loops: Loop[], loop: Loop): void {
  const at = loops.findIndex((l) => l.dim === loop.dim);
  if (at < 0) loops.push(loop);
  else loops[at] = { dim: loop.dim, factor: loops[at]!.factor * loop.factor };
}

/** A nest of tiles, outermost loop first: groups outside, the innermost class inside. No count and no cycle depends on more. */
function tiles(factors: readonly number[], innermost: Innermost): readonly Loop[] {
  const order = [3, ...[0, 1, 2].filter((k) => k !== innermost), innermost];
  return order
    .flatMap((k) => classes[k]!.map((dim) => ({ dim, factor: factors[dimensions.indexOf(dim)]! })))
    .filter((l) => l.factor > 1);
}

function across({ spatial: s }: Item, axis: string): readonly SpatialLoop[] {
  const array = (d: Dimension) => s.array[dimensions.indexOf(d)]!;
  const loop = (dim: Dimension, factor: number): SpatialLoop[] => (factor > 1 ? [{ dim, factor, axis }] : []);
  switch (axis) {
    case 'lanes':
      return loop('K', s.lanes);
    case 'vector':
      return loop('C', s.vector);
    case 'columns':
      return loop(s.columns, s.columns === 'G' && s.rows === 'G' ? s.onBoth![0] : array(s.columns));
    default:
      return loop(s.rows, s.columns === 'G' && s.rows === 'G' ? s.onBoth![1] : array(s.rows));
  }
}
