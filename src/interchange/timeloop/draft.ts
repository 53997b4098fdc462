// An architecture while it is read: what constraints may still take away, and what they require.

import type { FactorRule } from '../../model/mapping/constraints.js';
import type { Dimension, Tensor } from '../../model/workload/layer.js';
import type { Memory } from './memory.js';

/** What the front end of v0.4 calls the place in front of a node that there are several of. */
export const betweenName = (node: string): string => `inter_${node}_spatial`;
export const nodeBetween = (name: string): string | undefined => /^inter_(.+)_spatial$/.exec(name)?.[1];

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
  /** Undefined between two fan-outs: nothing is kept there. */
  readonly memory: Memory | undefined;
  readonly keeps: Set<Tensor>;
  /** Those that no constraint keeps or sends by: the mapper chooses. */
  readonly open: Set<Tensor>;
  readonly temporal: Set<Dimension>;
  /** Outermost first. */
  readonly axes: DraftAxis[];
  readonly factors: DraftRule[];
  /** Loops in time inside all others, innermost first; undefined until a constraint says so. */
  innermost: readonly Dimension[] | undefined;
}
