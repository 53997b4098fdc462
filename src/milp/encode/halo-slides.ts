// Sliding windows (Timeloop): the first loop outside a tile that moves its input counts as part of the tile, since what
// the loop's steps have in common stays where it is.

import { nth } from '../../base/invariant.js';
import type { Dimension, Window } from '../../model/workload/layer.js';
import { dimensions, isRelevant } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, scale, subtract, zero } from '../../program/linear.js';
import { slotName } from './factor-rows.js';
import { bridges, chooseCase } from './halo-cases.js';
import type { HaloContext } from './halo-context.js';
import { extent, levelName, lookup, rowsOf, timeOutside } from './halo-context.js';

export interface Slides {
  /** The dimension that slides the input in a slot, in a point of the program. */
  first: (slot: number) => readonly { readonly dim: Dimension; readonly chosen: Linear }[];
  /** ln of the rows that tiles at a level fetch while loops outside, of ln `moved` steps, move them. */
  walk: (w: Window, level: number, moved: Linear) => Linear;
}

/** Per slot in time and dimension: 1 where it is the first of the slot's loops that moves the input. */
type Firsts = ReadonlyMap<number, ReadonlyMap<Dimension, Linear>>;

/** Logarithms per dimension, of what slides at one level. */
interface Slide {
  /** The loop that counts as part of the tile. */
  readonly loops: Map<Dimension, Linear>;
  /** What a fan-out in between, with parts that overlap, takes less than a product. */
  readonly saved: Map<Dimension, Linear>;
}

/** A loop that may slide the tiles of a level, and the slots in time between it and them. */
interface Slider {
  readonly level: number;
  readonly slot: number;
  readonly dim: Dimension;
  readonly first: Linear;
  readonly inner: readonly number[];
}

export function encodeSlides(c: HaloContext): Slides {
  const firsts = encodeFirsts(c);
  const slides = new Map<number, Slide>();
  const slideAt = (level: number): Slide => {
    const known = slides.get(level) ?? encodeSlide(c, firsts, level);
    slides.set(level, known);
    return known;
  };
  return {
    first: (slot) => [...(firsts.get(slot) ?? [])].map(([dim, chosen]) => ({ dim, chosen })),
    walk(w, level, moved) {
      const { loops, saved } = slideAt(level);
      const ap = loops.get(w.out) ?? zero;
      const ar = loops.get(w.kernel) ?? zero;
      const fewer = add(zero, saved.get(w.out) ?? zero, saved.get(w.kernel) ?? zero);
      const p = add(extent(c, w.out, level), ap);
      const r = add(extent(c, w.kernel, level), ar);
      const rows = lookup(c, `walk.${w.out}.${levelName(c, level)}`, w, p, r);
      // rows of the lengthened tile x (steps / steps that count as part of it) / what overlapping parts save
      return combine([
        [1, rows],
        [1, moved],
        [-1, ap],
        [-1, ar],
        [-1, fewer],
      ]);
    },
  };
}

/** Which loop of a slot comes first, of those that move the input: at most one, and of its innermost group. */
function encodeFirsts({ b, m, layer, orders }: HaloContext): Firsts {
  const movable = dimensions.filter((d) => ['P', 'Q', 'R', 'S'].includes(d) && layer.bounds[d] > 1);
  const firsts = new Map<number, ReadonlyMap<Dimension, Linear>>();
  m.slots.forEach((slot, s) => {
    if (slot.kind !== 'temporal') return;
    const name = slotName(m, slot);
    const own = new Map(
      movable.filter((d) => slot.dims.includes(d)).map((d) => [d, b.binary(`first.${name}.${d}`)] as const),
    );
    firsts.set(s, own);
    if (own.size > 1) b.atMost(`first.${name}`, add(...own.values()), 1);
    // The first input-relevant loop belongs to the innermost group, unless that group is the one irrelevant to inputs.
    for (const t of ['Weights', 'Outputs'] as const) {
      const foreign = [...own].flatMap(([d, x]) => (isRelevant(t, d) ? [x] : []));
      if (foreign.length > 0) b.atMost(`first.${name}.${t}`, add(...foreign, orders.innermost(t, s)), 1);
    }
  });
  return firsts;
}

