// Factors of a mapping dealt out over its slots and moved between them, where slots have room and rules allow.

import { nth } from '../../base/invariant.js';
import { divisors } from '../../base/integers.js';
import type { Random } from '../../base/random.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Layout, Range } from './point-layout.js';

/** What all moves of a layout share. Dimensions and slots are numbers. */
export interface Ground {
  readonly layout: Layout;
  /** What has no slot at all no point covers, and no move moves. */
  readonly free: readonly number[];
  /** Of the free ones: what cannot loop in time gives way to nothing, so it is dealt out first. */
  readonly tied: readonly number[];
  readonly timed: readonly number[];
  /** Per slot. */
  readonly isSpatial: readonly boolean[];
  /** Per dimension what must be somewhere. */
  readonly required: readonly (readonly Range[])[];
}

/** A point on its way: factors[d][s], and the chance that moves them. */
export interface Draft {
  readonly ground: Ground;
  readonly factors: number[][];
  readonly chance: Random;
}

/** How often a move of factors takes a dimension's whole factor in a slot along, not one prime of it. */
const whole = 0.25;
/** How often a dimension is dealt out as it is: padding rarely pays. */
const unpadded = 0.8;
/** How often a factor that fits on a fan-out goes there. */
const unrolled = 0.5;

export function groundOf(layout: Layout): Ground {
  const { machine, slotsOf, temporalOf, ranges } = layout;
  const free = layout.free.filter((d) => nth(slotsOf, d).length > 0);
  const isTied = (d: number) => nth(temporalOf, d).length === 0;
  return {
    layout,
    free,
    tied: free.filter(isTied),
    timed: free.filter((d) => !isTied(d)),
    isSpatial: machine.slots.map((s) => s.kind === 'spatial'),
    required: dimensions.map((_, d) => ranges.filter((r) => r.d === d && r.min > 1)),
  };
}

const factorAt = ({ factors }: Draft, d: number, slot: number): number => nth(nth(factors, d), slot);

function put({ factors }: Draft, d: number, slot: number, factor: number): void {
  const own = nth(factors, d);
  own[slot] = nth(own, slot) * factor;
}

function take({ factors }: Draft, d: number, slot: number, factor: number): void {
  const own = nth(factors, d);
  own[slot] = nth(own, slot) / factor;
}

export const loopsInTime = ({ layout }: Ground, d: number): boolean => nth(layout.temporalOf, d).length > 0;

/** Slots in which a dimension has a factor. */
export const filled = (draft: Draft, d: number): readonly number[] =>
  nth(draft.ground.layout.slotsOf, d).filter((s) => factorAt(draft, d, s) > 1);

/** Every dimension dealt out; whether all fit. */
export function dealAll(ground: Ground, chance: Random): { readonly factors: number[][]; readonly fits: boolean } {
  const { layout, tied, timed } = ground;
  const draft: Draft = { ground, chance, factors: dimensions.map(() => layout.machine.slots.map(() => 1)) };
  let fits = true;
  for (const d of [...chance.shuffle(tied), ...chance.shuffle(timed)]) fits = deal(draft, d) && fits;
  return { factors: draft.factors, fits };
}

/**
 * Primes of a bound dealt out over the slots, one by one, where they fit, and fan-outs are favoured; whether all fit.
 */
export function deal(draft: Draft, d: number): boolean {
  const { ground, chance } = draft;
  const { machine, menu, primes, slotsOf } = ground.layout;
  const required = nth(ground.required, d);
  const bounds = nth(menu, d);
  draft.factors[d] = machine.slots.map(() => 1);
  let left = chance.next() < unpadded ? nth(bounds, 0) : chance.pick(bounds);
  let fits = true;
  required.forEach(({ min, max, slots }, i) => {
    // What is required further on must be left.
    const others = required.slice(i + 1).reduce((n, r) => n * r.min, 1);
    const values = divisors(left).filter((v) => v >= min && v <= max && left / v >= others);
    if (values.length === 0) return;
    const value = chance.pick(values);
    for (const p of primes(value)) fits = place(draft, d, p, slots) && fits;
    left /= value;
  });
  for (const p of primes(left)) fits = place(draft, d, p, nth(slotsOf, d)) && fits;
  return fits;
}

/**
 * Whether there was room. What nothing has room for goes anywhere, where it is found to break a
 * rule: a point covers its bounds.
 */
