// How heuristics move through mappings: points at random, points next to a point, points of two parents.

import { defined, nth } from '../../base/invariant.js';
import { divisors } from '../../base/integers.js';
import type { Random } from '../../base/random.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Layout, Point } from './point-layout.js';

export interface Moves {
  random: (chance: Random) => Point;
  /**
   * The point, changed in one place: factors moved or exchanged, an axis given to another dimension, a bound
   * padded otherwise, a loop moved.
   */
  neighbour: (point: Point, chance: Random) => Point;
  /** The factors of each dimension from one or the other, and so the order of each slot. */
  crossover: (a: Point, b: Point, chance: Random) => Point;
}

/** How likely each kind of neighbour is; factors and orders of loops matter about as much, axes are few. */
const shares = { order: 0.3, prime: 0.3, exchange: 0.15, axis: 0.15, deal: 0.1 } as const;
/** How often a move of factors takes a dimension's whole factor in a slot along, not one prime of it. */
const whole = 0.25;
/**
 * How often a point or a neighbour is drawn anew where something found no room: what cannot loop in time,
 * or is held to factors, may not.
 */
const mostTries = 20;

export function movesOf(layout: Layout): Moves {
  const { machine, menu, slotsOf, temporal, temporalOf, spatial, ranges, room, takes, primes } = layout;
  const ones = machine.slots.map(() => 1);
  /** What has no slot at all no point covers, and no move moves. */
  const free = layout.free.filter((d) => nth(slotsOf, d).length > 0);
  /** What cannot loop in time gives way to nothing, so it is dealt out first, and inherited from one parent. */
  const tied = free.filter((d) => nth(temporalOf, d).length === 0);
  const timed = free.filter((d) => nth(temporalOf, d).length > 0);
  const isSpatial = machine.slots.map((s) => s.kind === 'spatial');
  const required = dimensions.map((_, d) => ranges.filter((r) => r.d === d && r.least > 1));

  /**
   * Primes of a bound dealt out over the slots, one by one, where they fit, and fan-outs are favoured; whether all fit.
   */
  function deal(d: number, factors: number[][], chance: Random): boolean {
    factors[d] = [...ones];
    // Mostly the bound itself: padding rarely pays.
    const bound = chance.next() < 0.8 ? nth(menu[d]!, 0) : chance.pick(nth(menu, d));
    let left = bound;
    let fits = true;
    for (const [i, { least, most, slots }] of nth(required, d).entries()) {
      // What is required further on must be left.
      const others = nth(required, d)
        .slice(i + 1)
        .reduce((n, r) => n * r.least, 1);
      const values = divisors(left).filter((v) => v >= least && v <= most && left / v >= others);
      if (values.length === 0) continue;
      const value = chance.pick(values);
      for (const p of primes(value)) fits = place(p, d, slots, factors, chance) && fits;
      left /= value;
    }
    for (const p of primes(left)) fits = place(p, d, nth(slotsOf, d), factors, chance) && fits;
    return fits;
  }

  /**
   * Whether there was room. What nothing has room for goes anywhere, where it is found to break a
   * rule: a point covers its bounds.
   */
  function place(p: number, d: number, slots: readonly number[], factors: number[][], chance: Random): boolean {
    const open = slots.filter((s) => room(s, d, factors) >= p);
    const axes = open.filter((s) => isSpatial[s]);
    nth(factors, d)[
      axes.length > 0 && chance.next() < 0.5 ? chance.pick(axes) : chance.pick(open.length > 0 ? open : nth(slotsOf, d))
    ]! *= p;
    return open.length > 0;
  }

  /** Some of a dimension's factor from one slot to another with room; whether there was any. */
  function shift(d: number, from: number, factors: number[][], chance: Random, to?: number): boolean {
    const own = nth(factors, d);
    const factor = nth(own, from);
    const all = primes(factor);
    const amount = chance.next() < whole ? factor : chance.pick(all);
    own[from]! /= amount;
    const open =
      to === undefined
        ? nth(slotsOf, d).filter((s) => s !== from && takes(s, d, amount, factors))
        : nth(slotsOf, d).includes(to) && takes(to, d, amount, factors)
          ? [to]
          : [];
    own[open.length === 0 ? from : chance.pick(open)]! *= amount;
    return open.length > 0;
  }

  const filled = (d: number, factors: readonly (readonly number[])[]) =>
    nth(slotsOf, d).filter((s) => nth(factors[d]!, s) > 1);

  /** One loop of a slot in time to another place among those that loop. */
  function reorder(point: Point, chance: Random): Point {
    const active = (s: number) => nth(point.orders, s).filter((d) => nth(point.factors[d]!, s) > 1);
    const open = temporal.filter((s) => active(s).length > 1);
    if (open.length === 0) return point;
    const s = chance.pick(open);
    const loops = active(s);
    const [moved] = loops.splice(chance.below(loops.length), 1);
    loops.splice(chance.below(loops.length + 1), 0, defined(moved));
    return {
      factors: point.factors,
      orders: point.orders.map((o, i) => (i === s ? [...loops, ...o.filter((d) => !loops.includes(d))] : o)),
    };
  }

  /**
   * Two dimensions exchange some of their factors between two slots: what a full buffer
   * or axis allows. Whether all fit.
   */
  function exchange(factors: number[][], chance: Random): boolean {
    const d = chance.pick(free);
    const from = chance.pick(filled(d, factors));
    const to = chance.pick(nth(slotsOf, d));
    const others = free.filter((e) => e !== d && nth(factors[e]!, to) > 1 && nth(slotsOf, e).includes(from));
    if (to === from || others.length === 0) return shift(d, from, factors, chance) || nth(temporalOf, d).length > 0;
    const e = chance.pick(others);
    // Room first: an axis that is full takes nothing before it gives.
    const before = nth(factors[e]!, to);
    const amount = chance.next() < whole ? before : chance.pick(primes(before));
    nth(factors, e)[to]! /= amount;
    shift(d, from, factors, chance, to);
    const back = [from, to].find((s) => takes(s, e, amount, factors)) ?? somewhere(e, amount, factors, chance);
    nth(factors, e)[back ?? to]! *= amount;
    return back !== undefined;
  }

  /** A fan-out axis cleared, and filled with what a dimension has for it. */
  function unroll(factors: number[][], chance: Random): void {
    if (spatial.length === 0) return;
    const s = chance.pick(spatial);
    clear(s, factors, chance);
    const able = free.filter((d) => nth(slotsOf, d).includes(s) && filled(d, factors).length > 0);
    if (able.length === 0) return;
    const d = chance.pick(able);
    for (const from of chance.shuffle(filled(d, factors).filter((t) => !isSpatial[t]))) {
      for (const p of primes(nth(factors[d]!, from))) {
        nth(factors, d)[from]! /= p;
        nth(factors, d)[takes(s, d, p, factors) ? s : from]! *= p;
      }
    }
  }

  function clear(slot: number, factors: number[][], chance: Random): void {
    for (const d of free) {
      const f = nth(factors[d]!, slot);
      if (f === 1 || nth(temporalOf, d).length === 0) continue;
      nth(factors, d)[slot] = 1;
      nth(factors, d)[somewhere(d, f, factors, chance) ?? slot]! *= f;
    }
  }

  /** A slot in time for what was taken out elsewhere; without rules any is. */
  function somewhere(d: number, amount: number, factors: number[][], chance: Random): number | undefined {
    const open = nth(temporalOf, d).filter((s) => takes(s, d, amount, factors));
    return open.length > 0 ? chance.pick(open) : undefined;
  }

  /** Undefined where something found no room. */
  function changed(point: Point, chance: Random): Point | undefined {
    let kind = chance.next();
    if ((kind -= shares.order) < 0) {
      const moved = reorder(point, chance);
      if (moved !== point) return moved;
    }
    const factors = point.factors.map((f) => [...f]);
    let fits = true;
    if ((kind -= shares.exchange) < 0) fits = exchange(factors, chance);
    else if ((kind -= shares.axis) < 0) unroll(factors, chance);
    else if (kind < shares.deal) fits = deal(chance.pick(free), factors, chance);
    else {
      const d = chance.pick(free);
      fits = shift(d, chance.pick(filled(d, factors)), factors, chance) || nth(temporalOf, d).length > 0;
    }
    return fits ? { factors, orders: point.orders } : undefined;
  }

  function dealt(chance: Random): { factors: number[][]; fits: boolean } {
    const factors = dimensions.map(() => [...ones]);
    let fits = true;
    for (const d of [...chance.shuffle(tied), ...chance.shuffle(timed)]) fits = deal(d, factors, chance) && fits;
    return { factors, fits };
  }

  return {
    random(chance) {
      let drawn = dealt(chance);
      for (let i = 1; i < mostTries && !drawn.fits; i++) drawn = dealt(chance);
      return { factors: drawn.factors, orders: machine.slots.map(() => chance.shuffle(free)) };
    },

    neighbour(point, chance) {
      // A layer of one multiplication has one mapping.
      if (free.length === 0) return point;
      let next: Point | undefined;
      for (let i = 0; i < mostTries && !next; i++) next = changed(point, chance);
      return next ?? point;
    },

    crossover(a, b, chance) {
      const factors = dimensions.map((_, d) => [
        ...nth((chance.next() < 0.5 || nth(temporalOf, d).length === 0 ? a : b).factors, d),
      ]);
      // Both parents' dimensions on one axis may be too many.
      for (const s of spatial) {
        for (const d of chance.shuffle(free)) {
          const f = nth(factors[d]!, s);
          if (f === 1) continue;
          nth(factors, d)[s] = 1;
          nth(factors, d)[room(s, d, factors) >= f ? s : (somewhere(d, f, factors, chance) ?? s)]! *= f;
        }
      }
      return { factors, orders: machine.slots.map((_, s) => nth((chance.next() < 0.5 ? a : b).orders, s)) };
    },
  };
}
