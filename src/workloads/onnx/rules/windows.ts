// Shape rules of operators that slide a window over an image: convolution and pooling, with their padding.

import { nth } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { numberOf, numbersOf, shapeOf, textOf } from '../operation.js';
import type { Fault, Known, Shape } from '../value.js';
import { fault, isFault, printSizes, valueOf } from '../value.js';

/** Per spatial axis, in ONNX order: depth, height, width. */
export interface Window {
  readonly kernel: Shape;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** At the beginning and at the end of each axis. */
  readonly pads: readonly (readonly [number, number])[];
  readonly auto: 'given' | 'same' | 'valid';
}

/** The attributes of a window over `rank` spatial axes, checked. `kernel` is used where the node does not say. */
export function windowOf(op: Operation, rank: number, kernel: Shape | undefined): Window | Fault {
  const list = (name: string, otherwise: number, length: number, min: number): readonly number[] | Fault => {
    const given = numbersOf(op, name) ?? new Array<number>(length).fill(otherwise);
    if (given.length !== length)
      return fault(`${name} has ${given.length} entries; expected ${length} for an image of ${rank} axes`);
    const bad = given.find((x) => x < min || !Number.isSafeInteger(x));
    return bad === undefined ? given : fault(`${name} holds ${bad}; expected whole numbers of at least ${min}`);
  };
  const stride = list('strides', 1, rank, 1);
  if (isFault(stride)) return stride;
  const dilation = list('dilations', 1, rank, 1);
  if (isFault(dilation)) return dilation;
  // A negative pad crops; some exporters use it.
  const pads = list('pads', 0, 2 * rank, -Number.MAX_SAFE_INTEGER);
  if (isFault(pads)) return pads;
  const stated = numbersOf(op, 'kernel_shape') === undefined ? undefined : list('kernel_shape', 1, rank, 1);
  if (isFault(stated)) return stated;
  const size = kernel ?? stated;
  if (size === undefined) return fault('kernel_shape is missing');
  if (stated && size.some((k, i) => k !== undefined && k !== stated[i])) {
    return fault(`kernel_shape is ${printSizes(stated)} but the weights are ${printSizes(size)}`);
  }
  const word = textOf(op, 'auto_pad', 'NOTSET');
  if (!['NOTSET', '', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(word)) {
    return fault(`auto_pad is ${word}; expected NOTSET, SAME_UPPER, SAME_LOWER or VALID`);
  }
  return {
    kernel: stated ?? size,
    stride,
    dilation,
    pads: stride.map((_, i) => [nth(pads, i), nth(pads, rank + i)]),
    auto: word.startsWith('SAME') ? 'same' : word === 'VALID' ? 'valid' : 'given',
  };
}

/** How often the window fits along one axis. */
function slidOver(size: Known, window: Window, axis: number, ceil: boolean): Known | Fault {
  const [step, kernel, spread] = [nth(window.stride, axis), window.kernel[axis], nth(window.dilation, axis)];
  if (size === undefined) return undefined;
  if (window.auto === 'same') return Math.ceil(size / step);
  if (kernel === undefined) return undefined;
  const [before, after] = window.auto === 'valid' ? [0, 0] : nth(window.pads, axis);
  const reach = (kernel - 1) * spread + 1;
  const room = size + before + after - reach;
  if (room < 0) return fault(`a window of ${reach} does not fit into ${size} with padding ${before} and ${after}`);
  const count = (ceil ? Math.ceil(room / step) : Math.floor(room / step)) + 1;
  // With ceil_mode the last window must still begin inside the image or its left border (PyTorch and ONNX agree).
  return ceil && (count - 1) * step >= size + before ? count - 1 : count;
}

/** `[batch, channels, ...]` of the image slid over; `undefined` where not even its rank is known. */
export function slide(image: Shape, channels: Known, window: Window, ceil = false): Shape | Fault {
  const sizes: Known[] = [];
  for (let axis = 0; axis < image.length - 2; axis++) {
    const size = slidOver(image[axis + 2], window, axis, ceil);
    if (typeof size === 'object') return size;
    sizes.push(size);
  }
  return [image[0], channels, ...sizes];
}

const tooFlat = (shape: Shape) =>
  fault(`the image has the shape ${printSizes(shape)}; expected batch, channels and at least one axis`);

/** A convolution whose image and weights are the inputs `image` and `weights`. */
export const convolution =
  (image: number, weights: number): Rule =>
  (op) => {
    const w = shapeOf(op, weights);
    const x = shapeOf(op, image) ?? (w && new Array<Known>(w.length).fill(undefined));
    if (x === undefined) return undefined;
    if (x.length < 3) return tooFlat(x);
    if (w && w.length !== x.length)
      return fault(`the weights ${printSizes(w)} and the image ${printSizes(x)} differ in rank`);
    const stated = numbersOf(op, 'kernel_shape');
    if (w === undefined && stated === undefined) return [valueOf([x[0], ...x.slice(1).map(() => undefined)])];
    const window = windowOf(op, x.length - 2, w?.slice(2));
    if (isFault(window)) return window;
    const shape = slide(x, w?.[0], window);
    return isFault(shape) ? shape : [valueOf(shape)];
  };

export const pooling: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  if (x.length < 3) return tooFlat(x);
  const window = windowOf(op, x.length - 2, undefined);
  if (isFault(window)) return window;
  const shape = slide(x, x[1], window, numberOf(op, 'ceil_mode', 0) === 1);
  return isFault(shape) ? shape : op.node.outputs.map(() => valueOf(shape));
};

