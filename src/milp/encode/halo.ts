// Input windows: rows under a tile, rows fetched by a moving tile, different offsets in a fan-out. Tables throughout:
// a point on a table is a convex combination of its entries, which is exact at integers where the function is convex
// in the logarithms, and made exact by integrality where it is not.

import { nth } from '../../base/invariant.js';
import type { Dimension, Window } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add, combine } from '../../program/linear.js';
import { chooseCase, overlaps } from './halo-cases.js';
import type { HaloContext } from './halo-context.js';
import { extent, isTrivial, levelName, lookup, timeOutside } from './halo-context.js';
import { encodeSlides } from './halo-slides.js';

export interface Halo {
  rows: (w: Window, level: number, tuples: boolean) => Linear;
  walk: (w: Window, level: number, tuples: boolean) => Linear;
  offsets: (w: Window, level: number) => Linear;
  /** The dimension that slides the input in a slot, in a point of the program. */
  first: (slot: number) => readonly { readonly dim: Dimension; readonly chosen: Linear }[];
}

export function encodeHalo(c: HaloContext): Halo {
  const cache = new Map<string, Linear>();
  const once = (key: string, make: () => Linear) => {
    const known = cache.get(key) ?? make();
    cache.set(key, known);
    return known;
  };
  const slides = c.conventions.halo === 'slide' ? encodeSlides(c) : undefined;

  /** `tuples`: pairs of an output and a kernel position, as many as there are, whether or not they fall together. */
  const rows: Halo['rows'] = (w, level, tuples) => {
    const p = extent(c, w.out, level);
    const r = extent(c, w.kernel, level);
    if (tuples) return add(p, r);
    return once(`rows ${w.out} ${level}`, () => lookup(c, `rows.${w.out}.${levelName(c, level)}`, w, p, r));
  };

  return {
    rows,
    walk(w, level, tuples) {
      const moved = c.f.product([w.out, w.kernel], timeOutside(c, level));
      if (!slides || tuples || isTrivial(c, w)) return add(rows(w, level, tuples), moved);
      return once(`walk ${w.out} ${level}`, () => slides.walk(w, level, moved));
    },
    offsets(w, level) {
      const fanout = c.m.slots.flatMap((s, i) => (s.kind === 'spatial' && s.level === level ? [i] : []));
      const p = c.f.product([w.out], fanout);
      const r = c.f.product([w.kernel], fanout);
      if (isOne(p) || isOne(r)) return add(p, r);
      return once(`offsets ${w.out} ${level}`, () => encodeOffsets(c, w, level, p, r));
    },
    first: (s) => slides?.first(s) ?? [],
  };
}

/** Without variables a product may still be above 1: loops that have no other place. */
const isOne = (e: Linear): boolean => e.terms.size === 0 && e.constant < 1e-9;

/** P and R unrolled side by side in one fan-out read overlapping rows: 14 + 3 - 1 offsets, not 42. */
function encodeOffsets(c: HaloContext, w: Window, level: number, p: Linear, r: Linear): Linear {
  const { b, f, m, layer } = c;
  const places = nth(m.architecture.levels, level).axes.reduce((n, x) => n * x.size, 1);
  const entries = overlaps(layer, f, w, places);
  if (entries.length === 0) return add(p, r);
  const { gain } = chooseCase(b, `offsets.${w.out}.${levelName(c, level)}`, entries, [
    { part: p, span: f.max([w.out]) },
    { part: r, span: f.max([w.kernel]) },
    { part: extent(c, w.out, level + 1), span: f.max([w.out]) },
    { part: extent(c, w.kernel, level + 1), span: f.max([w.kernel]) },
  ]);
  return combine([
    [1, p],
    [1, r],
    [-1, gain],
  ]);
}
