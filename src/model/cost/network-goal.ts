// What is asked of a network: the closed list of what may be minimised or limited, and what each comes to from its layers.
//
// `edp` is energy x delay of the totals, `layer-edp` the sum of the layers' own energy x delay. On one layer that runs
// once they are the same.

import type { Limits, Objective } from './goal.js';

/**
 * What may be minimised of a network: `edp` is energy x cycles of its totals; `layer-edp` and `ed2p` are sums of what the layers
 * have.
 */
export const networkObjectives = ['energy', 'latency', 'edp', 'layer-edp', 'ed2p'] as const;
/** One of `networkObjectives` by its name. */
export type NetworkObjective = (typeof networkObjectives)[number];

export const isNetworkObjective = (name: string): name is NetworkObjective =>
  (networkObjectives as readonly string[]).includes(name);

/** What may be limited of a network: pJ, cycles, pJ x cycles. */
export const networkQuantities = [
  'energy',
  'latency',
  'edp',
  'layer-edp',
] as const satisfies readonly NetworkObjective[];
export type NetworkQuantity = (typeof networkQuantities)[number];

/** Upper limits on one run. */
export type NetworkLimits = Readonly<Partial<Record<NetworkQuantity, number>>>;

/** On a network of one layer that runs once. */
export const limitsOfOneLayer = ({
  energy,
  latency,
  edp = Infinity,
  'layer-edp': own = Infinity,
}: NetworkLimits): Limits => ({
  ...(energy !== undefined && { energy }),
  ...(latency !== undefined && { latency }),
  ...(Math.min(edp, own) < Infinity && { edp: Math.min(edp, own) }),
});

/** A limit on one layer by the name of one on a network: there both kinds of EDP are the same. */
export const quantityOfOneLayer = (quantity: NetworkQuantity): keyof Limits =>
  quantity === 'layer-edp' ? 'edp' : quantity;

/** By what each layer is measured where a network is minimised. */
export const objectiveOfLayers: Readonly<Record<NetworkObjective, Objective>> = {
  energy: 'energy',
  latency: 'latency',
  edp: 'edp',
  'layer-edp': 'edp',
  ed2p: 'ed2p',
};

/** What is minimised of a network whose layers are minimised each on its own: the sum of theirs. */
export const sumOfLayers: Readonly<Record<Objective, NetworkObjective>> = {
  energy: 'energy',
  latency: 'latency',
  edp: 'layer-edp',
  ed2p: 'ed2p',
};

/** In words. */
export const networkObjectiveNames: Readonly<Record<NetworkObjective, string>> = {
  energy: 'energy of the network',
  latency: 'cycles of the network',
  edp: 'energy x delay of the network',
  'layer-edp': "sum of the layers' EDPs",
  ed2p: "sum of the layers' ED2Ps",
};

/** A layer as often as it occurs. */
interface Counted {
  readonly count: number;
  readonly energy: number;
  readonly cycles: number;
}

export interface NetworkSums {
  readonly energy: number;
  readonly cycles: number;
  /** Energy x cycles of these totals. */
  readonly edp: number;
  /** Sum over layers of count x energy x cycles. */
  readonly layerEdp: number;
}

export function networkSums(layers: readonly Counted[]): NetworkSums {
  const sum = (of: (l: Counted) => number) => layers.reduce((n, l) => n + l.count * of(l), 0);
  const [energy, cycles] = [sum((l) => l.energy), sum((l) => l.cycles)];
  return { energy, cycles, edp: energy * cycles, layerEdp: sum((l) => l.energy * l.cycles) };
}

/** What a network's sums come to of something limited. */
export const amountOf = (quantity: NetworkQuantity, { energy, cycles, edp, layerEdp }: NetworkSums): number =>
  ({ energy, latency: cycles, edp, 'layer-edp': layerEdp })[quantity];

export const keepsLimits = (limits: NetworkLimits, sums: NetworkSums): boolean =>
  networkQuantities.every((q) => amountOf(q, sums) <= (limits[q] ?? Infinity));

/** A layer with its own objective, and what is proven of that. */
interface Proven extends Counted {
  readonly objective: number;
  readonly bound: number | null;
}

/** Of one run of a network: energy (pJ), cycles and their product, and the objective in its own unit. */
export interface NetworkTotals extends Pick<NetworkSums, 'energy' | 'cycles' | 'edp'> {
  readonly objective: number;
  /** What follows from the bounds of the layers alone. */
  readonly bound: number;
}

/**
 * Of sums the bounds add up, since layers are independent. Energy x cycles of totals is at least the square of the sum of the
 * roots of the layers' own (Cauchy and Schwarz).
 */
export function networkTotals(goal: NetworkObjective, layers: readonly Proven[]): NetworkTotals {
  const { energy, cycles, edp } = networkSums(layers);
  const sum = (of: (l: Proven) => number) => layers.reduce((n, l) => n + l.count * of(l), 0);
  return goal === 'edp'
    ? { objective: edp, bound: Math.min(edp, sum((l) => Math.sqrt(l.bound ?? 0)) ** 2), energy, cycles, edp }
    : { objective: sum((l) => l.objective), bound: sum((l) => l.bound ?? 0), energy, cycles, edp };
}
