// Loops over tiles by the tensor that they are irrelevant to, and how often weights and inputs are loaded where one class stands
// innermost in either nest.

import type { Innermost } from './item.js';

/** A nest of tiles by the class of its loops: those irrelevant to weights (A), inputs (B), sums (D), and none (G). */
export interface ByClass {
  readonly a: number;
  readonly b: number;
  readonly d: number;
  readonly g: number;
}

/** How often weights and inputs are loaded: whether loops of the inner, and of the outer nest, are in the run of either. */
export function runsOf(inner: ByClass, outer: ByClass, zi: Innermost, zo: Innermost) {
  const passesW = inner.b * inner.d * inner.g === 1;
  const passesI = inner.a * inner.d * inner.g === 1;
  const outerW = outer.b * outer.d * outer.g;
  const outerI = outer.a * outer.d * outer.g;
  const onW = passesW && (zo === 0 || outerW === 1);
  const onI = passesI && (zo === 1 || outerI === 1);
  return {
    runsW: outerW * inner.b * inner.d * inner.g * (zi === 0 || passesW ? 1 : inner.a) * (onW ? 1 : outer.a),
    runsI: outerI * inner.a * inner.d * inner.g * (zi === 1 || passesI ? 1 : inner.b) * (onI ? 1 : outer.b),
    outerI,
    passesW,
    passesI,
  };
}

/** Loops of the class that stands innermost. */
export const loopsOf = (z: Innermost, { a, b, d }: ByClass): number => (z === 0 ? a : z === 1 ? b : d);

/** Whether a class of loops can stand innermost: it has one, or no class has any. */
export const stands = (z: Innermost, { a, b, d }: ByClass): boolean =>
  z === 0 ? a > 1 : z === 1 ? b > 1 : d > 1 || (a === 1 && b === 1);
