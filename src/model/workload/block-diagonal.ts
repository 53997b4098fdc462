// Groups of one input channel (depthwise) joined into wider ones, so that lanes and vector work on many channels at once:
// the weights of a block lie on its diagonal, all others are zero, and every sum is the same whole number.

import type { Layer } from './layer.js';
import type { Network } from './network.js';
import { residentTensors } from './resident.js';

/** Where joining the groups of a layer gains anything: there are several, of one input channel each. */
export const isChannelwise = ({ bounds: { G, C } }: Pick<Layer, 'bounds'>): boolean => G > 1 && C === 1;

/**
 * The layer with `block` of its groups in each of its own: ceil(G / block) groups of block x K output and block x C input
 * channels, in the order in which they were. The last block is filled up with channels that the layer does not have.
 */
export function blockDiagonal(layer: Layer, block: number): Layer {
  if (block === 1) return layer;
  const { G, K, C } = layer.bounds;
  return { ...layer, bounds: { ...layer.bounds, G: Math.ceil(G / block), K: block * K, C: block * C } };
}

/**
 * Sizes of blocks that are tried on a machine, the most promising first, single groups last: as many groups as the narrower
 * of lanes and vector has places, and the wider. Of sizes that make the same number of blocks the smallest is taken; of a layer
 * with a whole image in the global buffer also that which fills lines, as groups side by side there must.
 */
export function blockSizes(layer: Layer, lanes: number, vector: number): readonly number[] {
  const { G } = layer.bounds;
  if (!isChannelwise(layer) || layer.diagonal === false) return [1];
  const widths = [Math.min(lanes, vector), Math.max(lanes, vector)];
  const even = widths.map((width) => Math.ceil(G / Math.ceil(G / width)));
  const full = residentTensors.some((t) => layer.resident?.[t]) ? widths.filter((width) => width < G) : [];
  return [...new Set([...even, ...full, 1])];
}

/** Where a channel of a group lies in blocks of so many groups, each of `width` channels: its block, and its place there. */
export const inBlocks = (block: number, width: number, group: number, channel: number): readonly [number, number] => [
  Math.floor(group / block),
  (group % block) * width + channel,
];

/** The same network, of whose layers none may have its groups joined. */
export const withGroupsApart = (network: Network): Network => ({
  ...network,
  layers: network.layers.map((l) =>
    isChannelwise(l.layer) ? { ...l, layer: { ...l.layer, diagonal: false as const } } : l,
  ),
});
