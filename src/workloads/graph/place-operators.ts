// Operators that only say where words lie: concat, split, slice, reshape, and transposes that rename axes.

import { defined, nth } from '../../base/invariant.js';
import type { Operand } from '../../model/workload/network-graph.js';
import { allOf, dataOf, has, numberOf, numbersOf } from '../onnx/operation.js';
import { axisIn } from '../onnx/value.js';
import type { Step } from '../onnx/walk.js';
import type { GraphBuilder } from './graph-builder.js';
import { asOperand, shapeMade, shapeRead } from './graph-builder.js';
import { demandsOn, innermostAxis } from './innermost.js';

/** Whether the operator could be taken; it is the host's otherwise. */
export type Handler = (b: GraphBuilder, at: Step) => boolean;

const operandsOf = (b: GraphBuilder, at: Step, count: number): readonly Operand[] =>
  Array.from({ length: count }, (_, i) => b.input(at, i)).flatMap((r) => (r ? [asOperand(r)] : []));

const sums = (sizes: readonly number[]): readonly number[] =>
  sizes.map((_, i) => sizes.slice(0, i).reduce((n, size) => n + size, 0));

const concat: Handler = (b, at) => {
  const made = shapeMade(at);
  const shapes = at.op.inputs.map((_, i) => shapeRead(at, i));
  const axis = made ? axisIn(numberOf(at.op, 'axis', 1), made.length) : undefined;
  if (axis === undefined || shapes.includes(null)) return false;
  const offsets = sums(shapes.map((shape) => nth(defined(shape), axis)));
  b.place(at, operandsOf(b, at, shapes.length), { kind: 'concat', axis, offsets });
  return true;
};

const split: Handler = (b, at) => {
  const shape = shapeRead(at, 0);
  const axis = shape ? axisIn(numberOf(at.op, 'axis', 0), shape.length) : undefined;
  const sizes = at.outputs.map(({ shape: part }) => (axis === undefined ? undefined : part?.[axis]));
  if (axis === undefined || sizes.includes(undefined)) return false;
  const written = at.op.node.outputs.map((name) => name !== '');
  const offsets = sums(sizes.map(defined)).filter((_, i) => nth(written, i));
  b.place(at, operandsOf(b, at, 1), { kind: 'split', axis, offsets });
  return true;
};

const slice: Handler = (b, at) => {
  const { op } = at;
  const [x, made] = [shapeRead(at, 0), shapeMade(at)];
  const starts = numbersOf(op, 'starts') ?? allOf(op, 1);
  const steps = has(op, 4) ? allOf(op, 4) : starts?.map(() => 1);
  const axes = numbersOf(op, 'axes') ?? (has(op, 3) ? allOf(op, 3) : starts?.map((_, i) => i));
  if (!x || !made || !starts || !steps || !axes) return false;
  const from = x.map(() => 0);
  const by = x.map(() => 1);
  for (const [i, asked] of axes.entries()) {
    const axis = axisIn(asked, x.length);
    if (axis === undefined) return false;
    const [size, start, step] = [nth(x, axis), nth(starts, i), nth(steps, i)];
    from[axis] = Math.max(0, Math.min(start < 0 ? start + size : start, step < 0 ? size - 1 : size));
    by[axis] = step;
  }
  b.place(at, operandsOf(b, at, 1), { kind: 'slice', starts: from, steps: by });
  return true;
};

const reshape: Handler = (b, at) => {
  if (!shapeMade(at)) return false;
  b.place(at, operandsOf(b, at, 1), { kind: 'reshape' });
  return true;
};

/**
 * Words that lie side by side must stay so for who reads them: channels of an image, features of a row. A transpose that
 * keeps them there renames axes; any other moves words.
 */
const transpose: Handler = (b, at) => {
  const x = shapeRead(at, 0);
  const input = b.input(at, 0);
  if (!x || input?.kind !== 'tensor') return false;
  const order = numbersOf(at.op, 'perm') ?? x.map((_, i) => x.length - 1 - i);
  const wide = order.filter((axis) => nth(x, axis) > 1);
  const unmoved = wide.every((axis, i) => i === 0 || axis > nth(wide, i - 1));
  if (!unmoved && !staysReadable(b, at, order, innermostAxis(b, input.name))) return false;
  b.place(at, [asOperand(input)], { kind: 'transpose', order });
  return true;
};

function staysReadable(b: GraphBuilder, at: Step, order: readonly number[], innermost: number): boolean {
  const shape = defined(shapeMade(at));
  const now = order.indexOf(innermost);
  const isLast = shape.slice(now + 1).every((size) => size === 1);
  return [...demandsOn(b, nth(at.op.node.outputs, 0))].every((demand) => {
    switch (demand) {
      case 'image':
        return now === 1;
      case 'matrix':
        return isLast || now === shape.length - 2;
      case 'row':
        return isLast || (now === 1 && shape.length >= 3);
      case 'any':
        return isLast;
    }
  });
}

/** What the axes of a shuffle of space and depth come to is left to the host, as are lists of unknown numbers. */
export const placeHandlers: Readonly<Record<string, Handler>> = {
  Concat: concat,
  Split: split,
  Slice: (b, at) => dataOf(at.op, 0) === undefined && slice(b, at),
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
};