export const globalPooling: Rule = (op) => {
  const x = shapeOf(op, 0);
  return x && [valueOf(x.map((d, i) => (i < 2 ? d : 1)))];
};

/** Per axis of a transposed convolution: how wide its output is, and what is cut off in front. */
export function transposedAxes(
  op: Operation,
  window: Window,
  sizes: Shape,
): readonly { readonly out: Known; readonly pad: Known }[] {
  const rank = sizes.length;
  const extra = numbersOf(op, 'output_padding');
  const stated = numbersOf(op, 'output_shape')?.slice(-rank);
  const upper = textOf(op, 'auto_pad', 'NOTSET') === 'SAME_UPPER';
  return sizes.map((size, i) => {
    const [step, kernel, spread] = [nth(window.stride, i), window.kernel[i], nth(window.dilation, i)];
    const out = stated?.[i] ?? (window.auto === 'same' && size !== undefined ? size * step : undefined);
    const full =
      size === undefined || kernel === undefined
        ? undefined
        : step * (size - 1) + (extra?.[i] ?? 0) + (kernel - 1) * spread + 1;
    if (stated?.[i] !== undefined || window.auto === 'same') {
      // The cut follows from the size, halved; the odd one goes behind for SAME_UPPER and in front otherwise.
      const cut = full === undefined || out === undefined ? undefined : full - out;
      return { out, pad: cut === undefined ? undefined : upper ? Math.trunc(cut / 2) : cut - Math.trunc(cut / 2) };
    }
    const [before, after] = window.auto === 'valid' ? [0, 0] : nth(window.pads, i);
    return { out: full === undefined ? undefined : full - before - after, pad: before };
  });
}

/** Transposed convolution: the same window, run backwards. */
const transposed: Rule = (op) => {
  const [x, w] = [shapeOf(op, 0), shapeOf(op, 1)];
  if (x === undefined) return undefined;
  if (x.length < 3) return tooFlat(x);
  if (w && w.length !== x.length)
    return fault(`the weights ${printSizes(w)} and the image ${printSizes(x)} differ in rank`);
  if (w === undefined && numbersOf(op, 'kernel_shape') === undefined)
    return [valueOf([x[0], ...x.slice(1).map(() => undefined)])];
  const window = windowOf(op, x.length - 2, w?.slice(2));
  if (isFault(window)) return window;
  const channels = w?.[1] === undefined ? undefined : w[1] * numberOf(op, 'group', 1);
  const sizes = transposedAxes(op, window, x.slice(2)).map(({ out }) => out);
  const bad = sizes.find((d) => d !== undefined && d < 1);
  return bad === undefined ? [valueOf([x[0], channels, ...sizes])] : fault(`the image would be ${bad} wide`);
};

const unpooling: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const stated = op.inputs[2]?.data;
  if (stated?.length === x.length) return [valueOf(stated)];
  if (op.inputs[2] !== undefined || x.length < 3) return [valueOf(x.map(() => undefined))];
  const window = windowOf(op, x.length - 2, undefined);
  if (isFault(window)) return window;
  return [
    valueOf(
      x.map((d, i) => {
        if (i < 2 || d === undefined) return d;
        const [before, after] = nth(window.pads, i - 2);
        return (d - 1) * nth(window.stride, i - 2) + window.kernel[i - 2]! - before - after;
      }),
    ),
  ];
};

export const windowRules: Readonly<Record<string, Rule>> = {
  Conv: convolution(0, 1),
  ConvInteger: convolution(0, 1),
  QLinearConv: convolution(0, 3),
  DeformConv: convolution(0, 1),
  ConvTranspose: transposed,
  MaxPool: pooling,
  AveragePool: pooling,
  LpPool: pooling,
  GlobalAveragePool: globalPooling,
  GlobalMaxPool: globalPooling,
  GlobalLpPool: globalPooling,
  MaxUnpool: unpooling,
};
