// Windows over images as steps have them: sizes, and the padding of all four sides, also where the file says only SAME.

import { nth } from '../../base/invariant.js';
import type { Padding, PoolWindow } from '../../model/workload/network-graph.js';
import { textOf } from '../onnx/operation.js';
import type { Window } from '../onnx/rules/windows.js';
import { windowOf } from '../onnx/rules/windows.js';
import { isComplete, isFault } from '../onnx/value.js';
import type { Step } from '../onnx/walk.js';
import { shapeRead } from './graph-builder.js';

/** Of an image with one or two axes; undefined for others, and where a size is open. */
export function poolWindowOf(at: Step, kernel?: readonly number[]): PoolWindow | undefined {
  const shape = shapeRead(at, 0);
  if (!shape || shape.length < 3 || shape.length > 4) return undefined;
  const window = windowOf(at.op, shape.length - 2, kernel);
  if (isFault(window) || !isComplete(window.kernel)) return undefined;
  const pads = shape.slice(2).map((size, i) => padsOf(at, window, size, i));
  const flat = shape.length === 3;
  const pair = (xs: readonly number[], one: number): readonly [number, number] =>
    flat ? [one, nth(xs, 0)] : [nth(xs, 0), nth(xs, 1)];
  const [rows, columns] = flat ? [[0, 0] as const, nth(pads, 0)] : [nth(pads, 0), nth(pads, 1)];
  const padding: Padding = { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] };
  return {
    kernel: pair(window.kernel, 1),
    stride: pair(window.stride, 1),
    dilation: pair(window.dilation, 1),
    padding,
  };
}

/** Before and behind one axis. Of SAME, the odd row stands behind for SAME_UPPER and in front for SAME_LOWER. */
function padsOf({ op }: Step, window: Window, size: number, axis: number): readonly [number, number] {
  if (window.auto === 'given') return nth(window.pads, axis);
  if (window.auto === 'valid') return [0, 0];
  const step = nth(window.stride, axis);
  const reach = ((window.kernel[axis] ?? 1) - 1) * nth(window.dilation, axis) + 1;
  const total = Math.max(0, (Math.ceil(size / step) - 1) * step + reach - size);
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return textOf(op, 'auto_pad', '') === 'SAME_LOWER' ? [more, less] : [less, more];
}

export const addPadding = (a: Padding, b: Padding | undefined): Padding =>
  b === undefined
    ? a
    : { top: a.top + b.top, bottom: a.bottom + b.bottom, left: a.left + b.left, right: a.right + b.right };
