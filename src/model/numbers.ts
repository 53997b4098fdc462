// The cost rules read with numbers: one mapping, its exact counts.

import type { Conventions } from './conventions.js';
import type { Dimension, Layer, Tensor, Window } from './layer.js';
import { isRelevant } from './layer.js';
import type { Machine } from './machine.js';
import type { Loop, Mapping } from './mapping.js';
import type { Reading, Region } from './traffic.js';

/** A loop of the nest with the place where it stands; the nest is outermost first. */
interface Placed extends Loop {
  readonly level: number;
  /** Name of the fan-out axis, or undefined for a loop in time. */
  readonly axis: string | undefined;
}

/** The whole nest of a mapping, outermost loop first. Throws on an axis that the architecture lacks. */
export function flatten(m: Machine, mapping: Mapping): readonly Placed[] {
  return mapping.levels.flatMap((l, level): Placed[] => [
    ...l.temporal.map((loop) => ({ ...loop, level, axis: undefined })),
    ...l.spatial.map(({ dim, factor, axis }) => {
      const found = m.architecture.levels[level]?.axes.find((a) => a.label === axis);
      if (!found) throw new Error(`internal error: level ${l.name} has no fan-out axis ${axis}`);
      return { dim, factor, level, axis: found.name };
    }),
  ]);
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
 * Input rows under `p` output rows and `r` kernel rows.
 * box: (r - 1) dilation + (p - 1) stride + 1; touched: the different values of i stride + j dilation.
 */
export function rowsUnder(p: number, r: number, stride: number, dilation: number, pixels: Conventions['pixels']): number {
  const box = (r - 1) * dilation + (p - 1) * stride + 1;
  if (pixels === 'box' || p === 1 || r === 1) return pixels === 'box' ? box : p * r;
  if (dilation === 1) return stride >= r ? p * r : box;
  // i stride + j dilation repeats with period dilation/gcd in i: count the first of each run of equal values.
  const g = gcd(stride, dilation);
  const di = dilation / g;
  const dj = stride / g;
  return p * r - Math.max(0, p - di) * Math.max(0, r - dj);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export function numbers(m: Machine, layer: Layer, conventions: Conventions, mapping: Mapping): Reading<number> {
  const nest = flatten(m, mapping).filter((l) => l.factor > 1);
  const times = (loops: readonly Loop[]) => loops.reduce((n, l) => n * l.factor, 1);
  const strideOf = (w: Window) => layer.stride[w.out];
  const dilationOf = (w: Window) => layer.dilation[w.kernel];

  const within = (region: Region) => (l: Placed): boolean => {
    switch (region.where) {
      case 'all':
        return true;
      case 'temporal':
        return l.axis === undefined;
      case 'inside':
        return l.level >= region.level;
      case 'temporal outside':
        return l.axis === undefined && l.level < region.level;
      case 'spatial outside':
        return l.axis !== undefined && l.level < region.level;
      case 'not spatial outside':
        return l.axis === undefined || l.level >= region.level;
      case 'fan-outs between':
        return l.axis !== undefined && l.level >= region.outer && l.level < region.inner && !region.except.includes(l.axis);
      case 'axes':
        return l.axis !== undefined && region.names.includes(l.axis);
    }
  };
  const loops = (dims: readonly Dimension[], region: Region) => {
    const inRegion = within(region);
    let product = 1;
    for (const l of nest) if (dims.includes(l.dim) && inRegion(l)) product *= l.factor;
    return product;
  };
  const outside = (level: number) => nest.filter((l) => l.axis === undefined && l.level < level);
  const extent = (d: Dimension, level: number) => loops([d], { where: 'inside', level });
  const tileRows = (w: Window, level: number, tuples: boolean) => {
    const [p, r] = [extent(w.out, level), extent(w.kernel, level)];
    return tuples ? p * r : rowsUnder(p, r, strideOf(w), dilationOf(w), conventions.pixels);
  };

  const unspared = (tensor: Tensor, level: number) => {
    const temporal = outside(level);
    // The run: innermost loops that do not touch the tensor's tile.
    let end = temporal.length;
    if (level < m.architecture.levels.length) while (end > 0 && !isRelevant(tensor, temporal[end - 1]!.dim)) end--;
    return times(temporal.slice(0, end).filter((l) => !isRelevant(tensor, l.dim)));
  };

  return {
    product: (xs) => xs.reduce((a, b) => a * b, 1),
    quotient: (a, b) => a / b,
    loops,
    unspared,
    revisits: (level) => unspared('Outputs', level) - 1,
    rows: tileRows,
    walk(w, level, tuples) {
      const rows = tileRows(w, level, tuples);
      const temporal = outside(level).filter((l) => isRelevant('Inputs', l.dim));
      const moved = times(temporal.filter((l) => l.dim === w.out || l.dim === w.kernel));
      const first = temporal.at(-1);
      if (conventions.halo === 'refetch' || tuples || !first || (first.dim !== w.out && first.dim !== w.kernel)) return rows * moved;
      // The first relevant loop slides the tile: only what is new is fetched.
      const along = first.dim === w.out ? strideOf(w) : dilationOf(w);
      const between = nest.filter((l) => l.dim === first.dim && l.axis !== undefined && l.level >= first.level && l.level < level);
      const shift = extent(first.dim, level) * times(between) * along;
      return (moved / first.factor) * (rows + (first.factor - 1) * Math.min(shift, rows));
    },
    offsets(w, level) {
      const steps: { step: number; count: number }[] = [];
      const inner = { [w.out]: extent(w.out, level + 1), [w.kernel]: extent(w.kernel, level + 1) };
      const unit = { [w.out]: strideOf(w), [w.kernel]: dilationOf(w) };
      for (const l of nest.filter((x) => x.level === level && x.axis !== undefined).reverse()) {
        if (l.dim !== w.out && l.dim !== w.kernel) continue;
        steps.push({ step: inner[l.dim]! * unit[l.dim]!, count: l.factor });
        inner[l.dim]! *= l.factor;
      }
      return countOffsets(steps);
    },
  };
}
