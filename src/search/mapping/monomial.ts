// A product of some of a point's variables over others.

import { nth } from '../../base/invariant.js';

/**
 * scale x product of x[up] / product of x[down]: variable d x slots + s is the factor of d in slot s, then come leaves.
 */
export interface Monomial {
  readonly scale: number;
  readonly up: readonly number[];
  readonly down: readonly number[];
}

export const one: Monomial = { scale: 1, up: [], down: [] };

/** Common factors cancel. */
export function product(xs: readonly Monomial[], over: readonly Monomial[] = []): Monomial {
  const [ups, downs] = [
    [...xs.flatMap((m) => m.up), ...over.flatMap((m) => m.down)],
    [...xs.flatMap((m) => m.down), ...over.flatMap((m) => m.up)],
  ];
  for (let i = downs.length - 1; i >= 0; i--) {
    const at = ups.indexOf(nth(downs, i));
    if (at < 0) continue;
    ups.splice(at, 1);
    downs.splice(i, 1);
  }
  const byNumber = (a: number, b: number) => a - b;
  const scale = xs.reduce((n, m) => n * m.scale, 1) / over.reduce((n, m) => n * m.scale, 1);
  return { scale, up: ups.toSorted(byNumber), down: downs.toSorted(byNumber) };
}

export function valueAt({ scale, up, down }: Monomial, x: Float64Array): number {
  let value = scale;
  for (let i = 0; i < up.length; i++) value *= x[up[i]!]!;
  for (let i = 0; i < down.length; i++) value /= x[down[i]!]!;
  return value;
}
