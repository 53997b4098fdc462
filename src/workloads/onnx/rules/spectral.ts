// Shape rules of the Fourier transforms (real and imaginary part in a last axis of 2) and of grids of positions.

import type { Rule } from '../operation.js';
import { dataOf, has, numberOf, shapeOf } from '../operation.js';
import type { Known } from '../value.js';
import { axisIn, fault, valueOf } from '../value.js';

/** A transform of real values may keep its first half alone. */
const bins = (length: Known, oneSided: boolean): Known =>
  length === undefined || !oneSided ? length : Math.floor(length / 2) + 1;

/** From operator set 20 on the axis is an input, -2 by default. */
const dft: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const asked = has(op, 2) ? dataOf(op, 2)?.[0] : numberOf(op, 'axis', op.opset >= 20 ? -2 : 1);
  if (asked === undefined) return undefined;
  const axis = axisIn(asked, x.length);
  if (axis === undefined) return fault(`axis ${asked} is not an axis of the signal`);
  const length = has(op, 1) ? dataOf(op, 1)?.[0] : x[axis];
  return [
    valueOf(
      x.map((d, i) => (i === x.length - 1 ? 2 : i === axis ? bins(length, numberOf(op, 'onesided', 0) === 1) : d)),
    ),
  ];
};

/** [batch, length, 1 or 2] by frames of the window's length: [batch, frames, bins, 2]. */
const stft: Rule = (op) => {
  const [x, step] = [shapeOf(op, 0), dataOf(op, 1)?.[0]];
  const length = has(op, 3) ? dataOf(op, 3)?.[0] : shapeOf(op, 2)?.[0];
  const size = x?.[1];
  const frames =
    size === undefined || step === undefined || length === undefined || step < 1
      ? undefined
      : Math.floor((size - length) / step) + 1;
  return [valueOf([x?.[0], frames, bins(length, numberOf(op, 'onesided', 1) === 1), 2])];
};

/** [batch, channels, sizes] becomes [batch, sizes, a position]. */
const affineGrid: Rule = (op) => {
  const size = dataOf(op, 1);
  return size && [valueOf([size[0], ...size.slice(2), size.length - 2])];
};

export const spectralRules: Readonly<Record<string, Rule>> = { DFT: dft, STFT: stft, AffineGrid: affineGrid };
