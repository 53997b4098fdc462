// Input windows: rows under a tile, rows fetched by a moving tile, different offsets in a fan-out. Tables throughout:
// a point on a table is a convex combination of its entries, which is exact at integers where the function is convex
// in the logarithms, and made exact by integrality where it is not.

import { defined, got, nth } from '../../base/invariant.js';
import type { Conventions } from '../../model/cost/conventions.js';
import type { Dimension, Layer, Window } from '../../model/workload/layer.js';
import { isRelevant, dimensions } from '../../model/workload/layer.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { countOffsets, rowsUnder } from '../../model/cost/numbers.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, scale, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import { slotName } from './factor-rows.js';
import type { Orders } from './orders.js';

export interface Halo {
  rows: (w: Window, level: number, tuples: boolean) => Linear;
  walk: (w: Window, level: number, tuples: boolean) => Linear;
  offsets: (w: Window, level: number) => Linear;
  /** The dimension that slides the input in a slot, in a point of the program. */
  first: (slot: number) => readonly { readonly dim: Dimension; readonly chosen: Linear }[];
}

export function encodeHalo(
  b: ProgramBuilder,
  m: Machine,
  layer: Layer,
  conventions: Conventions,
  f: Factors,
  orders: Orders,
): Halo {
  const temporal = m.slots.flatMap((s, i) => (s.kind === 'temporal' ? [i] : []));
  const levelName = (l: number) => m.architecture.levels[l]?.name ?? 'MAC';
  const rowsOf = (w: Window) => (p: number, r: number) =>
    rowsUnder(p, r, layer.stride[w.out], layer.dilation[w.kernel], conventions.pixels);
  const insideSlots = (level: number) => m.slots.flatMap((s, i) => (s.level >= level ? [i] : []));
  const extent = (d: Dimension, level: number) => f.product([d], insideSlots(level));
  const trivial = (w: Window) =>
    layer.bounds[w.kernel] === 1 && (layer.stride[w.out] === 1 || conventions.pixels === 'dense');
  const cache = new Map<string, Linear>();
  const once = (key: string, make: () => Linear) => {
    const known = cache.get(key) ?? make();
    cache.set(key, known);
    return known;
  };

  const lookup = (name: string, w: Window, p: Linear, r: Linear): Linear =>
    trivial(w) ? add(p, r) : table(b, name, f.values(w.out), f.values(w.kernel), rowsOf(w), p, r);

  const slides = conventions.halo === 'slide' ? encodeSlides() : undefined;

  function rows(w: Window, level: number, tuples: boolean): Linear {
    const [p, r] = [extent(w.out, level), extent(w.kernel, level)];
    return tuples
      ? add(p, r)
      : once(`rows ${w.out} ${level}`, () => lookup(`rows.${w.out}.${levelName(level)}`, w, p, r));
  }

  function walk(w: Window, level: number, tuples: boolean): Linear {
    const outside = temporal.filter((s) => nth(m.slots, s).level < level);
    const moved = f.product([w.out, w.kernel], outside);
    if (!slides || tuples || trivial(w)) return add(rows(w, level, tuples), moved);
    return once(`walk ${w.out} ${level}`, () => slides.walk(w, level, moved));
  }

  /** Sliding windows (Timeloop): the first relevant loop outside a tile counts as part of it. */
  function encodeSlides() {
    const movable = dimensions.filter((d) => ['P', 'Q', 'R', 'S'].includes(d) && layer.bounds[d] > 1);
    const first = new Map<string, Linear>();
    for (const s of temporal) {
      const name = slotName(m, nth(m.slots, s));
      const chosen = movable
        .filter((d) => nth(m.slots, s).dims.includes(d))
        .map((d) => {
          const x = b.binary(`first.${name}.${d}`);
          first.set(`${d} ${s}`, x);
          return { d, x };
        });
      if (chosen.length > 1) b.atMost(`first.${name}`, add(...chosen.map((c) => c.x)), 1);
      // The first input-relevant loop belongs to the innermost group, unless that group is the one that spares inputs.
      for (const t of ['Weights', 'Outputs'] as const) {
        const foreign = chosen.filter((c) => isRelevant(t, c.d));
        if (foreign.length > 0)
          b.atMost(`first.${name}.${t}`, add(...foreign.map((c) => c.x), orders.innermost(t, s)), 1);
      }
    }

    const slid = new Map<string, Linear>();
    const started = new Set<number>();
    /** One slide per level: binaries per slot and dimension, and the logarithm of the loop that they move inwards. */
    function start(level: number) {
      if (started.has(level)) return;
      started.add(level);
      const outside = temporal.filter((s) => nth(m.slots, s).level < level).reverse();
      const all: Linear[] = [];
      outside.forEach((s, i) => {
        for (const d of movable) {
          if (!first.has(`${d} ${s}`)) continue;
          const where = `${levelName(level)}.${slotName(m, nth(m.slots, s))}.${d}`;
          const x = b.binary(`slide.${where}`);
          const between = m.slots.flatMap((q, j) =>
            q.kind === 'spatial' && q.level >= nth(m.slots, s).level && q.level < level && q.dims.includes(d)
              ? [j]
              : [],
          );
          const cases = bridged(level, s, d, between, where);
          const moves = [x, ...(cases ? [cases.chosen] : [])];
          b.atMost(
            `slide.${where}.first`,
            combine([...moves.map((v): [number, Linear] => [1, v]), [-1, got(first, `${d} ${s}`)]]),
            0,
          );
          // Nothing that touches the input loops between the tile and the sliding loop.
          for (const inner of outside.slice(0, i)) {
            const touching = dimensions.filter((e) => isRelevant('Inputs', e));
            const most = f.most(touching);
            b.atMost(
              `slide.${where}.past.${inner}`,
              combine([[1, f.product(touching, [inner])], ...moves.map((v): [number, Linear] => [most, v])]),
              most,
            );
          }
          const most = f.most([d]);
          if (between.length > 0)
            b.atMost(
              `slide.${where}.contiguous`,
              combine([
                [1, f.product([d], between)],
                [most, x],
              ]),
              most,
            );
          const amount = b.variable(`slid.${where}`, 0, most, false);
          const loop = f.log(d, s);
          b.atMost(
            `slid.${where}.on`,
            combine([
              [1, amount],
              [-most, x],
            ]),
            0,
          );
          b.atMost(
            `slid.${where}.most`,
            combine([
              [1, amount],
              [-1, loop],
            ]),
            0,
          );
          b.atMost(
            `slid.${where}.least`,
            combine([
              [1, loop],
              [-1, amount],
              [most, x],
            ]),
            most,
          );
          slid.set(`${d} ${level}`, add(slid.get(`${d} ${level}`) ?? zero, amount));
          if (cases) slid.set(`saved ${d} ${level}`, add(slid.get(`saved ${d} ${level}`) ?? zero, cases.saved));
          all.push(...moves);
        }
      });
      if (all.length > 1) b.atMost(`slide.${levelName(level)}`, add(...all), 1);
    }

    /** A loop that slides across a fan-out of its own dimension: w + (f - 1) min(p g stride, w) rows, a few cases. */
    function bridged(level: number, s: number, d: Dimension, between: readonly number[], where: string) {
      if (between.length === 0) return undefined;
      const w = d === 'P' || d === 'R' ? ({ out: 'P', kernel: 'R' } as const) : ({ out: 'Q', kernel: 'S' } as const);
      const entries = bridges(layer, f, w, d, rowsOf(w));
      if (entries.length === 0) return undefined;
      const parts = [extent(w.out, level), extent(w.kernel, level), f.product([d], between), f.log(d, s)];
      const spans = [f.most([w.out]), f.most([w.kernel]), f.most([d]), f.most([d])];
      const { chosen, total } = cases(b, `bridge.${where}`, entries, parts, spans);
      return { chosen, saved: total };
    }

    return {
      first: (s: number) =>
        movable.flatMap((dim) => (first.has(`${dim} ${s}`) ? [{ dim, chosen: got(first, `${dim} ${s}`) }] : [])),
      walk(w: Window, level: number, moved: Linear): Linear {
        start(level);
        const [ap, ar] = [slid.get(`${w.out} ${level}`) ?? zero, slid.get(`${w.kernel} ${level}`) ?? zero];
        const saved = add(zero, ...[w.out, w.kernel].map((d) => slid.get(`saved ${d} ${level}`) ?? zero));
        const h = lookup(
          `walk.${w.out}.${levelName(level)}`,
          w,
          add(extent(w.out, level), ap),
          add(extent(w.kernel, level), ar),
        );
        return combine([
          [1, h],
          [1, moved],
          [-1, ap],
          [-1, ar],
          [-1, saved],
        ]);
      },
    };
  }

  /** P and R unrolled side by side in one fan-out read overlapping rows: 14 + 3 - 1 offsets, not 42. */
  function offsets(w: Window, level: number): Linear {
    const fanout = m.slots.flatMap((s, i) => (s.kind === 'spatial' && s.level === level ? [i] : []));
    const [p, r] = [f.product([w.out], fanout), f.product([w.kernel], fanout)];
    // Without variables a product may still be above 1: loops that have no other place.
    const isOne = (e: Linear) => e.terms.size === 0 && e.constant < 1e-9;
    if (isOne(p) || isOne(r)) return add(p, r);
    return once(`offsets ${w.out} ${level}`, () => {
      const room = nth(m.architecture.levels, level).axes.reduce((n, x) => n * x.size, 1);
      const entries = overlaps(layer, f, w, room);
      if (entries.length === 0) return add(p, r);
      const parts = [p, r, extent(w.out, level + 1), extent(w.kernel, level + 1)];
      const spans = [w.out, w.kernel, w.out, w.kernel].map((d) => f.most([d]));
      const { total } = cases(b, `offsets.${w.out}.${levelName(level)}`, entries, parts, spans);
      return combine([
        [1, p],
        [1, r],
        [-1, total],
      ]);
    });
  }

  return { rows, walk, offsets, first: (s) => slides?.first(s) ?? [] };
}

