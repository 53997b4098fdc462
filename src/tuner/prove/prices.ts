// Limits on several quantities of a network as one: each counts as a share of its limit, times a price.
//
// Whatever the prices, what meets all limits costs at most the sum of the prices. So a least cost above it proves that
// nothing does; and the prices at which the minimum cost is highest are those of whatever comes closest.

import { nth } from '../../base/invariant.js';
import type { Weights } from '../../enumerate/item.js';
import type { SumLimit } from './decider.js';

type Prices = readonly number[];

const column: Readonly<Record<SumLimit['quantity'], keyof Weights>> = {
  'layer-edp': 'both',
  energy: 'energy',
  latency: 'cycles',
};

/** Per limit its price over the limit. */
export function weightsAt(prices: Prices, limits: readonly SumLimit[]): Weights {
  const weights = { both: 0, energy: 0, cycles: 0 };
  limits.forEach((l, i) => (weights[column[l.quantity]] += nth(prices, i) / l.max));
  return weights;
}

/** Alike at first. */
export const alike = (limits: readonly unknown[]): Prices => limits.map(() => 1);

/** After an answer at some prices: more for what was missed, less for what was met, in shorter and shorter steps. */
export function adjusted(
  prices: Prices,
  reached: readonly number[],
  limits: readonly SumLimit[],
  round: number,
): Prices {
  const step = 4 / (1 + round / 2);
  const next = prices.map((p, i) => p * Math.min(64, Math.max(1 / 64, (nth(reached, i) / nth(limits, i).max) ** step)));
  const total = next.reduce((a, b) => a + b, 0);
  return next.map((p) => (p * prices.length) / total);
}
