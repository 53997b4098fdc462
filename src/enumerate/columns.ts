// Columns of the enumeration's tables by name: factors per dimension, places in menus per size, and a cell of a table.

import type { SizeParameter } from '../model/space/design-space.js';
import { sizeParameters } from '../model/space/design-space.js';
import type { Dimension } from '../model/workload/layer.js';
import { dimensions } from '../model/workload/layer.js';

/** Something of each dimension, in the order of `dimensions`: a tuple, which is as quick as it is plain. */
export type EachDimension<T> = [T, T, T, T, T, T, T, T];
export type PerDimension<T = number> = Readonly<EachDimension<T>>;

/** Columns of a tuple per dimension. */
export const [N, G, K, C, P, Q, R, S] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** The column of a dimension. */
export const columnOf = { N, G, K, C, P, Q, R, S } as const satisfies Readonly<Record<Dimension, number>>;

export const perDimension = <T>(f: (d: Dimension) => T): EachDimension<T> => {
  const [n, g, k, c, p, q, r, s] = dimensions;
  return [f(n), f(g), f(k), f(c), f(p), f(q), f(r), f(s)];
};

/** Loops irrelevant to weights: over positions of outputs. Those irrelevant to inputs are over K alone. */
export const positionsOf = (factors: PerDimension): number => factors[N] * factors[P] * factors[Q];

/** Loops irrelevant to sums: they reduce into them. */
export const reductionOf = (factors: PerDimension): number => factors[C] * factors[R] * factors[S];

/** A place in the menu of each size: a machine of a shape, or what a mapping needs. */
export type EachSize<T> = Record<SizeParameter, T>;
export type Places = Readonly<EachSize<number>>;
/** Those of the buffers alone. */
export type Buffers = Pick<Places, 'weightBuffer' | 'inputBuffer' | 'accumBuffer' | 'globalBuffer'>;

/** Order of the sizes: sums over them are in it. */
export const sizes = sizeParameters;

/** Written out, so that all such records are alike to the engine. */
export const perSize = <T>(f: (size: SizeParameter) => T): EachSize<T> => ({
  weightBuffer: f('weightBuffer'),
  inputBuffer: f('inputBuffer'),
  accumBuffer: f('accumBuffer'),
  globalBuffer: f('globalBuffer'),
  weightCollector: f('weightCollector'),
  inputCollector: f('inputCollector'),
  accumCollector: f('accumCollector'),
});

/**
 * A cell of a table of numbers. Not `nth`: that one sees lists of all kinds, and this one is in every innermost loop.
 */
export const cell = (table: Float64Array, place: number): number => table[place] ?? noCell(table, place);

function noCell(table: Float64Array, place: number): never {
  throw new Error(`invariant: cell ${place} of ${table.length}`);
}
