// An architecture while it is read: what constraints may still take away.

import type { Dimension, Tensor } from '../../model/layer.js';
import type { Memory } from './memory.js';

export interface DraftAxis {
  /** The fan-out that it belongs to. */
  readonly node: string;
  readonly letter: 'X' | 'Y';
  readonly size: number;
  readonly dims: Set<Dimension>;
}

export interface DraftLevel {
  readonly name: string;
  readonly memory: Memory;
  readonly keeps: Set<Tensor>;
  readonly temporal: Set<Dimension>;
  /** Outermost first. */
  readonly axes: DraftAxis[];
}
