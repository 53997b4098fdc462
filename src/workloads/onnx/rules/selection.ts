// Shape rules of operators that pick or join parts of tensors: Gather, Slice, Split, Concat, TopK.

import { counted } from '../../../base/text.js';
import { defined } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { allOf, dataOf, has, listOf, numberOf, numbersOf, shapeOf } from '../operation.js';
import type { Fault, Known, Shape, Value } from '../value.js';
import { axisIn, fault, isFault, isSmall, positions, printSizes, strides, valueOf } from '../value.js';

const noAxis = (axis: number, shape: Shape) => fault(`axis ${axis} is not in ${printSizes(shape)}`);
const replaced = (shape: Shape, axis: number, size: Known): Shape => shape.map((d, i) => (i === axis ? size : d));

/** The elements of a small value at `from + i * step` along one axis. */
function along(
  value: Value | undefined,
  shape: Shape,
  axis: number,
  from: number,
  step: number,
): readonly Known[] | undefined {
  if (value?.data === undefined || !isSmall(value.shape) || !isSmall(shape)) return undefined;
  const steps = strides(value.shape, shape.length);
  const base = from * value.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const walked = steps.map((s, i) => (i === axis ? s * step : s));
  return [...positions(shape, [walked])].map(([at]) => defined(value.data)[base + defined(at)]);
}

const gather: Rule = (op) => {
  const [x, indices] = [shapeOf(op, 0), shapeOf(op, 1)];
  if (x === undefined || indices === undefined) return undefined;
  const axis = axisIn(numberOf(op, 'axis', 0), x.length);
  if (axis === undefined) return noAxis(numberOf(op, 'axis', 0), x);
  const shape = [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)];
  const [data, at] = [dataOf(op, 0), dataOf(op, 1)];
  if (x.length !== 1 || data === undefined || at === undefined) return [valueOf(shape)];
  return [
    valueOf(
      shape,
      at.map((i) => (i === undefined ? undefined : data[i < 0 ? i + data.length : i])),
      op.inputs[0]!.whole,
    ),
  ];
};

const gatherElements: Rule = (op) => [valueOf(shapeOf(op, 1))];

const gatherNd: Rule = (op) => {
  const [x, indices] = [shapeOf(op, 0), shapeOf(op, 1)];
  const depth = indices?.at(-1);
  if (x === undefined || indices === undefined || depth === undefined) return undefined;
  return [valueOf([...indices.slice(0, -1), ...x.slice(numberOf(op, 'batch_dims', 0) + depth)])];
};

const concat: Rule = (op) => {
  const shapes = op.inputs.map((x) => x?.shape);
  const first = shapes.find((s) => s !== undefined);
  if (first === undefined) return undefined;
  const asked = numberOf(op, 'axis', 1);
  const axis = axisIn(asked, first.length);
  if (axis === undefined) return noAxis(asked, first);
  const shape: Known[] = [...first];
  let joined: Known = 0;
  for (const s of shapes) {
    joined = joined === undefined || s?.[axis] === undefined ? undefined : joined + s[axis];
    if (s === undefined) continue;
    if (s.length !== first.length) return fault(`${printSizes(first)} and ${printSizes(s)} cannot be joined`);
    for (const [i, d] of s.entries()) {
      if (i !== axis && d !== undefined && shape[i] !== undefined && shape[i] !== d)
        return fault(`${printSizes(first)} and ${printSizes(s)} cannot be joined along axis ${axis}`);
      shape[i] ??= d;
    }
  }
  shape[axis] = joined;
  const lists = op.inputs.map((x) => x?.data);
  const flat = first.length === 1 && isSmall(shape) && lists.every((d) => d !== undefined);
  return [
    valueOf(
      shape,
      flat ? lists.flatMap((d) => defined(d)) : undefined,
      op.inputs.every((x) => x?.whole === true),
    ),
  ];
};

