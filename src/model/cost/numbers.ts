// The cost rules read with numbers: one mapping, its exact counts.

import { gcd } from '../../base/integers.js';
import { entry, got, nth } from '../../base/invariant.js';
import type { Conventions } from './conventions.js';
import type { Dimension, Layer, Tensor, Window } from '../workload/layer.js';
import { dimensions, isRelevant } from '../workload/layer.js';
import type { Machine } from '../machine/compiled-machine.js';
import type { Loop, Mapping } from '../mapping/mapping.js';
import type { Reading, Region } from './traffic.js';

/** The number of each dimension. */
const place = Object.fromEntries(dimensions.map((d, i) => [d, i])) as Readonly<Record<Dimension, number>>;

/** A loop of the nest with the place where it stands; the nest is outermost first. */
interface Placed extends Loop {
  readonly level: number;
  /** Name of the fan-out axis, or undefined for a loop in time. */
  readonly axis: string | undefined;
}

/** The loops of a mapping that are longer than 1, outermost first. Throws on an axis that the architecture lacks. */
function flatten(m: Machine, mapping: Mapping): readonly Placed[] {
  const nest: Placed[] = [];
  mapping.levels.forEach((l, level) => {
    for (const { dim, factor } of l.temporal) if (factor > 1) nest.push({ dim, factor, level, axis: undefined });
    for (const { dim, factor, axis } of l.spatial) {
      const found = m.architecture.levels[level]?.axes.find((a) => a.label === axis);
      if (!found) throw new Error(`internal error: level ${l.name} has no fan-out axis ${axis}`);
      if (factor > 1) nest.push({ dim, factor, level, axis: found.name });
    }
  });
  return nest;
}

/** Number of different values of sum a_k x i_k with 0 <= i_k < n_k. */
export function countOffsets(steps: readonly { readonly step: number; readonly count: number }[]): number {
  let seen = new Set([0]);
  for (const { step, count } of steps) {
    const next = new Set<number>();
    for (const x of seen) for (let i = 0; i < count; i++) next.add(x + i * step);
    seen = next;
  }
  return seen.size;
}

/**
 * Input rows under `p` output rows and `r` kernel rows, g the greatest common divisor of stride and dilation.
 * box: (r - 1) dilation + (p - 1) stride + 1; dense: the p r index pairs, or the box of
 * every g-th row, whichever is less.
 */
export function rowsUnder(
  p: number,
  r: number,
  stride: number,
  dilation: number,
  pixels: Conventions['pixels'],
): number {
  const reach = (p - 1) * stride + (r - 1) * dilation;
  return pixels === 'box' ? reach + 1 : Math.min(p * r, reach / gcd(stride, dilation) + 1);
}

