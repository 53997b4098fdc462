// A master problem in whole numbers below 2^53, which doubles add without rounding.
//
// Energies are multiples of a power of two. Rounded down (and lowered by what sums of doubles may be off) they refute:
// whatever these exceed the costs themselves exceed. Rounded up they witness: whatever these are within they are within.

import type { Master, MasterLimits, Totals } from './master.js';
import { costOf, quantities } from './master.js';

export type Rounding = 'down' | 'up';

/** Column by column what each quantity comes to. */
export type WholeLayer = Readonly<Record<keyof Totals, Float64Array>> & { readonly count: number };

export interface WholeMaster {
  readonly layers: readonly WholeLayer[];
  /** In the same units, rounded down: totals are whole. */
  readonly limits: MasterLimits;
  /** A unit of each. */
  readonly unit: Totals;
}

/** Closed forms and the cost model sum in different orders: they are off by less than this share. */
export const sumSlack = 1e-11;

/** Totals stay below it. */
const maxTotal = 2 ** 52;
/** The finest unit: pJ and their like are no better known. */
const finest = 2 ** -40;

export function inWholeNumbers({ layers, limits }: Pick<Master, 'layers' | 'limits'>, rounding: Rounding): WholeMaster {
  const costs = layers.map((layer) => Array.from(layer.energy, (_, column) => costOf(layer, column)));
  const unitOf = (q: keyof Totals): number => {
    const max = costs.reduce((sum, own, i) => sum + (layers[i]?.count ?? 0) * Math.max(0, ...own.map((c) => c[q])), 0);
    let unit = q === 'cycles' ? 1 : finest;
    while (max / unit >= maxTotal) unit *= 2;
    return unit;
  };
  const unit = { energy: unitOf('energy'), cycles: unitOf('cycles'), both: unitOf('both') };
  const whole = (q: keyof Totals) => (of: Totals) =>
    rounding === 'up'
      ? Math.ceil(of[q] / unit[q])
      : Math.floor((of[q] / unit[q]) * (q === 'cycles' ? 1 : 1 - sumSlack));
  return {
    layers: layers.map(({ count }, i) => ({
      count,
      energy: Float64Array.from(costs[i] ?? [], whole('energy')),
      cycles: Float64Array.from(costs[i] ?? [], whole('cycles')),
      both: Float64Array.from(costs[i] ?? [], whole('both')),
    })),
    limits: {
      ...Object.fromEntries(
        quantities.flatMap((q) => {
          const limit = limits[q];
          return limit === undefined ? [] : [[q, Math.floor(limit / unit[q])]];
        }),
      ),
      ...(limits.product !== undefined && { product: limits.product / (unit.energy * unit.cycles) }),
    },
    unit,
  };
}
