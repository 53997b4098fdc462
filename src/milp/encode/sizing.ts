// Sizes of memories as a program sees them: given by the machine, or chosen among several.

import { nth } from '../../base/invariant.js';
import type { Bits } from '../../base/units.js';
import type { Action, Architecture } from '../../model/machine/architecture.js';
import type { Tensor } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { constant, zero } from '../../program/linear.js';

/** One size that a memory may have, and the 0/1 expression that says it does. */
export interface Size {
  readonly bits: Bits;
  readonly chosen: Linear;
}

/** What is open about a machine whose own sizes are the largest. */
export interface Sizing {
  /**
   * Logarithm of an energy over the machine's own, at most zero; of a transfer, per word on the wires below the level.
   */
  energy: (level: number, tensor: Tensor, action: Action | 'transfer') => Linear;
  /** The same of static energy. */
  readonly static: Linear;
  /** The sizes of a pool that has any, exactly one of which is chosen. */
  sizes: (level: number, pool: number) => readonly Size[];
}

/** A machine as it is. */
export const asGiven = (a: Architecture): Sizing => ({
  energy: () => zero,
  static: zero,
  sizes(level, pool) {
    const { bits } = nth(nth(a.levels, level).pools, pool);
    return bits === null ? [] : [{ bits, chosen: constant(1) }];
  },
});