export function numbers(m: Machine, layer: Layer, conventions: Conventions, mapping: Mapping): Reading<number> {
  const nest = flatten(m, mapping);
  const { temporalOutside, spatialOutside, inside, axes } = tabulate(m, nest);
  const last = m.architecture.levels.length;
  const strideOf = (w: Window) => layer.stride[w.out];
  const dilationOf = (w: Window) => layer.dilation[w.kernel];

  /** Below which level a fan-out axis lies; -1 where the mapping does not use it. */
  const axisLevel = (name: string) => nest.find((l) => l.axis === name)?.level ?? -1;
  /** Products of factors per dimension in a region. Searches ask in their innermost loops: most are just looked up. */
  const factorsIn = (region: Region): ArrayLike<number> => {
    switch (region.where) {
      case 'all':
        return nth(inside, 0);
      case 'temporal':
        return nth(temporalOutside, last);
      case 'inside':
        return nth(inside, region.level);
      case 'temporal outside':
        return nth(temporalOutside, region.level);
      case 'spatial outside':
        return nth(spatialOutside, region.level);
      case 'not spatial outside': {
        const within = nth(inside, region.level);
        return nth(temporalOutside, region.level).map((n, i) => n * nth(within, i));
      }
      case 'fan-outs between': {
        const { outer, inner, except } = region;
        const [out, all] = [nth(spatialOutside, outer), nth(spatialOutside, inner)];
        const between = all.map((n, i) => n / nth(out, i));
        for (const name of except)
          if (axisLevel(name) >= outer && axisLevel(name) < inner)
            got(axes, name).forEach((n, i) => (between[i]! /= n));
        return between;
      }
      case 'axes': {
        const own = region.names.flatMap((name) => {
          const along = axes.get(name);
          return along ? [along] : [];
        });
        return dimensions.map((_, i) => own.reduce((n, along) => n * nth(along, i), 1));
      }
    }
  };
  const factor = (d: Dimension, region: Region): number => nth(factorsIn(region), place[d]);
  const loops = (dims: readonly Dimension[], region: Region) => {
    const factors = factorsIn(region);
    let product = 1;
    for (const d of dims) product *= nth(factors, place[d]);
    return product;
  };
  const extent = (d: Dimension, level: number) => nth(nth(inside, level), place[d]);
  const temporal = nest.filter((l) => l.axis === undefined);
  const tileRows = (w: Window, level: number, tuples: boolean) => {
    const [p, r] = [extent(w.out, level), extent(w.kernel, level)];
    return tuples ? p * r : rowsUnder(p, r, strideOf(w), dilationOf(w), conventions.pixels);
  };

  const refetches = (tensor: Tensor, level: number) => {
    // The run: innermost loops outside the level that do not touch the tensor's tile.
    let running = level < last;
    let product = 1;
    for (let i = temporal.length - 1; i >= 0; i--) {
      const l = nth(temporal, i);
      if (l.level >= level) continue;
      if (isRelevant(tensor, l.dim)) running = false;
      else if (!running) product *= l.factor;
    }
    return product;
  };

  return {
    constant: (n) => n,
    pool: layer.pool,
    residual: layer.residual,
    resident: layer.resident,
    weightBits: layer.weightBits,
    split: layer.split,
    product: (xs) => xs.reduce((a, b) => a * b, 1),
    quotient: (a, b) => a / b,
    loops,
    refetches,
    revisits: (level) => refetches('Outputs', level) - 1,
    rows: tileRows,
    walk(w, level, tuples) {
      const rows = tileRows(w, level, tuples);
      const moved = loops([w.out, w.kernel], { where: 'temporal outside', level });
      if (conventions.halo === 'refetch' || tuples) return rows * moved;
      const first = temporal.findLast((l) => l.level < level && isRelevant('Inputs', l.dim));
      if (!first || (first.dim !== w.out && first.dim !== w.kernel)) return rows * moved;
      // The first relevant loop slides the tile: only what is new is fetched.
      const along = first.dim === w.out ? strideOf(w) : dilationOf(w);
      const between = { where: 'fan-outs between', outer: first.level, inner: level, except: [] } as const;
      const shift = extent(first.dim, level) * factor(first.dim, between) * along;
      return (moved / first.factor) * (rows + (first.factor - 1) * Math.min(shift, rows));
    },
    offsets(w, level) {
      const fanout = nest
        .filter((l) => l.level === level && l.axis !== undefined && (l.dim === w.out || l.dim === w.kernel))
        .reverse();
      if (fanout.every((l) => l.dim === nth(fanout, 0).dim)) return times(fanout);
      const inner = { [w.out]: extent(w.out, level + 1), [w.kernel]: extent(w.kernel, level + 1) };
      const unit = { [w.out]: strideOf(w), [w.kernel]: dilationOf(w) };
      return countOffsets(
        fanout.map((l) => {
          const step = entry(inner, l.dim) * entry(unit, l.dim);
          inner[l.dim]! *= l.factor;
          return { step, count: l.factor };
        }),
      );
    },
  };
}

const times = (loops: readonly Loop[]) => loops.reduce((n, l) => n * l.factor, 1);

/** Products of factors per dimension (by its number), so that every region is a look-up. */
function tabulate(m: Machine, nest: readonly Placed[]) {
  const levels = m.architecture.levels.length;
  const one = () => dimensions.map(() => 1);
  const ones = () => Array.from({ length: levels + 1 }, one);
  const [temporalOutside, spatialOutside, inside] = [ones(), ones(), ones()];
  const axes = new Map<string, number[]>();
  for (const l of nest) {
    const d = place[l.dim];
    const outside = l.axis === undefined ? temporalOutside : spatialOutside;
    for (let level = l.level + 1; level <= levels; level++) nth(outside, level)[d]! *= l.factor;
    for (let level = 0; level <= l.level; level++) nth(inside, level)[d]! *= l.factor;
    if (l.axis !== undefined) {
      const own = axes.get(l.axis) ?? one();
      own[d]! *= l.factor;
      axes.set(l.axis, own);
    }
  }
  return { temporalOutside, spatialOutside, inside, axes };
}
