// A positive quantity by its logarithm: a linear expression, and a binary that switches the quantity to zero.

import type { Linear } from '../../program/linear.js';
import { add, combine, zero } from '../../program/linear.js';

export interface Log {
  readonly log: Linear;
  /** While this 0/1 expression is 1 the quantity is zero, whatever `log` says. */
  readonly off: Linear | undefined;
}

export const logOf = (log: Linear): Log => ({ log, off: undefined });

export const times = (xs: readonly Log[]): Log => ({
  log: add(zero, ...xs.map((x) => x.log)),
  off: xs.find((x) => x.off)?.off,
});
export const over = (a: Log, b: Log): Log => ({
  log: combine([
    [1, a.log],
    [-1, b.log],
  ]),
  off: a.off,
});
