// Shape rules of operators that lay the same elements out differently: Reshape, Transpose, Squeeze and their like.

import { defined, nth } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { dataOf, listOf, numberOf, numbersOf, shapeOf } from '../operation.js';
import type { Fault, Known, Shape } from '../value.js';
import {
  axisIn,
  fault,
  isComplete,
  isFault,
  isSmall,
  knownVolume,
  positions,
  printSizes,
  strides,
  valueOf,
} from '../value.js';

const relaid = (op: Operation, shape: Shape) => [
  valueOf(shape, isComplete(shape) ? op.inputs[0]?.data : undefined, op.inputs[0]?.whole),
];

/** Fills 0 (copy) and -1 (the rest) of a wanted shape. */
function reshaped(from: Shape | undefined, wanted: Shape, zeroIsZero: boolean): Shape | Fault {
  if (wanted.some((d) => d !== undefined && d < -1))
    return fault(`the wanted shape ${printSizes(wanted)} holds a negative size`);
  if (wanted.filter((d) => d === -1).length > 1)
    return fault(`the wanted shape ${printSizes(wanted)} holds -1 more than once`);
  const copied = wanted.map((d, i) => (d === 0 && !zeroIsZero ? from?.[i] : d));
  const isOpen = (d: Known) => d === undefined || d === -1;
  const open = copied.filter(isOpen).length;
  const rest = knownVolume(copied.filter((d) => !isOpen(d)));
  const total = knownVolume(from);
  if (total === undefined || rest === undefined)
    return cancelled(from, copied) ?? copied.map((d) => (d === -1 ? undefined : d));
  if (open === 0)
    return rest === total
      ? copied
      : fault(
          `${printSizes(defined(from))} cannot be reshaped to ${printSizes(wanted)}: ${total} elements against ${rest}`,
        );
  if (open > 1) return copied.map((d) => (d === -1 ? undefined : d));
  if (rest === 0) return copied.map((d) => (isOpen(d) ? 0 : d));
  if (total % rest !== 0)
    return fault(
      `${printSizes(defined(from))} cannot be reshaped to ${printSizes(wanted)}: ${total} elements do not divide ` +
        `by ${rest}`,
    );
  return copied.map((d) => (isOpen(d) ? total / rest : d));
}

/** With one unknown size on both sides, copied by a 0, the -1 can still be worked out. */
function cancelled(from: Shape | undefined, copied: Shape): Shape | undefined {
  if (from === undefined || copied.filter((d) => d === -1).length !== 1) return undefined;
  const open = copied.map((d, i) => (d === undefined ? i : -1)).filter((i) => i >= 0);
  if (open.length !== from.filter((d) => d === undefined).length || open.some((i) => from[i] !== undefined))
    return undefined;
  const total = defined(knownVolume(from.filter((d) => d !== undefined)));
  const rest = defined(knownVolume(copied.filter((d) => d !== undefined && d !== -1)));
  return rest > 0 && total % rest === 0 ? copied.map((d) => (d === -1 ? total / rest : d)) : undefined;
}

const reshape: Rule = (op) => {
  const wanted = numbersOf(op, 'shape') ?? dataOf(op, 1);
  if (wanted === undefined) {
    const length = shapeOf(op, 1)?.[0];
    return length === undefined || length > 64 ? undefined : [valueOf(new Array<Known>(length).fill(undefined))];
  }
  const zeroIsZero = numberOf(op, 'allowzero', 0) === 1;
  const from = shapeOf(op, 0);
  const rebatched = withNewBatch(op, from, wanted, zeroIsZero);
  const shape = rebatched ?? reshaped(from, wanted, zeroIsZero);
  return isFault(shape) ? shape : relaid(op, shape);
};

/** The exporter baked the batch it saw into the wanted shape: under another batch that first size changes too. */
function withNewBatch(
  { rebatch }: Operation,
  from: Shape | undefined,
  wanted: Shape,
  zeroIsZero: boolean,
): Shape | undefined {
  if (rebatch === undefined || wanted[0] !== rebatch.from || from?.[0] === undefined || from[0] % rebatch.to !== 0)
    return undefined;
  const shape = reshaped(from, [rebatch.to, ...wanted.slice(1)], zeroIsZero);
  return isFault(shape) ? undefined : shape;
}

