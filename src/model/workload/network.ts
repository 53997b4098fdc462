// A network: its unique layers with how often each occurs, and what was left out.

import type { Layer } from './layer.js';
import { macs, shapeKey } from './layer.js';

/** A layer and how many instances of it a network runs. */
export interface CountedLayer {
  readonly layer: Layer;
  /** How often this shape occurs in the network. */
  readonly count: number;
}

/**
 * The layers of a network, each shape once, and the operators that no layer stands for. It has no order of steps: a
 * `NetworkGraph` has.
 */
export interface Network {
  readonly name: string;
  /** Where the shapes come from. */
  readonly source: string;
  readonly layers: readonly CountedLayer[];
  readonly unmapped: readonly Unmapped[];
}

/** An operator that is not mapped (activation, pooling, or one that multiplies in a way that no layer has). */
export interface Unmapped {
  readonly operator: string;
  /** How often it occurs in the network. */
  readonly count: number;
  /**
   * Multiply-accumulates of all its occurrences in one run of the network; 0 where it is free of products between
   * tensors, as activation and pooling are; null where it multiplies, or may, and nobody knows how much.
   */
  readonly macs: number | null;
}

/** Merges layers of one shape, keeping the first one's name and the order of first occurrence. */
export const mergeLayers = (layers: readonly Layer[]): readonly CountedLayer[] =>
  mergeCounted(layers.map((layer) => ({ layer, count: 1 })));

/** The same for layers that have counts of their own already. */
export function mergeCounted(layers: readonly CountedLayer[]): readonly CountedLayer[] {
  const merged = new Map<string, { layer: Layer; count: number }>();
  for (const { layer, count } of layers) {
    const known = merged.get(shapeKey(layer));
    if (known) known.count += count;
    else merged.set(shapeKey(layer), { layer, count });
  }
  return [...merged.values()];
}

/** Layers that stand there more than once, since their instances have different mappings, get names of their own. */
export function toldApart<T extends CountedLayer>(layers: readonly T[]): readonly T[] {
  const seen = new Map<Layer, number>();
  return layers.map((l) => {
    const before = seen.get(l.layer) ?? 0;
    seen.set(l.layer, before + 1);
    return before === 0 ? l : { ...l, layer: { ...l.layer, name: `${l.layer.name}~${before + 1}` } };
  });
}

/** The network with a name for each of its layers: where several shapes share one, the later ones get numbers. */
export function withOwnNames(network: Network): Network {
  const names = new Set(network.layers.map(({ layer }) => layer.name));
  const seen = new Set<string>();
  const free = (name: string, n: number): string => (names.has(`${name}.${n}`) ? free(name, n + 1) : `${name}.${n}`);
  const layers = network.layers.map((counted) => {
    const { name } = counted.layer;
    const own = seen.has(name) ? free(name, 2) : name;
    names.add(own);
    seen.add(name);
    return own === name ? counted : { ...counted, layer: { ...counted.layer, name: own } };
  });
  return { ...network, layers };
}

/** Multiply-accumulates of the whole network, unpadded. */
export const networkMacs = (network: Network): number =>
  network.layers.reduce((n, { layer, count }) => n + count * macs(layer), 0);
