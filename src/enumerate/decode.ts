// An item of the search as mappings of the cost model, on the arrangement of collectors that it needs.

import { factorize } from '../base/integers.js';
import { invariant } from '../base/diagnostics.js';
import type { Architecture } from '../model/architecture.js';
import type { Dimension } from '../model/layer.js';
import { dimensions } from '../model/layer.js';
import type { LevelMapping, Loop, Mapping, SpatialLoop } from '../model/mapping.js';
import type { Interval } from './kernels.js';
import { intervalsOf } from './kernels.js';
import type { Item } from './item.js';

/** Dimensions by the tensor that they spare, and those that spare none. */
const classes: readonly (readonly Dimension[])[] = [['N', 'P', 'Q'], ['K'], ['C', 'R', 'S'], ['G']];
const collectors = ['WeightCollector', 'InputCollector', 'AccumCollector'] as const;

interface Arranged {
  /** Number of the arrangement. */
  readonly architecture: number;
  readonly mapping: Mapping;
}

/**
 * The mappings of an item on arrangements of a machine: they differ in the order of loops over tiles that no count
 * depends on, only the length of a few steps. `depths` are the menus of the collectors that the search had.
 */
export function decode(item: Item, architectures: readonly Architecture[], depths: readonly (readonly number[])[]): readonly Arranged[] {
  return arranged(item, architectures, depths, orders(item.outer, item.innermost.outer), orders(item.inner, item.innermost.inner));
}

/**
 * The same with the loops over tiles in every order, also in those that leave other classes innermost: some may not be
 * legal, some take other energy. Undefined where there are more than `most`.
 */
export function decodeAll(item: Item, architectures: readonly Architecture[], depths: readonly (readonly number[])[], most: number): readonly Arranged[] | undefined {
  const loops = (factors: readonly number[]) => dimensions.map((dim, i) => ({ dim, factor: factors[i]! })).filter((l) => l.factor > 1);
  const [outer, inner] = [loops(item.outer), loops(item.inner)];
  return factorial(outer.length) * factorial(inner.length) > most ? undefined : arranged(item, architectures, depths, permutations(outer), permutations(inner));
}

function arranged(item: Item, architectures: readonly Architecture[], depths: readonly (readonly number[])[], outers: readonly (readonly Loop[])[], inners: readonly (readonly Loop[])[]): readonly Arranged[] {
  const products = classes.slice(0, 3).map((ds) => ds.reduce((n, d) => n * item.pe[dimensions.indexOf(d)]!, 1)) as [number, number, number];
  const intervals = intervalsOf(item.kernel, products, depths, item.pe[dimensions.indexOf('G')]!);
  const architecture = architectures.findIndex((a) => suits(intervals, a));
  invariant(architecture >= 0, 'no arrangement of the collectors suits a kernel');
  const a = architectures[architecture]!;
  const nests = peNest(item, intervals, a);
  return outers.flatMap((outer) => inners.map((inner) => ({ architecture, mapping: { levels: a.levels.map((l): LevelMapping => ({
    name: l.name,
    keep: l.keeps,
    temporal: l.name === 'DRAM' ? outer : l.name === 'GlobalBuffer' ? inner : (nests.get(l.name) ?? []),
    spatial: l.axes.flatMap((axis) => across(item, axis.label)),
  })) } })));
}

/** Whether the deep collectors cut the nest in the kernel's order: all of them, also those that need no depth. */
function suits(intervals: readonly Interval[], a: Architecture): boolean {
  const inward = a.levels.filter((l) => l.temporal.length > 0).map((l) => collectors.indexOf(l.name as (typeof collectors)[number])).filter((t) => t >= 0).reverse();
  const wanted = intervals.slice(1).map((i) => i.above).filter((t) => inward.includes(t));
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

/** Orders of a nest of tiles, outermost first: groups outside, the innermost class inside, the larger or the smaller loops next to the middle. */
function orders(factors: readonly number[], innermost: number): readonly (readonly Loop[])[] {
  const loops = (k: number) => classes[k]!.map((dim) => ({ dim, factor: factors[dimensions.indexOf(dim)]! })).filter((l) => l.factor > 1);
  const others = [0, 1, 2].filter((k) => k !== innermost);
  const outside = loops(3);
  const inside = loops(innermost);
  const sorted = (sign: number, ls: readonly Loop[]) => [...ls].sort((x, y) => sign * (x.factor - y.factor));
  const found: (readonly Loop[])[] = [];
  for (const [x, y] of [others, others.toReversed()] as [number, number][]) {
    for (const sign of [1, -1]) {
      found.push([...outside, ...sorted(sign, [...loops(x)]), ...sorted(sign, loops(y)), ...sorted(sign, inside)]);
    }
  }
  const texts = new Set<string>();
  return found.filter((f) => {
    const text = JSON.stringify(f);
    return !texts.has(text) && texts.add(text);
  });
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

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const permutations = <T>(xs: readonly T[]): T[][] => (xs.length === 0 ? [[]] : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((p) => [x, ...p])));
