// Answers whether some machine and mappings meet given requirements: for a machine, or for a space of them.

import type { StopReason } from '../../base/stop-reason.js';
import type { CountedLayer } from '../../model/workload/network.js';
import { valueOf } from '../../model/cost/goal.js';
import type { NetworkLimits, NetworkQuantity } from '../../model/cost/network-goal.js';
import { amountOf, networkSums } from '../../model/cost/network-goal.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import type { Script } from '../../smt/script.js';
import type { LayerMinimum, Needed, Witness } from './proof.js';

export type Decision =
  | { readonly status: 'feasible'; readonly witness: Witness }
  /** These alone cannot be met. */
  | { readonly status: 'infeasible'; readonly core: readonly Requirement[] }
  | { readonly status: 'unknown'; readonly reason: StopReason };

export interface Decider {
  decide: (requirements: readonly Requirement[], deadline: number) => Promise<Decision>;
  /** All that is known, with requirements, as Z3 is asked. */
  script: (requirements: readonly Requirement[]) => Script;
  /** Values that a limited parameter may take, ascending. */
  values: (requirement: Requirement & { readonly kind: 'parameter' }) => readonly number[];
  /** What has been proven so far, in words. */
  settled: () => readonly string[];
  /**
   * What every layer alone is known to cost at least, whatever is limited; empty where
   * that is not known layer by layer.
   */
  min: (quantity: NetworkQuantity) => readonly LayerMinimum[];
  /** What a limit on the network must be for the rest to be met, where that is found at once and not by trying. */
  needs?: (member: NetworkLimit, rest: readonly Requirement[], deadline: number) => Promise<Needed>;
  /** The same of a limit on the area. */
  needsArea?: (member: AreaLimit, rest: readonly Requirement[], deadline: number) => Promise<Needed>;
}

export type NetworkLimit = Requirement & { readonly kind: 'network' };

export type AreaLimit = Requirement & { readonly kind: 'area' };

/** Whose sum over the layers a quantity of a network is; none of energy x cycles of the totals. */
export const layerQuantityOf: Readonly<Record<NetworkQuantity, CostQuantity | undefined>> = {
  energy: 'energy',
  latency: 'latency',
  edp: undefined,
  'layer-edp': 'edp',
};

export const isNetwork = (r: Requirement): r is NetworkLimit => r.kind === 'network';

/** A limit on a sum over layers, which a price makes a limit on each of them. */
export type SumLimit = NetworkLimit & { readonly quantity: Exclude<NetworkQuantity, 'edp'> };

export const isOnSum = (r: Requirement): r is SumLimit => r.kind === 'network' && r.quantity !== 'edp';

/** The minimum of a layer's limits of each kind. */
export function limitsOn(
  layer: string,
  requirements: readonly Requirement[],
): Readonly<Partial<Record<CostQuantity, number>>> {
  const limits: Partial<Record<CostQuantity, number>> = {};
  for (const r of requirements)
    if (r.kind === 'layer' && r.layer === layer) limits[r.quantity] = Math.min(r.max, limits[r.quantity] ?? Infinity);
  return limits;
}

/** The minimum of limits on the network of each kind. */
export function limitsOnNetwork(requirements: readonly Requirement[]): NetworkLimits {
  const limits: Partial<Record<NetworkQuantity, number>> = {};
  for (const { quantity, max } of requirements.filter(isNetwork))
    limits[quantity] = Math.min(max, limits[quantity] ?? Infinity);
  return limits;
}

/** What the dearest of a layer's instances costs: they need not have the same mapping. */
export const dearestOf = (
  quantity: CostQuantity,
  name: string,
  layers: readonly {
    readonly layer: { readonly name: string };
    readonly found: { readonly evaluation: { readonly energy: number; readonly cycles: number } };
  }[],
): number =>
  layers.reduce(
    (max, { layer, found: { evaluation } }) =>
      layer.name === name ? Math.max(max, valueOf(quantity, evaluation.energy, evaluation.cycles)) : max,
    -Infinity,
  );

/** What the layers of a witness come to, each as often as it occurs. */
export const totalOf = (
  quantity: NetworkQuantity,
  layers: readonly (CountedLayer & {
    readonly found: { readonly evaluation: { readonly energy: number; readonly cycles: number } };
  })[],
): number =>
  amountOf(quantity, networkSums(layers.map(({ count, found: { evaluation } }) => ({ count, ...evaluation }))));
