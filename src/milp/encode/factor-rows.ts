// Loop factors as variables: how many prime factors of each dimension sit in each slot, and how far it is padded.
//
// A temporal slot has one integer per prime; a fan-out axis has one binary per factor that fits on it, because
// axes are short and decide the utilisation: the relaxation then never mixes 7 and 9 lanes into 8.

import { defined, got, nth } from '../../base/invariant.js';
import { divisors, factorize, valuation } from '../../base/integers.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Machine, Slot } from '../../model/machine/compiled-machine.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, scale, valueOf, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Reach } from './reach.js';

export interface Factors {
  /** Logarithm of a dimension's factor in a slot. */
  log: (d: Dimension, slot: number) => Linear;
  /** Logarithm of the factors of some dimensions in some slots. */
  product: (ds: readonly Dimension[], slots: readonly number[]) => Linear;
  /** How often a prime divides a dimension's factors in some slots. */
  exponent: (d: Dimension, prime: number, slots: readonly number[]) => Linear;
  /** Largest logarithm of a product, from the bounds of the dimensions alone. */
  max: (ds: readonly Dimension[]) => number;
  /** Bounds that a dimension may be rounded up to. */
  options: (d: Dimension) => readonly number[];
  /** Every value that a product of factors of a dimension can take. */
  values: (d: Dimension) => readonly number[];
  /** The factor in a point of the program. */
  read: (d: Dimension, slot: number, x: ArrayLike<number>) => number;
}

/** Axes longer than this are given exponents instead of a binary per factor. */
const longestListedAxis = 64;

/** The factors of a dimension, by the slots that may have one, and its padded bound. */
interface Split {
  readonly menu: readonly number[];
  readonly places: ReadonlyMap<number, Placed>;
  /** ln of the padded bound, as what is added to the bound itself. */
  readonly whole: Linear;
}

/**
 * `forms`: a product over most slots of a dimension as its bound less the others, or always as what it is, which says
 * something without the bound too.
 */
export function encodeFactors(
  b: ProgramBuilder,
  m: Machine,
  layer: Layer,
  within: Reach,
  forms: 'short' | 'plain',
): Factors {
  const splits = new Map<Dimension, Split>();
  for (const d of dimensions) if (layer.bounds[d] > 1) splits.set(d, encodeSplit(b, m, layer, d, within));
  m.slots.forEach((slot, s) => {
    if (slot.kind === 'spatial') encodeAxis(b, m, slot, s, splits);
  });
  const options = new Map(
    dimensions.map((d) => [d, splits.get(d)?.menu ?? within.padding(d, layer.bounds[d])] as const),
  );
  const place = (d: Dimension, slot: number) => splits.get(d)?.places.get(slot);
  const log = (d: Dimension, slot: number) => place(d, slot)?.log ?? zero;
  const product = (d: Dimension, slots: readonly number[]) => productOver(splits.get(d), slots, forms);
  return {
    log,
    exponent: (d, prime, slots) => add(zero, ...slots.map((s) => place(d, s)?.exponents.get(prime) ?? zero)),
    product: (ds, slots) => add(zero, ...ds.map((d) => product(d, slots))),
    max: (ds) => ds.reduce((n, d) => n + Math.log(defined(got(options, d).at(-1))), 0),
    options: (d) => got(options, d),
    values: (d) => [...new Set(got(options, d).flatMap((o) => divisors(o)))].sort((x, y) => x - y),
    read(d, slot, x) {
      let factor = 1;
      for (const [p, e] of place(d, slot)?.exponents ?? []) factor *= p ** Math.round(valueOf(e, x));
      return factor;
    },
  };
}

/** A dimension's factors in all slots, prime by prime those of the bound that is chosen. */
function encodeSplit(
  b: ProgramBuilder,
  m: Machine,
  layer: Layer,
  d: Dimension,
  { padding, factors: allowed }: Reach,
): Split {
  const menu = padding(d, layer.bounds[d]);
  const [bound, ...padded] = menu;
  const primes = [...new Set(menu.flatMap((o) => [...factorize(o).keys()]))].sort((x, y) => x - y);
  const places = new Map<number, Placed>();
  m.slots.forEach((slot, s) => {
    if (!slot.dims.includes(d)) return;
    const name = `${d}.${slotName(m, slot)}`;
    const isShort = slot.kind === 'spatial' && slot.axis.size <= longestListedAxis;
    places.set(
      s,
      isShort
        ? listed(b, name, allowed(slot.axis.name, d, factorsUpTo(slot.axis.size, menu)), primes)
        : counted(b, name, menu, primes, slot),
    );
  });
  const chosen = padded.length === 0 ? [] : menu.map((o) => b.binary(paddedName(d, o)));
  if (chosen.length > 0) b.equal(`${d}.padded`, add(...chosen), 1);
  for (const p of primes) {
    const wanted = chosen.map((x, i): [number, Linear] => [-valuation(nth(menu, i), p), x]);
    const placed = [...places.values()].map(({ exponents }): [number, Linear] => [1, exponents.get(p) ?? zero]);
    b.about(tagOf({ kind: 'bound', dimension: d }), () =>
      b.equal(
        `${d}.primes.${p}`,
        combine([...placed, ...wanted]),
        chosen.length > 0 ? 0 : valuation(defined(bound), p),
      ),
    );
  }
  return {
    menu,
    places,
    whole: add(
      constant(Math.log(defined(bound))),
      ...padded.map((o, i) => scale(Math.log(o / defined(bound)), nth(chosen, i + 1))),
    ),
  };
}

