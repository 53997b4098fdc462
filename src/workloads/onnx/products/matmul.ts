// Matrix products as layers: M along P, N along K, the reduction along C, separate products along G.

import type { Operation } from '../operation.js';
import { numberOf } from '../operation.js';
import type { Product } from '../rules/products.js';
import { productAt, weightProduct } from '../rules/products.js';
import type { Fault, Known } from '../value.js';
import { isFault } from '../value.js';
import type { Part, Products } from './part.js';
import { times, unknownPart } from './part.js';

/**
 * Batch axes that only the left side has are rows of one product; those that the right side has
 * too are products of their own.
 */
function productPart({ batchA, batchB, m, n, c }: Product): Part {
  let rows: Known = 1;
  let groups: Known = 1;
  for (let i = 1; i <= Math.max(batchA.length, batchB.length); i++) {
    const [x, y] = [i > batchA.length ? 1 : batchA.at(-i), i > batchB.length ? 1 : batchB.at(-i)];
    if (y === 1) rows = times(rows, x);
    else groups = times(groups, y ?? x);
  }
  return { bounds: { G: groups, P: times(rows, m), K: n, C: c } };
}

const asPieces = (...products: readonly (Product | Fault | undefined)[]) => {
  const bad = products.find(isFault);
  if (bad) return bad;
  if (products.includes(undefined)) return unknownPart;
  return { parts: (products as readonly Product[]).map(productPart) };
};

export const productBy =
  (at: (op: Operation) => Product | Fault | undefined): Products =>
  (op) =>
    asPieces(at(op));
export const product = productBy(productAt);

/** Projections of one input by weights of these widths, which attributes say. */
export const projections =
  (...widths: readonly string[]): Products =>
  (op) => {
    const found = asPieces(...widths.map((name) => weightProduct(op, numberOf(op, 'K', 0), numberOf(op, name, 0))));
    if (isFault(found)) return found;
    return { parts: found.parts.map((part, i) => ({ ...part, suffix: `.${i + 1}` })) };
  };