/** A case that a table does not say: the factors that make it up, and the logarithm of what it saves. */
interface Case {
  readonly key: readonly number[];
  readonly gain: number;
}

/**
 * Loops over `d` that slide across a fan-out of `d` whose parts overlap: tile p x r, fan-out g, loop n. The n steps
 * reach height + (n - 1) shift rows instead of n height.
 */
function bridges(
  layer: Layer,
  f: Factors,
  w: Window,
  d: Dimension,
  rows: (p: number, r: number) => number,
): readonly Case[] {
  const along = d === w.out ? layer.stride[w.out] : layer.dilation[w.kernel];
  const menu = f.options(d);
  const found: Case[] = [];
  for (const p of f.values(w.out)) {
    for (const r of f.values(w.kernel)) {
      const tile = d === w.out ? p : r;
      const height = rows(p, r);
      for (const g of f.values(d)) {
        const shift = tile * g * along;
        if (g === 1 || shift >= height) continue;
        for (const n of f.values(d)) {
          if (n === 1 || !menu.some((o) => o % (tile * g * n) === 0)) continue;
          found.push({ key: [p, r, g, n], gain: Math.log((n * height) / (height + (n - 1) * shift)) });
        }
      }
    }
  }
  return found;
}

/** Fan-outs ps x rs over tiles pt x rt that read fewer than ps rs different offsets, in so many places. */
function overlaps(layer: Layer, f: Factors, w: Window, room: number): readonly Case[] {
  const found: Case[] = [];
  const within = (d: Dimension, n: number) => f.options(d).some((o) => o % n === 0);
  for (const rs of f.values(w.kernel)) {
    for (const rt of f.values(w.kernel)) {
      if (rs === 1 || !within(w.kernel, rs * rt)) continue;
      for (const ps of f.values(w.out)) {
        if (ps === 1 || ps * rs > room) continue;
        for (const pt of f.values(w.out)) {
          const [a, c] = [pt * layer.stride[w.out], rt * layer.dilation[w.kernel]];
          if (a > c * (rs - 1) || !within(w.out, ps * pt)) continue;
          const n = countOffsets([
            { step: a, count: ps },
            { step: c, count: rs },
          ]);
          if (n < ps * rs) found.push({ key: [ps, rs, pt, rt], gain: Math.log((ps * rs) / n) });
        }
      }
    }
  }
  return found;
}