function split(op: Operation): readonly Value[] | Fault | undefined {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axis = axisIn(numberOf(op, 'axis', 0), x.length);
  if (axis === undefined) return noAxis(numberOf(op, 'axis', 0), x);
  const parts = op.node.outputs.length;
  const given = listOf(op, 'split', 1);
  const size = x[axis];
  if (given && given.length !== parts)
    return fault(`split lists ${counted(given.length, 'part')} for ${counted(parts, 'output')}`);
  if (given && size !== undefined && given.reduce((a, b) => a + b, 0) !== size)
    return fault(`split ${printSizes(given)} does not add up to ${size}`);
  if (given === undefined && has(op, 1)) return op.node.outputs.map(() => valueOf(replaced(x, axis, undefined)));
  // Equal parts; the last may be smaller (opset 18).
  const part = size === undefined ? undefined : Math.ceil(size / parts);
  let from = 0;
  return op.node.outputs.map((_, i) => {
    const length =
      given?.[i] ?? (part === undefined ? undefined : Math.max(0, Math.min(part, defined(size) - i * part)));
    const shape = replaced(x, axis, length);
    const value = valueOf(shape, along(op.inputs[0], shape, axis, from, 1), op.inputs[0]!.whole);
    from += length ?? 0;
    return value;
  });
}

function slice(op: Operation): readonly Value[] | Fault | undefined {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axes = numbersOf(op, 'axes') ?? (has(op, 3) ? allOf(op, 3) : undefined);
  const [starts, ends] = [numbersOf(op, 'starts') ?? dataOf(op, 1), numbersOf(op, 'ends') ?? dataOf(op, 2)];
  const steps = has(op, 4) ? dataOf(op, 4) : [];
  if (has(op, 3) && axes === undefined) return [valueOf(x.map(() => undefined))];
  const count = starts?.length ?? ends?.length ?? axes?.length;
  if (count === undefined) return [valueOf(x.map(() => undefined))];
  let shape: Shape = x;
  let data = op.inputs[0]?.data;
  for (let i = 0; i < count; i++) {
    const asked = axes === undefined ? i : (axes[i] ?? i);
    const axis = axisIn(asked, x.length);
    if (axis === undefined) return noAxis(asked, x);
    const cut = cutOf(x[axis], starts?.[i], ends?.[i], steps === undefined ? undefined : (steps[i] ?? 1));
    if (isFault(cut)) return cut;
    const before: Value = { shape, data, whole: true, blame: undefined };
    shape = replaced(shape, axis, cut?.length);
    data = cut === undefined ? undefined : along(before, shape, axis, cut.from, cut.step);
  }
  return [valueOf(shape, data, op.inputs[0]!.whole)];
}

interface Cut {
  readonly from: number;
  readonly step: number;
  readonly length: number;
}

/** Python's slice: negative positions count from the end, everything is clamped. */
function cutOf(size: Known, start: Known, end: Known, step: Known): Cut | Fault | undefined {
  if (step === 0) return fault('a slice has the step 0');
  if (size === undefined || start === undefined || end === undefined || step === undefined) return undefined;
  const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const from = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  const to = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
  return { from, step, length: Math.max(0, Math.ceil((to - from) / step)) };
}

const topK: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axis = axisIn(numberOf(op, 'axis', -1), x.length);
  if (axis === undefined) return noAxis(numberOf(op, 'axis', -1), x);
  const k = numberOf(op, 'k', Number.NaN);
  const shape = replaced(x, axis, Number.isNaN(k) ? dataOf(op, 1)?.[0] : k);
  return [valueOf(shape), valueOf(shape)];
};

const oneHot: Rule = (op) => {
  const indices = shapeOf(op, 0);
  if (indices === undefined) return undefined;
  const axis = axisIn(numberOf(op, 'axis', -1), indices.length + 1);
  if (axis === undefined) return noAxis(numberOf(op, 'axis', -1), indices);
  return [valueOf([...indices.slice(0, axis), dataOf(op, 1)?.[0], ...indices.slice(axis)])];
};

const compress: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (!op.node.attributes.has('axis')) return [valueOf([undefined])];
  const axis = x && axisIn(numberOf(op, 'axis', 0), x.length);
  return x && axis !== undefined ? [valueOf(replaced(x, axis, undefined))] : undefined;
};

const nonZero: Rule = (op) => {
  const x = shapeOf(op, 0);
  const data = allOf(op, 0);
  return [valueOf([x === undefined ? undefined : Math.max(1, x.length), data?.filter((v) => v !== 0).length])];
};

export const selectionRules: Readonly<Record<string, Rule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Concat: concat,
  Split: split,
  Slice: slice,
  TopK: topK,
  OneHot: oneHot,
  Compress: compress,
  NonZero: nonZero,
  NonMaxSuppression: () => [valueOf([undefined, 3])],
};
