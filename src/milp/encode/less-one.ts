// One less than a whole number that a program knows by its logarithm.

import { nth } from '../../base/invariant.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, scale, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';

/**
 * The value v of a product of integers given by its logarithm, as a one-hot over everything it can be; gives
 * ln(v - 1) exactly, and the binary that says v = 1. `v - 1` written as a difference of exponentials is not convex.
 */
export function lessOne(
  b: ProgramBuilder,
  name: string,
  log: Linear,
  values: readonly number[],
): { log: Linear; off: Linear } {
  const chosen = values.map((v) => b.binary(`${name}.is.${v}`));
  b.equal(`${name}.one`, add(...chosen), 1);
  b.equal(
    `${name}.value`,
    combine([[1, log], ...values.map((v, i): [number, Linear] => [-Math.log(v), nth(chosen, i)])]),
    0,
  );
  const off = values.indexOf(1);
  return {
    log: add(constant(0), ...values.flatMap((v, i) => (v > 1 ? [scale(Math.log(v - 1), nth(chosen, i))] : []))),
    off: off < 0 ? zero : nth(chosen, off),
  };
}