function place(draft: Draft, d: number, prime: number, slots: readonly number[]): boolean {
  const { ground, chance, factors } = draft;
  const { room, slotsOf } = ground.layout;
  const open = slots.filter((s) => room(s, d, factors) >= prime);
  const axes = open.filter((s) => nth(ground.isSpatial, s));
  const onAxis = axes.length > 0 && chance.next() < unrolled;
  put(draft, d, chance.pick(onAxis ? axes : open.length > 0 ? open : nth(slotsOf, d)), prime);
  return open.length > 0;
}

/** All of a factor, or a prime of it. */
const someOf = ({ ground, chance }: Draft, factor: number): number =>
  chance.next() < whole ? factor : chance.pick(ground.layout.primes(factor));

/** Some of a dimension's factor from one slot to another with room, or to a given one; whether there was room. */
export function shift(draft: Draft, d: number, from: number, to?: number): boolean {
  const { ground, chance, factors } = draft;
  const { slotsOf, takes } = ground.layout;
  const amount = someOf(draft, factorAt(draft, d, from));
  take(draft, d, from, amount);
  const open = nth(slotsOf, d).filter(
    (s) => (to === undefined ? s !== from : s === to) && takes(s, d, amount, factors),
  );
  put(draft, d, open.length === 0 ? from : chance.pick(open), amount);
  return open.length > 0;
}

/**
 * Two dimensions exchange some of their factors between two slots: what a full buffer
 * or axis allows. Whether all fit.
 */
export function exchange(draft: Draft): boolean {
  const { ground, chance, factors } = draft;
  const { slotsOf, takes } = ground.layout;
  const d = chance.pick(ground.free);
  const from = chance.pick(filled(draft, d));
  const to = chance.pick(nth(slotsOf, d));
  const others = ground.free.filter((e) => e !== d && factorAt(draft, e, to) > 1 && nth(slotsOf, e).includes(from));
  if (to === from || others.length === 0) return shift(draft, d, from) || loopsInTime(ground, d);
  const e = chance.pick(others);
  // Room first: an axis that is full takes nothing before it gives.
  const amount = someOf(draft, factorAt(draft, e, to));
  take(draft, e, to, amount);
  shift(draft, d, from, to);
  const back = [from, to].find((s) => takes(s, e, amount, factors)) ?? somewhere(draft, e, amount);
  put(draft, e, back ?? to, amount);
  return back !== undefined;
}

/** A fan-out axis cleared, and filled with what a dimension has for it. */
export function unroll(draft: Draft): void {
  const { ground, chance, factors } = draft;
  const { primes, slotsOf, spatial, takes } = ground.layout;
  if (spatial.length === 0) return;
  const axis = chance.pick(spatial);
  clear(draft, axis);
  const able = ground.free.filter((d) => nth(slotsOf, d).includes(axis) && filled(draft, d).length > 0);
  if (able.length === 0) return;
  const d = chance.pick(able);
  for (const from of chance.shuffle(filled(draft, d).filter((s) => !nth(ground.isSpatial, s)))) {
    for (const p of primes(factorAt(draft, d, from))) {
      take(draft, d, from, p);
      put(draft, d, takes(axis, d, p, factors) ? axis : from, p);
    }
  }
}

function clear(draft: Draft, slot: number): void {
  for (const d of draft.ground.free) {
    const factor = factorAt(draft, d, slot);
    if (factor === 1 || !loopsInTime(draft.ground, d)) continue;
    take(draft, d, slot, factor);
    put(draft, d, somewhere(draft, d, factor) ?? slot, factor);
  }
}

/** A slot in time for what was taken out elsewhere; without rules any is. */
function somewhere({ ground, factors, chance }: Draft, d: number, amount: number): number | undefined {
  const { takes, temporalOf } = ground.layout;
  const open = nth(temporalOf, d).filter((s) => takes(s, d, amount, factors));
  return open.length > 0 ? chance.pick(open) : undefined;
}

/** Where both parents' dimensions on one axis are too many, some go to slots in time. */
export function thinOut(draft: Draft): void {
  const { ground, chance, factors } = draft;
  const { room, spatial } = ground.layout;
  for (const axis of spatial) {
    for (const d of chance.shuffle(ground.free)) {
      const factor = factorAt(draft, d, axis);
      if (factor === 1) continue;
      take(draft, d, axis, factor);
      put(draft, d, room(axis, d, factors) >= factor ? axis : (somewhere(draft, d, factor) ?? axis), factor);
    }
  }
}