const flatten: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return [valueOf([undefined, undefined])];
  const axis = numberOf(op, 'axis', 1);
  const at = axis < 0 ? axis + x.length : axis;
  if (at < 0 || at > x.length) return fault(`axis ${axis} is not in ${printSizes(x)}`);
  return relaid(op, [knownVolume(x.slice(0, at)), knownVolume(x.slice(at))]);
};

const transpose: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const order = numbersOf(op, 'perm') ?? x.map((_, i) => x.length - 1 - i);
  if (order.length !== x.length || new Set(order).size !== x.length || order.some((i) => axisIn(i, x.length) !== i)) {
    return fault(`perm ${printSizes(order)} does not permute the axes of ${printSizes(x)}`);
  }
  const shape = order.map((i) => x[i]);
  const data = op.inputs[0]?.data;
  if (!isSmall(shape) || data === undefined) return [valueOf(shape)];
  const steps = strides(x as readonly number[], x.length);
  return [
    valueOf(
      shape,
      [...positions(shape, [order.map((i) => nth(steps, i))])].map(([at]) => data[defined(at)]),
      op.inputs[0]!.whole,
    ),
  ];
};

const squeeze: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axes = listOf(op, 'axes', 1);
  if (axes === undefined) {
    // Which axes go depends on sizes: with an unknown one even the rank is open.
    return op.inputs[1] !== undefined || x.includes(undefined)
      ? undefined
      : relaid(
          op,
          x.filter((d) => d !== 1),
        );
  }
  const gone = axes.map((a) => axisIn(a, x.length));
  if (gone.includes(undefined)) return fault(`the axes ${printSizes(axes)} are not all in ${printSizes(x)}`);
  const wide = gone.find((a) => x[defined(a)] !== undefined && x[defined(a)] !== 1);
  if (wide !== undefined) return fault(`axis ${wide} of ${printSizes(x)} is not 1 and cannot be squeezed`);
  return relaid(
    op,
    x.filter((_, i) => !gone.includes(i)),
  );
};

const unsqueeze: Rule = (op) => {
  const [x, axes] = [shapeOf(op, 0), listOf(op, 'axes', 1)];
  if (x === undefined || axes === undefined) return undefined;
  const rank = x.length + axes.length;
  const added = new Set(axes.map((a) => axisIn(a, rank)));
  if (added.has(undefined) || added.size !== axes.length)
    return fault(`the axes ${printSizes(axes)} cannot be added to ${printSizes(x)}`);
  let next = 0;
  return relaid(
    op,
    Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : x[next++])),
  );
};

const image = (op: Operation): readonly [Known, Known, Known, Known] | Fault | undefined => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  return x.length === 4
    ? [x[0], x[1], x[2], x[3]]
    : fault(`the image has the shape ${printSizes(x)}; expected four axes`);
};
const scaled = (d: Known, by: number) => (d === undefined ? undefined : d * by);

const depthToSpace: Rule = (op) => {
  const x = image(op);
  if (x === undefined || isFault(x)) return x;
  const b = numberOf(op, 'blocksize', 1);
  const shape = [x[0], scaled(x[1], 1 / (b * b)), scaled(x[2], b), scaled(x[3], b)];
  return Number.isInteger(shape[1] ?? 0)
    ? [valueOf(shape)]
    : fault(`${x[1]} channels do not divide into blocks of ${b} x ${b}`);
};

const spaceToDepth: Rule = (op) => {
  const x = image(op);
  if (x === undefined || isFault(x)) return x;
  const b = numberOf(op, 'blocksize', 1);
  const shape = [x[0], scaled(x[1], b * b), scaled(x[2], 1 / b), scaled(x[3], 1 / b)];
  return shape.every((d) => Number.isInteger(d ?? 0))
    ? [valueOf(shape)]
    : fault(`the image ${printSizes(x)} does not divide into blocks of ${b} x ${b}`);
};

/** Columns back to an image: the sizes are in the second input. */
const col2im: Rule = (op) => {
  const [x, size, block] = [shapeOf(op, 0), dataOf(op, 1), dataOf(op, 2)];
  if (x?.length !== 3 || size === undefined) return undefined;
  const cells = knownVolume(block);
  return [valueOf([x[0], x[1] === undefined || cells === undefined ? undefined : x[1] / cells, ...size])];
};

export const layoutRules: Readonly<Record<string, Rule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Col2Im: col2im,
};
