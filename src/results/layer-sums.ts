// What mapped layers come to together, each as often as it occurs.

import type { NetworkObjective, NetworkTotals } from '../model/cost/network-goal.js';
import { networkTotals } from '../model/cost/network-goal.js';
import type { ResultLayer } from './result-layer.js';

type Summed = Pick<ResultLayer, 'count' | 'objective' | 'bound' | 'energy' | 'cycles'>;

/** By what is minimised of the network; null where a layer has no mapping. */
export function sumsOf(goal: NetworkObjective, layers: readonly Summed[]): NetworkTotals | null {
  const mapped = layers.flatMap(({ count, objective, bound, energy, cycles }) =>
    objective === null || energy === null || cycles === null ? [] : [{ count, objective, bound, energy, cycles }],
  );
  return mapped.length < layers.length ? null : networkTotals(goal, mapped);
}
