// How large a layer may be: counts of accesses must stay exact integers in ordinary numbers.

import type { Layer } from '../model/workload/layer.js';
import { macs, maxMacs } from '../model/workload/layer.js';
import type { CountedLayer } from '../model/workload/network.js';

/** What is wrong with the size of a layer, if anything. */
export function tooLarge(layer: Layer): string | undefined {
  const n = macs(layer);
  return n <= maxMacs
    ? undefined
    : `has ${n.toPrecision(4)} multiply-accumulates; at most 2^50 (${maxMacs.toPrecision(4)}) are counted ` +
        'exactly. Split the layer';
}

/** The same for the whole network: totals are count-weighted sums. */
export function tooLargeTogether(layers: readonly CountedLayer[]): string | undefined {
  const n = layers.reduce((total, { layer, count }) => total + count * macs(layer), 0);
  return n <= Number.MAX_SAFE_INTEGER
    ? undefined
    : `the network has ${n.toPrecision(4)} multiply-accumulates; at most 2^53 are counted exactly. Split the network`;
}
