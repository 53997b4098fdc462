// A network: its unique layers with how often each occurs, and what was left out.

import type { Layer } from './layer.js';
import { macs, shapeKey } from './layer.js';

export interface CountedLayer {
  readonly layer: Layer;
  /** How often this shape occurs in the network. */
  readonly count: number;
}

export interface Network {
  readonly name: string;
  /** Where the shapes come from. */
  readonly source: string;
  readonly layers: readonly CountedLayer[];
  /** Operators that are not mapped (activation, pooling ...), with how often each occurs. */
  readonly unmapped: readonly { readonly operator: string; readonly count: number }[];
}

/** Merges layers of one shape, keeping the first one's name and the order of first occurrence. */
export function mergeLayers(layers: readonly Layer[]): readonly CountedLayer[] {
  const merged = new Map<string, { layer: Layer; count: number }>();
  for (const layer of layers) {
    const known = merged.get(shapeKey(layer));
    if (known) known.count++;
    else merged.set(shapeKey(layer), { layer, count: 1 });
  }
  return [...merged.values()];
}

/** Multiply-accumulates of the whole network, unpadded. */
export const networkMacs = (network: Network): number =>
  network.layers.reduce((n, { layer, count }) => n + count * macs(layer), 0);
