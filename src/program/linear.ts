// Linear expressions over numbered variables.

import { nth } from '../base/invariant.js';

export interface Linear {
  readonly constant: number;
  /** Variable index to coefficient; zeros are left out. */
  readonly terms: ReadonlyMap<number, number>;
}

export const constant = (value: number): Linear => ({ constant: value, terms: new Map() });
export const zero = constant(0);
export const variable = (index: number, coefficient = 1): Linear => ({
  constant: 0,
  terms: new Map([[index, coefficient]]),
});

/** The sum of expressions, each times its weight. */
export function combine(parts: readonly (readonly [number, Linear])[]): Linear {
  let total = 0;
  const terms = new Map<number, number>();
  for (const [weight, e] of parts) {
    if (weight === 0) continue;
    total += weight * e.constant;
    for (const [i, c] of e.terms) terms.set(i, (terms.get(i) ?? 0) + weight * c);
  }
  for (const [i, c] of terms) if (Math.abs(c) < 1e-13) terms.delete(i);
  return { constant: total, terms };
}

export const add = (...xs: readonly Linear[]): Linear =>
  xs.length === 1 ? nth(xs, 0) : combine(xs.map((x) => [1, x]));
export const subtract = (a: Linear, b: Linear): Linear =>
  combine([
    [1, a],
    [-1, b],
  ]);
export const scale = (weight: number, e: Linear): Linear => combine([[weight, e]]);

export function valueOf(e: Linear, x: ArrayLike<number>): number {
  let total = e.constant;
  for (const [i, c] of e.terms) total += c * nth(x, i);
  return total;
}

/** Equal keys: equal variable parts (constants aside). */
export const keyOf = (e: Linear): string =>
  [...e.terms]
    .sort(([a], [b]) => a - b)
    .map(([i, c]) => `${i}:${c.toPrecision(12)}`)
    .join(' ');
