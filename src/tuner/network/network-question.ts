// A question about a network on one machine: the minimum of what it costs as a whole, within limits on its totals and on
// single layers. What answers it: layers, each as often as it occurs, with a mapping; equal ones need not share one.

import type { StopReason } from '../../base/stop-reason.js';
import { timeLimit } from '../../base/stop-reason.js';
import type { Weights } from '../../enumerate/item.js';
import type { Master, MasterLimits, Totals } from '../../milp/master/master.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Found } from '../../search/strategy.js';
import type { LayerColumns } from './layer-columns.js';

/** Instances of a layer with what is known of its columns. */
export interface ColumnLayer extends CountedLayer {
  readonly columns: LayerColumns;
  /** Mappings that are chosen for them: one each, or one for all. */
  readonly choices: number;
}

export interface NetworkQuestion {
  readonly layers: readonly ColumnLayer[];
  /** A sum over all instances, or energy x cycles of the totals. */
  readonly objective: Master['objective'];
  readonly limits: MasterLimits;
  /** What costs more is of no interest. */
  readonly cutoff?: number;
  /** Whether it is enough to know of one that is within the cutoff. */
  readonly anyWillDo?: boolean;
}

/** Instances with one mapping; a layer may stand there more than once. */
export type Chosen = readonly (CountedLayer & { readonly found: Found })[];

export type NetworkAnswer =
  /** `bound`: no choice costs less; it is `value` but for the last digits of sums. */
  | { readonly status: 'found'; readonly chosen: Chosen; readonly value: number; readonly bound: number }
  /** Nothing keeps the limits, or nothing that does costs as little as the cutoff. */
  | { readonly status: 'none' }
  | { readonly status: 'unknown'; readonly reason: StopReason; readonly bound: number };

/** Seconds that are left; whether it is to end. */
export interface Patience {
  readonly left: () => number;
  readonly over: () => boolean;
}

export const late: NetworkAnswer = { status: 'unknown', reason: timeLimit, bound: 0 };

export const asWeights = ({ energy, cycles, both }: Totals): Weights => ({ energy, cycles, both });

/** All known columns as a master problem. */
export const masterOf = ({ layers, objective, limits }: NetworkQuestion): Master => ({
  layers: layers.map(({ layer, count, choices, columns: { columns } }) => ({
    name: layer.name,
    count: choices,
    times: count / choices,
    energy: Float64Array.from(columns, (c) => c.evaluation.energy),
    cycles: Float64Array.from(columns, (c) => c.evaluation.cycles),
  })),
  objective,
  limits,
});

export function totalsOfChosen(chosen: Chosen): Totals {
  const sum = { energy: 0, cycles: 0, both: 0 };
  for (const { count, found } of chosen) {
    const { energy, cycles } = found.evaluation;
    sum.energy += count * energy;
    sum.cycles += count * cycles;
    sum.both += count * energy * cycles;
  }
  return sum;
}