/** At most one of some exact cases; each pins the logarithms `parts` to those of its key, and earns its gain. */
function cases(
  b: ProgramBuilder,
  name: string,
  entries: readonly Case[],
  parts: readonly Linear[],
  spans: readonly number[],
): { chosen: Linear; total: Linear } {
  const xs = entries.map((e) => b.binary(`${name}.${e.key.join('.')}`));
  const chosen = add(...xs);
  if (xs.length > 1) b.atMost(`${name}.one`, chosen, 1);
  parts.forEach((part, k) => {
    const pinned = combine(entries.map((e, i) => [Math.log(nth(e.key, k)), nth(xs, i)]));
    // 0 <= part <= span: part = pinned where a case is chosen, free within its range where none is.
    b.atMost(
      `${name}.upper.${k}`,
      combine([
        [1, part],
        [-1, pinned],
        [nth(spans, k), chosen],
      ]),
      nth(spans, k),
    );
    b.atMost(
      `${name}.lower.${k}`,
      combine([
        [1, pinned],
        [-1, part],
      ]),
      0,
    );
  });
  return { chosen, total: combine(entries.map((e, i) => [e.gain, nth(xs, i)])) };
}

/** ln f(p, r) as a combination of table entries pinned to ln p and ln r. */
function table(
  b: ProgramBuilder,
  name: string,
  ps: readonly number[],
  rs: readonly number[],
  value: (p: number, r: number) => number,
  p: Linear,
  r: Linear,
): Linear {
  const exact = rs.every((k) => isConvex(ps.map((x) => [Math.log(x), Math.log(value(x, k))])));
  const weights = rs.flatMap((k) => ps.map((x) => ({ x, k, weight: b.variable(`${name}.${x}.${k}`, 0, 1, !exact) })));
  if (exact && rs.length > 2) {
    // Between the least and the largest kernel extent a mixture could pass below the curve: one extent at a time.
    for (const k of rs)
      b.equal(
        `${name}.only.${k}`,
        combine([
          [-1, b.binary(`${name}.r.${k}`)],
          ...weights.flatMap((w): [number, Linear][] => (w.k === k ? [[1, w.weight]] : [])),
        ]),
        0,
      );
  }
  b.equal(`${name}.one`, add(...weights.map((w) => w.weight)), 1);
  b.equal(`${name}.p`, combine([[1, p], ...weights.map((w): [number, Linear] => [-Math.log(w.x), w.weight])]), 0);
  b.equal(`${name}.r`, combine([[1, r], ...weights.map((w): [number, Linear] => [-Math.log(w.k), w.weight])]), 0);
  return add(constant(0), ...weights.map((w) => scale(Math.log(value(w.x, w.k)), w.weight)));
}

/** Whether points with ascending abscissae lie on a convex curve, with a hair for rounding. */
function isConvex(points: readonly (readonly number[])[]): boolean {
  for (let i = 2; i < points.length; i++) {
    const [[x0, y0], [x1, y1], [x2, y2]] = [nth(points, i - 2), nth(points, i - 1), nth(points, i)] as [
      number[],
      number[],
      number[],
    ];
    if (
      (defined(y1) - defined(y0)) * (defined(x2) - defined(x1)) >
      (defined(y2) - defined(y1)) * (defined(x1) - defined(x0)) + 1e-12
    )
      return false;
  }
  return true;
}
