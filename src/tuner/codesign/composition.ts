// Which layers a network consists of in a box of machines, by what is known of what layers cost at least there.

import { nth } from '../../base/invariant.js';
import type { BoxMinima, Demand, Minima } from '../../enumerate/box-minima.js';
import { minBetween } from '../../enumerate/box-minima.js';
import type { Box, Weights } from '../../enumerate/item.js';

/** A layer, and how often a network has it. */
export type Counted = Omit<Demand, 'weights'>;

export interface Composed {
  readonly layers: readonly Counted[];
  /** No choice of the network's layers, mapped on machines of the box, costs less; +Infinity where there is none. */
  readonly sum: number;
}

export interface Composition {
  of: (minima: Minima, weights: Weights, box: Box) => Composed;
  /** No machine of the shape is below; at once. */
  floor: (weights: Weights) => number;
}

/** The same layers whatever they cost. */
export class FixedLayers implements Composition {
  constructor(
    private readonly boxes: BoxMinima,
    private readonly layers: readonly Counted[],
  ) {}

  of(minima: Minima, weights: Weights): Composed {
    const { layers } = this;
    return {
      layers,
      sum: layers.reduce((sum, { layer, times }) => sum + times * minBetween(nth(minima, layer), weights), 0),
    };
  }

  floor(weights: Weights): number {
    return this.layers.reduce((n, { layer, times }) => n + times * this.boxes.floor(layer, weights), 0);
  }
}
