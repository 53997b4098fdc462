// The master problem of a network: one column for every instance of every layer, the minimum of a sum or of energy x cycles,
// within limits on the totals. docs/formulation.md, "Columns and the master".

import { nth } from '../../base/invariant.js';

/** What totals are counted: energy, cycles, and the sum of the layers' products of both. */
export interface Totals {
  readonly energy: number;
  readonly cycles: number;
  readonly both: number;
}

/** One layer, of which so many choices take one of its columns each: not all need take the same one. */
export interface MasterLayer {
  readonly name: string;
  readonly count: number;
  /** Instances that share each choice; 1 where none is given. */
  readonly times?: number;
  /** Of each column: pJ; cycles, whole. */
  readonly energy: ArrayLike<number>;
  readonly cycles: ArrayLike<number>;
}

/** Upper limits; `product` is on energy x cycles of the totals. */
export type MasterLimits = Readonly<Partial<Record<keyof Totals | 'product', number>>>;

export interface Master {
  readonly layers: readonly MasterLayer[];
  /** A weighted sum of totals, or energy x cycles of the totals. */
  readonly objective: Totals | 'product';
  readonly limits: MasterLimits;
}

/** Per layer, how many of its choices take each column. */
export type Picks = readonly (readonly number[])[];

export const quantities = ['energy', 'cycles', 'both'] as const;

export const weighted = (weights: Totals, of: Totals): number =>
  weights.energy * of.energy + weights.cycles * of.cycles + weights.both * of.both;

export const valueOf = (objective: Master['objective'], of: Totals): number =>
  objective === 'product' ? of.energy * of.cycles : weighted(objective, of);

/** What a choice of a column has of each quantity. */
export function costOf({ energy, cycles, times = 1 }: MasterLayer, column: number): Totals {
  const [e, t] = [nth(energy, column), nth(cycles, column)];
  return { energy: times * e, cycles: times * t, both: times * e * t };
}

export function totalsOf(layers: readonly MasterLayer[], picks: Picks): Totals {
  const sum = { energy: 0, cycles: 0, both: 0 };
  layers.forEach((layer, l) =>
    nth(picks, l).forEach((times, c) => {
      if (times === 0) return;
      const of = costOf(layer, c);
      for (const q of quantities) sum[q] += times * of[q];
    }),
  );
  return sum;
}

/** Whether totals are within all limits. */
export const keepsLimits = ({ energy, cycles, both }: Totals, limits: MasterLimits): boolean =>
  energy <= (limits.energy ?? Infinity) &&
  cycles <= (limits.cycles ?? Infinity) &&
  both <= (limits.both ?? Infinity) &&
  energy * cycles <= (limits.product ?? Infinity);
