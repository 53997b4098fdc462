// Presolve by cycles: padded bounds and fan-out factors that no mapping within a number of cycles can use.
//
// A dimension padded to o, spread s ways over axes of its own, loops at least o / s times; axes that several dimensions
// may share divide the product of all by their size at most. What then takes too many cycles is left out.

import { got } from '../../base/invariant.js';
import { divisors } from '../../base/integers.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Padding } from './padding.js';

export interface Reach {
  readonly padding: Padding;
  /** Factors from 1 up that a dimension may have on an axis. */
  factors: (axis: string, d: Dimension, values: readonly number[]) => readonly number[];
}

interface Own {
  readonly axis: string;
  readonly size: number;
}

export function reach(m: Machine, layer: Layer, padding: Padding, maxCycles: number): Reach {
  const free = dimensions.filter((d) => layer.bounds[d] > 1);
  const axes = m.slots.flatMap((s) =>
    s.kind === 'spatial'
      ? [{ axis: s.axis.name, size: s.axis.size, dims: free.filter((d) => s.dims.includes(d)) }]
      : [],
  );
  const ownOf = (d: Dimension): readonly Own[] => axes.filter((a) => a.dims.length === 1 && a.dims[0] === d);
  const shared = axes.filter((a) => a.dims.length > 1).reduce((n, a) => n * a.size, 1);
  const menus = new Map(free.map((d) => [d, padding(d, layer.bounds[d])]));

  /** Largest product of factors on a dimension's own axes that divides `bound`, where `fixed` holds one axis. */
  const spread = (bound: number, own: readonly Own[], fixed: { axis: string; factor: number } | undefined): number => {
    const [first, ...rest] = own;
    if (!first) return 1;
    const choices = fixed?.axis === first.axis ? [fixed.factor] : divisors(bound).filter((f) => f <= first.size);
    return Math.max(0, ...choices.filter((f) => bound % f === 0).map((f) => f * spread(bound / f, rest, fixed)));
  };
  /** Least loops in time of a dimension over some bounds; Infinity where the fixed factor divides none. */
  const loops = (d: Dimension, bounds: readonly number[], fixed?: { axis: string; factor: number }): number =>
    Math.min(...bounds.map((o) => o / spread(o, ownOf(d), fixed)));

  const min = new Map(free.map((d) => [d, loops(d, got(menus, d))]));
  const total = [...min.values()].reduce((n, x) => n * x, 1) / shared;
  const within = (d: Dimension, own: number) => (total / got(min, d)) * own <= maxCycles * (1 + 1e-9);

  return {
    padding(d, bound) {
      const fits = (menus.get(d) ?? []).filter((o) => within(d, loops(d, [o])));
      // Where nothing fits the rows on cycles say so.
      return fits.length > 0 ? fits : [bound];
    },
    factors: (axis, d, values) =>
      ownOf(d).some((a) => a.axis === axis)
        ? values.filter((factor) => within(d, loops(d, got(menus, d), { axis, factor })))
        : values,
  };
}
