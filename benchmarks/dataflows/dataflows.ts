// Dataflows as restrictions on the loop nest of a PE: which tensor stays over the whole tile, which one inside of that.

import type { Allowed } from '../../src/enumerate/cuttings.js';
import type { Layer } from '../../src/index.js';

/** Loops that spare a tensor, by the numbers that weights, inputs and outputs have in `src/enumerate/cuttings.ts`. */
const reused = [['N', 'P', 'Q'], ['K'], ['C', 'R', 'S']] as const;

type Class = 0 | 1 | 2;

export interface Dataflow {
  readonly name: string;
  /** Stationary over the tile of a PE: each of its elements goes through its collector once. */
  readonly stationary: Class;
  /** Stationary inside of that: loops that spare it are the innermost of all. Its collector holds one entry. */
  readonly local?: Class;
}

const [W, I, O] = [0, 1, 2] as const;

export const dataflows: readonly Dataflow[] = [
  { name: 'WS', stationary: W },
  { name: 'OS', stationary: O },
  { name: 'IS', stationary: I },
  { name: 'OS-LWS', stationary: O, local: W },
  { name: 'OS-LIS', stationary: O, local: I },
  { name: 'WS-LOS', stationary: W, local: O },
  { name: 'WS-LIS', stationary: W, local: I },
  { name: 'IS-LWS', stationary: I, local: W },
  { name: 'IS-LOS', stationary: I, local: O },
];

/** Entries of the one deep collector of a two-level dataflow: weights, inputs, sums. */
export const deepEntries: readonly [number, number, number] = [16, 32, 16];

/** Entries of the three collectors of a machine that is built for a dataflow. */
export const depthsOf = (
  { stationary, local }: Dataflow,
  deep: readonly [number, number, number],
): readonly [number, number, number] => {
  const depth = (t: Class) => (local !== undefined && t === stationary ? deep[t] : 1);
  return [depth(W), depth(I), depth(O)];
};

/** Of a dataflow's loops, the tensors for which the layer has none: a fully connected layer reuses no weight. */
export const lacking = (layer: Layer, { stationary, local }: Dataflow): readonly Class[] =>
  (local === undefined ? [stationary] : [stationary, local]).filter((t) =>
    reused[t].every((d) => layer.bounds[d] === 1),
  );

/**
 * The kernels of a dataflow. What a layer has no loops for is not asked for: dataflows coincide there. Where it has some,
 * a tile must have some too, or every dataflow could take the form of another on tiles small enough.
 */
export function kernelsOf(dataflow: Dataflow, layer: Layer): Allowed {
  const lacks = lacking(layer, dataflow);
  const { stationary, local } = dataflow;
  return ({ reuse }, products) =>
    reuse[stationary] === products[stationary] &&
    (products[stationary] > 1 || lacks.includes(stationary)) &&
    (local === undefined || reuse[local] > 1 || (products[local] === 1 && lacks.includes(local)));
}
