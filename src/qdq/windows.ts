// Padding of windows as operators of the file take it: what theirs cannot say is an operator in front.

import type { Padding } from '../model/workload/network-graph.js';
import type { FileBuilder } from './file-builder.js';

/** `both` leaves the height out of images that are rows; `widest` is what the operator takes at a side. */
export function windowed(
  file: FileBuilder,
  value: string,
  stem: string,
  { top, bottom, left, right }: Padding,
  both: <T>(down: T, across: T) => readonly T[],
  around: number,
  widest = Infinity,
): { readonly value: string; readonly pads: readonly number[] } {
  const pads = [...both(top, left), ...both(bottom, right)];
  if (pads.every((n) => n >= 0 && n <= widest)) return { value, pads };
  const all = file.sizes([0, 0, ...both(top, left), 0, 0, ...both(bottom, right)]);
  return { value: file.put('Pad', [value, all, file.real(around)], stem), pads: pads.map(() => 0) };
}
