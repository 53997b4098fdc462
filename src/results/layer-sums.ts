// What mapped layers come to together, each as often as it occurs.

import type { ResultLayer } from './result-layer.js';

/** pJ, cycles. */
export interface LayerSums {
  /** Sum over layers of count x layer objective. */
  readonly objective: number;
  /** Sum over layers of count x layer bound: proven, because the layers are independent. */
  readonly bound: number;
  readonly energy: number;
  readonly cycles: number;
  /** (sum of energy) x (sum of cycles), which is not the objective. */
  readonly edpOfTotals: number;
}

type Summed = Pick<ResultLayer, 'count' | 'objective' | 'bound' | 'energy' | 'cycles'>;

/** Null where a layer has no mapping. */
export function sumsOf(layers: readonly Summed[]): LayerSums | null {
  if (layers.some((l) => l.objective === null || l.energy === null || l.cycles === null)) return null;
  const sum = (of: (l: Summed) => number | null) => layers.reduce((n, l) => n + l.count * (of(l) ?? 0), 0);
  const [energy, cycles] = [sum((l) => l.energy), sum((l) => l.cycles)];
  return {
    objective: sum((l) => l.objective),
    bound: sum((l) => l.bound),
    energy,
    cycles,
    edpOfTotals: energy * cycles,
  };
}