/** One slide per level: at most one loop outside, the innermost that moves the input, counts as part of the tile. */
function encodeSlide(c: HaloContext, firsts: Firsts, level: number): Slide {
  const slide: Slide = { loops: new Map(), saved: new Map() };
  const outside = timeOutside(c, level).toReversed();
  const moves: Linear[] = [];
  outside.forEach((slot, i) => {
    for (const [dim, first] of firsts.get(slot) ?? []) {
      const slider = encodeSlider(c, { level, slot, dim, first, inner: outside.slice(0, i) });
      addTo(slide.loops, dim, slider.loop);
      if (slider.saved) addTo(slide.saved, dim, slider.saved);
      moves.push(...slider.moves);
    }
  });
  if (moves.length > 1) c.b.atMost(`slide.${levelName(c, level)}`, add(...moves), 1);
  return slide;
}

const addTo = (sums: Map<Dimension, Linear>, d: Dimension, e: Linear): void => {
  sums.set(d, add(sums.get(d) ?? zero, e));
};

/** Whether a loop slides the tiles, by itself or across a fan-out; and the logarithm of its factor where it does. */
function encodeSlider(
  c: HaloContext,
  { level, slot, dim, first, inner }: Slider,
): { readonly moves: readonly Linear[]; readonly loop: Linear; readonly saved: Linear | undefined } {
  const { b, m, f } = c;
  const own = nth(m.slots, slot);
  const where = `${levelName(c, level)}.${slotName(m, own)}.${dim}`;
  const slides = b.binary(`slide.${where}`);
  const fanouts = m.slots.flatMap((q, j) =>
    q.kind === 'spatial' && q.level >= own.level && q.level < level && q.dims.includes(dim) ? [j] : [],
  );
  const bridged = encodeBridge(c, { level, slot, dim, fanouts, where });
  const moves = [slides, ...(bridged ? [bridged.chosen] : [])];
  b.atMost(`slide.${where}.first`, subtract(add(...moves), first), 0);

  // Nothing that touches the input loops between the tile and the sliding loop.
  const touching = dimensions.filter((e) => isRelevant('Inputs', e));
  const anything = f.max(touching);
  for (const s of inner) {
    const between = f.product(touching, [s]);
    b.atMost(`slide.${where}.past.${s}`, add(between, ...moves.map((x) => scale(anything, x))), anything);
  }

  const max = f.max([dim]);
  if (fanouts.length > 0)
    b.atMost(`slide.${where}.contiguous`, add(f.product([dim], fanouts), scale(max, slides)), max);

  // slid = the loop where it slides, 0 where it does not.
  const slid = b.variable(`slid.${where}`, 0, max, false);
  const loop = f.log(dim, slot);
  b.atMost(`slid.${where}.on`, subtract(slid, scale(max, slides)), 0);
  b.atMost(`slid.${where}.most`, subtract(slid, loop), 0);
  b.atMost(`slid.${where}.least`, add(loop, scale(-1, slid), scale(max, slides)), max);
  return { moves, loop: slid, saved: bridged?.gain };
}

/** A loop that slides across a fan-out of its own dimension: w + (f - 1) min(p g stride, w) rows, a few cases. */
function encodeBridge(
  c: HaloContext,
  {
    level,
    slot,
    dim,
    fanouts,
    where,
  }: Pick<Slider, 'level' | 'slot' | 'dim'> & { readonly fanouts: readonly number[]; readonly where: string },
): { readonly chosen: Linear; readonly gain: Linear } | undefined {
  if (fanouts.length === 0) return undefined;
  const { b, f, layer } = c;
  const w: Window = dim === 'P' || dim === 'R' ? { out: 'P', kernel: 'R' } : { out: 'Q', kernel: 'S' };
  const entries = bridges(layer, f, w, dim, rowsOf(c, w));
  if (entries.length === 0) return undefined;
  return chooseCase(b, `bridge.${where}`, entries, [
    { part: extent(c, w.out, level), span: f.max([w.out]) },
    { part: extent(c, w.kernel, level), span: f.max([w.kernel]) },
    { part: f.product([dim], fanouts), span: f.max([dim]) },
    { part: f.log(dim, slot), span: f.max([dim]) },
  ]);
}
