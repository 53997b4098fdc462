// What the search over machines needs to know, as plain data: layers of networks, or terms of a sum, a space, an area.

import { entry, nth } from '../../base/invariant.js';
import type { Weights } from '../../enumerate/item.js';
import { costOf } from '../../enumerate/item.js';
import type { Term } from '../../enumerate/term-search.js';
import type { Limits } from '../../model/cost/goal.js';
import type { NetworkLimits, NetworkQuantity, NetworkSums } from '../../model/cost/network-goal.js';
import { amountOf, networkSums } from '../../model/cost/network-goal.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { Layer } from '../../model/workload/layer.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { Master, MasterLimits } from '../../milp/master/master.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Found } from '../../search/strategy.js';
import type { CodesignRequest } from './codesign-request.js';
import type { ScheduleOverSpace } from './schedules/keeping.js';

/** A sum of terms, each a layer with weights of its own: what is asked of one machine, and of shapes at once. */
export interface CodesignProblem {
  readonly space: DesignSpace;
  readonly technology: Technology;
  readonly terms: readonly Term[];
  readonly padding: boolean;
  /** mm2; no limit is +Infinity. */
  readonly area: number;
}

/** What networks cost as a whole, within limits on their totals. */
export interface TotalsProblem extends Omit<CodesignProblem, 'terms'> {
  readonly layers: readonly UniqueLayer[];
  /** What each network weighs in the objective. */
  readonly networks: readonly number[];
  /** Of a network: a sum over its layers, all 0 where any mapping within the limits will do; or energy x cycles of its totals. */
  readonly objective: Master['objective'];
  /** The area is what is to be small; the objective is what each network is held to the limits by. */
  readonly isArea?: boolean;
  /** On every network. */
  readonly limits: MasterLimits;
  /** Bounds need not be better than to this share. */
  readonly tolerance: number;
  /** Tensors of each network may stay in the global buffer; limits are on energy, cycles and their product. */
  readonly schedules?: readonly ScheduleOverSpace[];
}

/** A quantity of a network as what the master minimises. */
export const masterObjective: Readonly<Record<NetworkQuantity, Master['objective']>> = {
  energy: { energy: 1, cycles: 0, both: 0 },
  latency: { energy: 0, cycles: 1, both: 0 },
  edp: 'product',
  'layer-edp': { energy: 0, cycles: 0, both: 1 },
};

export const masterLimits = ({ energy, latency, edp, 'layer-edp': layerEdp }: NetworkLimits): MasterLimits => ({
  ...(energy !== undefined && { energy }),
  ...(latency !== undefined && { cycles: latency }),
  ...(edp !== undefined && { product: edp }),
  ...(layerEdp !== undefined && { both: layerEdp }),
});

export interface UniqueLayer {
  readonly layer: Layer;
  /** How often each network has it. */
  readonly counts: readonly number[];
  /** What one instance may cost at most. */
  readonly limits: Limits;
}

type Limited = Pick<CodesignRequest, 'layerLimits'>;

export function limitsOfLayer({ layerLimits }: Limited, { name }: Layer): Limits {
  const { each = {}, layers = {} } = layerLimits ?? {};
  return Object.hasOwn(layers, name) ? entry(layers, name) : each;
}

export const limitsLayers = ({ layerLimits }: Limited): boolean =>
  layerLimits !== undefined &&
  [layerLimits.each, ...Object.values(layerLimits.layers)].some((limits) => Object.keys(limits).length > 0);

/** Layers of one shape under the same limits have one mapping. */
export const layerKey = (request: Limited, layer: Layer): string =>
  JSON.stringify([shapeKey(layer), Object.entries(limitsOfLayer(request, layer)).sort()]);

/**
 * Layers of all networks, each shape once; twice where a layer of one network is limited
 * and its like of another is not.
 */
