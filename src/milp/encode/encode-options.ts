// What a layer's program is made for: whose cost rules, which goal, and what is known of its best mapping.

import type { Conventions } from '../../model/cost/conventions.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import type { Goal } from '../../model/cost/goal.js';
import type { Tensor } from '../../model/workload/layer.js';
import type { Padding } from './padding.js';

export interface EncodeOptions {
  readonly conventions: Conventions;
  readonly padding: Padding;
  readonly goal: Goal;
  /** Whole cycles between which every mapping of interest lies: from first principles, and from a known mapping. */
  readonly cycles: { readonly min: number; readonly max: number };
  /** A good mapping's evaluation: the program is made exact where it stands. */
  readonly known?: Evaluation | undefined;
  /** How products of loops are written (`encodeFactors`); short unless it says otherwise. */
  readonly forms?: 'short' | 'plain';
  /**
   * Only what these cost and take up, and their share of what all cost together: bounds of all such
   * parts add up to one of the whole.
   */
  readonly only?: readonly Tensor[] | undefined;
}

/** Rows in logarithms are eased by this: a point that meets one exactly must not be lost to rounding. */
export const logSlack = 1e-8;

/** No mapping of interest has a larger logarithm of its cycles. */
export const maxLogCycles = ({ cycles }: Pick<EncodeOptions, 'cycles'>): number => Math.log(cycles.max) + 1e-6;
