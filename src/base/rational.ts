// Rational numbers without rounding: what proofs are checked in.

import { invariant } from './diagnostics.js';

/** numerator / denominator, the denominator above 0; not always in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

export function rational(numerator: bigint, denominator = 1n): Rational {
  invariant(denominator > 0n, 'a denominator must be above 0');
  const shared = gcd(numerator, denominator);
  return shared <= 1n
    ? { numerator, denominator }
    : { numerator: numerator / shared, denominator: denominator / shared };
}

/** The very value of a finite double: an integer times a power of two. */
export function exactly(x: number): Rational {
  invariant(Number.isFinite(x), `${x} is not a rational number`);
  // Doubling is exact, and every double is whole after at most 1,074 of them.
  let [whole, doublings] = [x, 0n];
  while (!Number.isInteger(whole)) [whole, doublings] = [whole * 2, doublings + 1n];
  return rational(BigInt(whole), 1n << doublings);
}

export const negated = (a: Rational): Rational => ({ numerator: -a.numerator, denominator: a.denominator });
export const plus = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
export const minus = (a: Rational, b: Rational): Rational => plus(a, negated(b));
/** `b` above 0. */
export const quotient = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator, a.denominator * b.numerator);
export const product = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator);

/** Below 0, 0 or above 0 as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const [x, y] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The nearest double, or one next to it. */
export function toNumber({ numerator, denominator }: Rational): number {
  const bits = (n: bigint) => (n < 0n ? -n : n).toString(2).length;
  const shift = BigInt(Math.max(0, bits(denominator) - bits(numerator) + 64));
  const mantissa = Number((numerator << shift) / denominator);
  // In two steps: a power of two beyond the range of doubles would be 0 or infinite.
  const half = Number(shift / 2n);
  return mantissa * 2 ** -half * 2 ** -(Number(shift) - half);
}
