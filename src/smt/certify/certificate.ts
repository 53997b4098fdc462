// A certificate that no point of a program is below a value: a tree of boxes that are exhaustive, and for each leaf the
// multipliers of rows that prove it.

import type { Tangent } from '../exact-rows.js';

/**
 * Multipliers of rows, doubles that are read in units of 2^-44. Above 0 a row counts with its lower
 * side, below 0 with its upper. With the objective they bound it from below, without it they
 * show that nothing is in the box.
 */
export interface Proof {
  readonly of: 'bound' | 'empty';
  readonly rows: Int32Array;
  readonly multipliers: Float64Array;
}

/** A whole-numbered column is at most `at`, or at least one more. */
export interface Split {
  readonly column: number;
  readonly at: number;
  readonly below: Branch;
  readonly above: Branch;
}

/** `choice`: all decisions are fixed, so the box holds one mapping, whose value the cost model knows. */
export type Branch =
  | { readonly kind: 'split'; readonly split: Split }
  | { readonly kind: 'leaf'; readonly proof: Proof }
  | { readonly kind: 'choice' };

export interface Certificate {
  /** Tangents of the relaxation beyond its first, in the order of their rows. */
  readonly tangents: readonly Tangent[];
  readonly root: Branch;
}