/** What of several dimensions, or along an axis too long to list its factors, fits on the axis. */
function encodeAxis(
  b: ProgramBuilder,
  m: Machine,
  slot: Extract<Slot, { kind: 'spatial' }>,
  s: number,
  splits: ReadonlyMap<Dimension, Split>,
): void {
  const { axis } = slot;
  const name = slotName(m, slot);
  const along = [...splits].flatMap(([d, { places }]) =>
    slot.dims.includes(d) ? [{ d, placed: got(places, s) }] : [],
  );
  const topic = tagOf({ kind: 'axis', axis: axis.name });
  // One dimension at a time, each of which fits: a choice among all factors of all of them.
  if (axis.exclusive && along.length > 1) {
    const used = along.map(({ d, placed }) => uses(b, `${d}.${name}`, placed));
    b.about(topic, () => b.atMost(`one.${name}`, add(...used), 1));
    if (axis.size <= longestListedAxis) return;
  }
  // A product of integers is at most n exactly where its logarithm is at most that of n + 1/2.
  if (along.length > 1 || axis.size > longestListedAxis) {
    const logs = along.map(({ placed }) => placed.log);
    b.about(topic, () => b.atMost(`fits.${name}`, add(zero, ...logs), Math.log(axis.size + 0.5)));
  }
}

/** Where most slots of a dimension are asked for, its whole bound less the other slots is shorter, and one form. */
function productOver(split: Split | undefined, slots: readonly number[], forms: 'short' | 'plain'): Linear {
  const own = [...(split?.places ?? [])];
  const asked = own.filter(([s]) => slots.includes(s)).map(([, { log }]) => log);
  if (split === undefined || forms === 'plain' || 2 * asked.length <= own.length) return add(zero, ...asked);
  const others = own.filter(([s]) => !slots.includes(s));
  return combine([[1, split.whole], ...others.map(([, { log }]): [number, Linear] => [-1, log])]);
}

/** The binary that rounds a dimension up to `bound`. */
export const paddedName = (d: Dimension, bound: number): string => `${d}.to.${bound}`;

export function slotName(m: Machine, slot: Slot): string {
  if (slot.kind === 'spatial') return slot.axis.name;
  const { name, innermost } = nth(m.architecture.levels, slot.level);
  const [first] = slot.dims;
  return first !== undefined && innermost?.includes(first) ? `${name}.t.${first}` : `${name}.t`;
}

interface Placed {
  readonly exponents: ReadonlyMap<number, Linear>;
  readonly log: Linear;
  /** 1 where the factor is above 1, where the factors are listed; the largest logarithm otherwise. */
  readonly used: { readonly kind: 'chosen'; readonly sum: Linear } | { readonly kind: 'counted'; readonly max: number };
}

/** Whether a factor is above 1, as a binary. */
function uses(b: ProgramBuilder, name: string, { log, used }: Placed): Linear {
  if (used.kind === 'chosen') return used.sum;
  const binary = b.binary(`${name}.used`);
  b.atMost(
    `${name}.used`,
    combine([
      [1, log],
      [-used.max, binary],
    ]),
    0,
  );
  return binary;
}

/** One integer per prime. */
function counted(
  b: ProgramBuilder,
  name: string,
  menu: readonly number[],
  primes: readonly number[],
  slot: Slot,
): Placed {
  const size = slot.kind === 'spatial' ? slot.axis.size : Infinity;
  const exponents = new Map<number, Linear>();
  for (const p of primes) {
    const max = Math.min(
      Math.max(...menu.map((o) => valuation(o, p))),
      size === Infinity ? Infinity : Math.floor(Math.log(size + 0.5) / Math.log(p)),
    );
    if (max > 0) exponents.set(p, b.variable(`${name}.${p}`, 0, max, true));
  }
  return {
    exponents,
    log: combine([...exponents].map(([p, e]) => [Math.log(p), e])),
    used: { kind: 'counted', max: Math.log(size + 0.5) },
  };
}

/** 1 and every factor of some bound that fits on an axis. */
const factorsUpTo = (size: number, menu: readonly number[]): readonly number[] =>
  [...new Set(menu.flatMap((o) => divisors(o)))].filter((v) => v <= size).sort((x, y) => x - y);

/** One binary per factor above 1; none chosen is factor 1, where that is among the values. */
function listed(b: ProgramBuilder, name: string, values: readonly number[], primes: readonly number[]): Placed {
  const above = values.filter((v) => v > 1);
  const chosen = above.map((v) => b.binary(`${name}.is.${v}`));
  if (!values.includes(1)) b.equal(`${name}.one`, add(zero, ...chosen), 1);
  else if (chosen.length > 1) b.atMost(`${name}.one`, add(...chosen), 1);
  const exponents = new Map<number, Linear>();
  for (const p of primes) {
    const e = combine(above.map((v, i) => [valuation(v, p), nth(chosen, i)]));
    if (e.terms.size > 0) exponents.set(p, e);
  }
  return {
    exponents,
    log: add(zero, ...above.map((v, i) => scale(Math.log(v), nth(chosen, i)))),
    used: { kind: 'chosen', sum: add(zero, ...chosen) },
  };
}
