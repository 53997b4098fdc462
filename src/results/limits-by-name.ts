// Limits as results record them.

import type { Limits } from '../model/cost/goal.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';

/** Stands for every layer: `latency@each`. */
export const everyLayer = 'each';

/** Of every layer, of single ones in its place, and of the chip in mm2. */
export interface NamedLimits {
  readonly each: Limits;
  readonly layers: Readonly<Record<string, Limits>>;
  readonly area: number | undefined;
  /** Of the network as a whole. */
  readonly network?: NetworkLimits;
}

/**
 * As result files record them, under the names that they are given by: `latency@each`, `energy@conv1`,
 * `latency`, `area`; pJ, cycles, pJ x cycles, mm2.
 */
export const limitsByName = ({ each, layers, area, network = {} }: NamedLimits): Readonly<Record<string, number>> => ({
  ...Object.fromEntries(
    Object.entries({ [everyLayer]: each, ...layers }).flatMap(([layer, limits]) =>
      Object.entries(limits).map(([quantity, max]) => [`${quantity}@${layer}`, max]),
    ),
  ),
  ...network,
  ...(area !== undefined && { area }),
});
