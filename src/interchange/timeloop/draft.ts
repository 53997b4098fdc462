// An architecture while it is read: what constraints may still take away, and what they require.

import type { FactorRule } from '../../model/constraints.js';
import type { Dimension, Tensor } from '../../model/layer.js';
import type { Memory } from './memory.js';

export interface DraftAxis {
  /** The fan-out that it belongs to. */
  readonly node: string;
  readonly letter: 'X' | 'Y';
  readonly size: number;
  readonly dims: Set<Dimension>;
}

/** On axes of one fan-out together; in time where there are none. */
export interface DraftRule extends Omit<FactorRule, 'axes'> {
  readonly axes: readonly DraftAxis[];
}

export interface DraftLevel {
  readonly name: string;
  readonly memory: Memory;
  readonly keeps: Set<Tensor>;
  readonly temporal: Set<Dimension>;
  /** Outermost first. */
  readonly axes: DraftAxis[];
  readonly factors: DraftRule[];
  /** Loops in time inside all others, innermost first; undefined until a constraint says so. */
  innermost: readonly Dimension[] | undefined;
}
