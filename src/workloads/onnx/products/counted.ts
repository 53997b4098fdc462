// Operators that multiply in ways that no layer has: their products are counted, or it is said that nobody can.

import { defined, nth } from '../../../base/invariant.js';
import type { Operation } from '../operation.js';
import { numberOf, numbersOf, shapeOf } from '../operation.js';
import type { Known } from '../value.js';
import { isFault, knownVolume } from '../value.js';
import { convolution } from './convolution.js';
import type { Products } from './part.js';
import { counted, times } from './part.js';

/** A convolution whose inputs lie at offsets that are found at run time: as many products as without. */
export const deformable: Products = (op, outputs) => {
  const pieces = convolution(0, 1)(op, outputs);
  if (isFault(pieces)) return pieces;
  return counted(times(...Object.values(nth(pieces.parts, 0).bounds)), 'its inputs lie at offsets found at run time');
};

/** Every position of the grid by the matrix of its image. */
export const affineGrid: Products = (_, outputs) => {
  const grid = outputs[0]?.shape;
  const axes = grid?.at(-1);
  return counted(
    times(knownVolume(grid), axes === undefined ? undefined : axes + 1),
    'a grid by a matrix of its own per image',
  );
};

const rowsOf = (op: Operation, at: number): Known => knownVolume(shapeOf(op, at)?.slice(0, -1));

/**
 * Each token goes through `k` experts of two or three products. Weights are [experts, out, in]; packed ones hold
 * several numbers a byte along their last axis.
 */
const experts =
  (fc1: number, fc2: number, fc3: number, packed: boolean): Products =>
  (op) => {
    const bits = numberOf(op, 'expert_weight_bits', 4);
    const size = (at: number): Known => {
      const w = shapeOf(op, at);
      return w === undefined
        ? op.inputs[at] === undefined
          ? 0
          : undefined
        : times(w[1], w[2], packed ? Math.floor(8 / bits) : 1);
    };
    const sizes = [fc1, fc2, fc3].map(size);
    const each = sizes.includes(undefined) ? undefined : sizes.reduce((n: number, d) => n + defined(d), 0);
    return counted(
      times(rowsOf(op, 0), numberOf(op, 'k', 1), each),
      'which experts a token takes is known only at run time',
    );
  };
export const mixture = experts(2, 4, 6, false);
export const packedMixture = experts(2, 5, 8, true);

/** Every sample by the coefficients, which an attribute lists. */
export const linear: Products = (op) => {
  const x = shapeOf(op, 0);
  const list = numbersOf(op, 'coefficients')?.length;
  const width = x?.length === 1 ? x[0] : x?.at(-1);
  const rows = x?.length === 1 ? 1 : rowsOf(op, 0);
  return {
    parts: [{ bounds: { P: rows, C: width, K: list === undefined || width === undefined ? undefined : list / width } }],
  };
};

/** It multiplies, or may: nobody knows how much. */
export const unknown =
  (why: string): Products =>
  () =>
    counted(null, why);
