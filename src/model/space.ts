// How many mappings there are: padded bounds, and the size of the space.

import { countFactorizations, isSmooth } from '../base/integers.js';
import type { Architecture } from './architecture.js';
import type { Dimension, Layer } from './layer.js';
import { dimensions } from './layer.js';

/** Bounds that `bound` may be rounded up to: itself, then 7-smooth numbers up to 1.25 times it, six in all. */
export function paddedBounds(bound: number, padding: boolean): readonly number[] {
  const menu = [bound];
  if (!padding) return menu;
  for (let o = bound + 1; o <= 1.25 * bound && menu.length < 6; o++) if (isSmooth(o, 7)) menu.push(o);
  return menu;
}

/** Base-10 logarithm of the number of mappings: factorisations over the slots times loop orders, legal or not. */
export function logSpaceSize(a: Architecture, layer: Layer, padding: boolean): number {
  let log = 0;
  const loops = dimensions.filter((d) => layer.bounds[d] > 1);
  for (const d of loops) {
    const slots = slotCount(a, d);
    log += Math.log10(paddedBounds(layer.bounds[d], padding).reduce((n, o) => n + countFactorizations(o, slots), 0));
  }
  for (const level of a.levels) {
    const free = loops.filter((d) => level.temporal.includes(d)).length;
    for (let i = 2; i <= free; i++) log += Math.log10(i);
  }
  return log;
}

const slotCount = (a: Architecture, d: Dimension): number =>
  a.levels.reduce((n, l) => n + (l.temporal.includes(d) ? 1 : 0) + l.axes.filter((x) => x.dims.includes(d)).length, 0);
