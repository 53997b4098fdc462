// Limits on what one run of each network costs: what a machine takes of them, and what they are at prices.
//
// A limit on energy x delay of the totals holds for the sum of the layers' own all the more, which has a price; machines found
// are held to the limit itself.

import { nth } from '../../base/invariant.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import { amountOf, networkQuantities, networkSums } from '../../model/cost/network-goal.js';
import type { Found } from '../../search/strategy.js';
import type { CodesignProblem, Prices, UniqueLayer } from './codesign-problem.js';
import { noPrices, problemOf } from './codesign-problem.js';
import type { CodesignReason } from './codesign-reason.js';
import type { CodesignRequest } from './codesign-request.js';

export interface NetworkLimit {
  readonly network: number;
  readonly quantity: NetworkQuantity;
  readonly limit: number;
}

/** What a limit has a price on. */
export const pricedAs: Readonly<Record<NetworkQuantity, keyof Prices>> = {
  energy: 'energy',
  latency: 'latency',
  edp: 'layer-edp',
  'layer-edp': 'layer-edp',
};

export const limitsOf = ({ networks, limits }: CodesignRequest): readonly NetworkLimit[] =>
  networkQuantities.flatMap((quantity) => {
    const limit = limits[quantity];
    return limit === undefined ? [] : networks.map((_, network) => ({ network, quantity, limit }));
  });

/** What a network takes of a limited quantity. */
export const totalOf = (
  layers: readonly UniqueLayer[],
  found: readonly Found[],
  { network, quantity }: Pick<NetworkLimit, 'network' | 'quantity'>,
): number =>
  amountOf(
    quantity,
    networkSums(layers.map(({ counts }, i) => ({ count: nth(counts, network), ...nth(found, i).evaluation }))),
  );

export const meets = (
  layers: readonly UniqueLayer[],
  found: readonly Found[],
  limits: readonly NetworkLimit[],
): boolean => limits.every((l) => totalOf(layers, found, l) <= l.limit);

/** Prices of what is limited, for every network. */
export const pricesOf = (
  { networks }: CodesignRequest,
  limits: readonly NetworkLimit[],
  price: (l: NetworkLimit) => number,
): readonly Prices[] =>
  networks.map((_, k) =>
    limits.reduce((prices, l) => {
      const of = pricedAs[l.quantity];
      return l.network === k ? { ...prices, [of]: prices[of] + price(l) } : prices;
    }, noPrices),
  );

/**
 * Whether limits can be met: the sum of what they limit, each as a share of its limit, is at most their number where
 * they are. Where there are none latency stands for everything: any machine with mappings serves.
 */
export function sharesOf(
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  limits: readonly NetworkLimit[],
  area: number,
): CodesignProblem {
  const prices =
    limits.length === 0
      ? request.networks.map(() => ({ ...noPrices, latency: 1 }))
      : pricesOf(request, limits, (l) => 1 / l.limit);
  return problemOf({ ...request, networks: request.networks.map((n) => ({ ...n, weight: 0 })) }, layers, prices, area);
}

/** `min`: what the only limit must be above, where it is one. */
export const limitsMissed = (
  request: CodesignRequest,
  limits: readonly NetworkLimit[],
  min: number | undefined,
): CodesignReason => ({
  kind: 'limits',
  space: request.space.name,
  area: request.limits.area,
  missed: limits.map(({ network, quantity, limit }) => ({
    network: nth(request.networks, network).network.name,
    quantity,
    max: limit,
  })),
  min,
});