export function uniqueLayers(
  networks: CodesignRequest['networks'],
  layerLimits?: CodesignRequest['layerLimits'],
): readonly UniqueLayer[] {
  const request = layerLimits === undefined ? {} : { layerLimits };
  const found = new Map<string, { layer: Layer; counts: number[]; limits: Limits }>();
  networks.forEach(({ network }, k) => {
    for (const { layer, count } of network.layers) {
      const key = layerKey(request, layer);
      const known = found.get(key) ?? {
        layer,
        counts: networks.map(() => 0),
        limits: limitsOfLayer(request, layer),
      };
      known.counts[k]! += count;
      found.set(key, known);
    }
  });
  return [...found.values()];
}

/**
 * What one more unit of a sum over a network's layers is worth beside the objective: multipliers of its limits. Energy x
 * delay of the totals is no such sum, and has prices only where some totals are given (`pricesAt`).
 */
export type Prices = Readonly<Record<Exclude<NetworkQuantity, 'edp'>, number>>;

export const noPrices: Prices = { energy: 0, latency: 0, 'layer-edp': 0 };

/** Prices that make the sum of products what it is at some totals: a unit of energy counts for the cycles, and a cycle for the energy. */
export const pricesAt = (
  { networks }: Pick<CodesignRequest, 'networks'>,
  sums: readonly NetworkSums[],
): readonly Prices[] =>
  networks.map(({ weight }, k) => {
    const { energy, cycles } = nth(sums, k);
    return { ...noPrices, energy: weight * cycles, latency: weight * energy };
  });

/** What a layer's energy and cycles count for: the objective where it is a sum, and prices. */
export function weightsOf(
  { counts }: Pick<UniqueLayer, 'counts'>,
  { networks, objective }: Pick<CodesignRequest, 'networks' | 'objective'>,
  prices: readonly Prices[],
): Weights {
  const wanted = networks.reduce((sum, { weight }, k) => sum + weight * nth(counts, k), 0);
  const priced = (name: keyof Prices) => networks.reduce((sum, _, k) => sum + nth(prices, k)[name] * nth(counts, k), 0);
  return {
    both: (objective === 'layer-edp' ? wanted : 0) + priced('layer-edp'),
    energy: (objective === 'energy' ? wanted : 0) + priced('energy'),
    cycles: (objective === 'latency' ? wanted : 0) + priced('latency'),
  };
}

type Asked = Pick<CodesignRequest, 'networks' | 'objective'>;

/** What mappings of all layers come to, per network. */
export const sumsOfNetworks = (
  { networks }: Pick<CodesignRequest, 'networks'>,
  layers: readonly UniqueLayer[],
  found: readonly Found[],
): readonly NetworkSums[] =>
  networks.map((_, k) =>
    networkSums(layers.map(({ counts }, i) => ({ count: nth(counts, k), ...nth(found, i).evaluation }))),
  );

/** The objective of mappings of all layers, but for the area. */
export const objectiveOf = (request: Asked, layers: readonly UniqueLayer[], found: readonly Found[]): number => {
  const { networks, objective } = request;
  if (objective === 'area') return 0;
  const sums = sumsOfNetworks(request, layers, found);
  return networks.reduce((total, { weight }, k) => total + weight * amountOf(objective, nth(sums, k)), 0);
};

/** What they cost by the weights of a problem. */
export const pricedValue = ({ terms }: Pick<CodesignProblem, 'terms'>, found: readonly Found[]): number =>
  terms.reduce((sum, { weights }, i) => {
    const { energy, cycles } = nth(found, i).evaluation;
    return sum + costOf(weights, energy, cycles);
  }, 0);

/** What costs less; undefined where there is neither. */
export const lesser = <T extends { readonly value: number }>(
  one: T | undefined,
  other: T | undefined,
): T | undefined => (other && other.value < (one?.value ?? Infinity) ? other : one);

export const problemOf = (
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  prices: readonly Prices[],
  area: number,
): CodesignProblem => ({
  space: request.space,
  technology: request.technology,
  terms: layers.map((l) => ({ layer: l.layer, weights: weightsOf(l, request, prices), limits: l.limits })),
  padding: request.padding,
  area,
});
