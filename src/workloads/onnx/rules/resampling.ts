// Shape rules of operators that grow or shrink an image, or look into it: Resize, Upsample, Pad, RoiAlign, GridSample.

import { defined } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { dataOf, listOf, numberOf, numbersOf, shapeOf, textOf } from '../operation.js';
import type { Fault, Known, Shape, Value } from '../value.js';
import { axisIn, fault, printSizes, valueOf } from '../value.js';

function byScales(x: Shape, axes: readonly number[], scales: readonly Known[] | undefined): readonly Value[] | Fault {
  if (scales && scales.length !== axes.length)
    return fault(`${scales.length} scales for ${axes.length} axes of ${printSizes(x)}`);
  const sizes = x.map((d, i) => {
    const at = axes.indexOf(i);
    if (at < 0) return d;
    const scale = scales?.[at];
    // float32 scales such as 2.0000001 must not lose a pixel to the floor.
    return d === undefined || scale === undefined ? undefined : Math.floor(Math.fround(d * scale));
  });
  const bad = sizes.find((d) => d !== undefined && d < 1);
  return bad === undefined
    ? [valueOf(sizes)]
    : fault(`the scales ${printSizes(defined(scales))} leave nothing of ${printSizes(x)}`);
}

function bySizes(op: Operation, x: Shape, axes: readonly number[], sizes: readonly Known[]): readonly Value[] | Fault {
  if (sizes.length !== axes.length) return fault(`${sizes.length} sizes for ${axes.length} axes of ${printSizes(x)}`);
  const policy = textOf(op, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return [valueOf(x.map((d, i) => (axes.includes(i) ? sizes[axes.indexOf(i)] : d)))];
  const ratios = axes.map((a, i) => (x[a] === undefined || sizes[i] === undefined ? undefined : sizes[i] / x[a]));
  if (ratios.includes(undefined)) return [valueOf(x.map((d, i) => (axes.includes(i) ? undefined : d)))];
  const scale = policy === 'not_larger' ? Math.min(...(ratios as number[])) : Math.max(...(ratios as number[]));
  return [valueOf(x.map((d, i) => (axes.includes(i) ? Math.round(defined(d) * scale) : d)))];
}

const resize: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const given = numbersOf(op, 'axes')?.map((a) => axisIn(a, x.length));
  if (given?.includes(undefined))
    return fault(`the axes ${printSizes(defined(numbersOf(op, 'axes')))} are not all in ${printSizes(x)}`);
  const axes = (given as readonly number[] | undefined) ?? x.map((_, i) => i);
  // Opset 10 had (X, scales); since 11 it is (X, roi, scales, sizes), and an empty scales means that sizes are given.
  if (op.opset < 11) return byScales(x, axes, dataOf(op, 1));
  const sizes = op.inputs[3];
  if (sizes !== undefined && sizes.shape?.[0] !== 0)
    return bySizes(op, x, axes, sizes.data ?? axes.map(() => undefined));
  return byScales(x, axes, dataOf(op, 2));
};

const upsample: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axes = x.map((_, i) => i);
  const [height, width] = [numberOf(op, 'height_scale', 0), numberOf(op, 'width_scale', 0)];
  if (height > 0 && width > 0) return byScales(x, axes, [1, 1, height, width]);
  return byScales(x, axes, numbersOf(op, 'scales') ?? dataOf(op, 1));
};

const pad: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const pads = listOf(op, 'pads', 1) ?? numbersOf(op, 'paddings') ?? dataOf(op, 1);
  if (pads === undefined) return [valueOf(x.map(() => undefined))];
  const axes =
    op.inputs[3] === undefined
      ? x.map((_, i) => i)
      : dataOf(op, 3)?.map((a) => (a === undefined ? undefined : axisIn(a, x.length)));
  if (axes === undefined) return [valueOf(x.map(() => undefined))];
  if (pads.length !== 2 * axes.length)
    return fault(`${pads.length} pads for ${axes.length} axes of ${printSizes(x)}; expected two each`);
  const sizes = x.map((d, i) => {
    const at = axes.indexOf(i);
    if (at < 0) return d;
    const [before, after] = [pads[at], pads[axes.length + at]];
    return d === undefined || before === undefined || after === undefined ? undefined : d + before + after;
  });
  return sizes.some((d) => d !== undefined && d < 0)
    ? fault(`the pads ${printSizes(pads)} crop more than ${printSizes(x)} has`)
    : [valueOf(sizes)];
};

const centerCrop: Rule = (op) => {
  const [x, sizes, axes] = [shapeOf(op, 0), dataOf(op, 1), numbersOf(op, 'axes')];
  if (x === undefined || sizes === undefined) return undefined;
  const at = axes?.map((a) => axisIn(a, x.length)) ?? x.map((_, i) => i);
  return [valueOf(x.map((d, i) => (at.includes(i) ? sizes[at.indexOf(i)] : d)))];
};

const roiAlign: Rule = (op) => [
  valueOf([
    shapeOf(op, 1)?.[0],
    shapeOf(op, 0)?.[1],
    numberOf(op, 'output_height', 1),
    numberOf(op, 'output_width', 1),
  ]),
];

const maxRoiPool: Rule = (op) => {
  const size = numbersOf(op, 'pooled_shape');
  return size && [valueOf([shapeOf(op, 1)?.[0], shapeOf(op, 0)?.[1], ...size])];
};

const gridSample: Rule = (op) => {
  const [x, grid] = [shapeOf(op, 0), shapeOf(op, 1)];
  return x && grid && [valueOf([x[0], x[1], ...grid.slice(1, -1)])];
};

export const resamplingRules: Readonly<Record<string, Rule>> = {
  Resize: resize,
  Upsample: upsample,
  Pad: pad,
  CenterCropPad: centerCrop,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
  GridSample: gridSample,
};
