// How heuristics move through mappings: points at random, points next to a point, points of two parents.

import type { Random } from '../base/random.js';
import { dimensions } from '../model/layer.js';
import type { Layout, Point } from './layout.js';

export interface Moves {
  random(chance: Random): Point;
  /** The point, changed in one place: factors moved or exchanged, an axis given to another dimension, a bound padded otherwise, a loop moved. */
  neighbour(point: Point, chance: Random): Point;
  /** The factors of each dimension from one or the other, and so the order of each slot. */
  crossover(a: Point, b: Point, chance: Random): Point;
}

/** How likely each kind of neighbour is; factors and orders of loops matter about as much, axes are few. */
const shares = { order: 0.3, prime: 0.3, exchange: 0.15, axis: 0.15, deal: 0.1 } as const;
/** How often a move of factors takes a dimension's whole factor in a slot along, not one prime of it. */
const whole = 0.25;

export function movesOf(layout: Layout): Moves {
  const { free, machine, menu, slotsOf, temporal, temporalOf, spatial, room, primes } = layout;
  const ones = machine.slots.map(() => 1);
  /** Where a dimension cannot loop in time, factors cannot be taken from two parents: nothing could give way. */
  const tied = free.some((d) => temporalOf[d]!.length === 0);
  const isSpatial = machine.slots.map((s) => s.kind === 'spatial');

  /** Primes of a bound dealt out over the slots, one by one, where they fit; fan-outs are favoured. */
  function deal(d: number, factors: number[][], chance: Random): void {
    factors[d] = [...ones];
    // Mostly the bound itself: padding rarely pays.
    const bound = chance.next() < 0.8 ? menu[d]![0]! : chance.pick(menu[d]!);
    for (const p of primes(bound)) {
      const open = slotsOf[d]!.filter((s) => room(s, d, factors) >= p);
      const axes = open.filter((s) => isSpatial[s]);
      factors[d]![axes.length > 0 && chance.next() < 0.5 ? chance.pick(axes) : chance.pick(open)]! *= p;
    }
  }

  /** Some of a dimension's factor from one slot to another with room; whether there was any. */
  function shift(d: number, from: number, factors: number[][], chance: Random, to?: number): boolean {
    const own = factors[d]!;
    const factor = own[from]!;
    const all = primes(factor);
    const amount = chance.next() < whole ? factor : chance.pick(all);
    own[from]! /= amount;
    const open = to === undefined ? slotsOf[d]!.filter((s) => s !== from && room(s, d, factors) >= amount) : slotsOf[d]!.includes(to) && room(to, d, factors) >= amount ? [to] : [];
    own[open.length === 0 ? from : chance.pick(open)]! *= amount;
    return open.length > 0;
  }

  const filled = (d: number, factors: readonly (readonly number[])[]) => slotsOf[d]!.filter((s) => factors[d]![s]! > 1);

  /** One loop of a slot in time to another place among those that loop. */
  function reorder(point: Point, chance: Random): Point {
    const active = (s: number) => point.orders[s]!.filter((d) => point.factors[d]![s]! > 1);
    const open = temporal.filter((s) => active(s).length > 1);
    if (open.length === 0) return point;
    const s = chance.pick(open);
    const loops = active(s);
    const [moved] = loops.splice(chance.below(loops.length), 1);
    loops.splice(chance.below(loops.length + 1), 0, moved!);
    return { factors: point.factors, orders: point.orders.map((o, i) => (i === s ? [...loops, ...o.filter((d) => !loops.includes(d))] : o)) };
  }

  /** Two dimensions exchange some of their factors between two slots: what a full buffer or axis allows. */
  function exchange(factors: number[][], chance: Random): void {
    const d = chance.pick(free);
    const from = chance.pick(filled(d, factors));
    const to = chance.pick(slotsOf[d]!);
    const others = free.filter((e) => e !== d && factors[e]![to]! > 1 && slotsOf[e]!.includes(from) && temporalOf[e]!.length > 0);
    if (to === from || others.length === 0) return void shift(d, from, factors, chance);
    const e = chance.pick(others);
    // Room first: an axis that is full takes nothing before it gives.
    const before = factors[e]![to]!;
    const amount = chance.next() < whole ? before : chance.pick(primes(before));
    factors[e]![to]! /= amount;
    shift(d, from, factors, chance, to);
    const back = room(from, e, factors) >= amount ? from : room(to, e, factors) >= amount ? to : chance.pick(temporalOf[e]!);
    factors[e]![back]! *= amount;
  }

  /** A fan-out axis cleared, and filled with what a dimension has for it. */
  function unroll(factors: number[][], chance: Random): void {
    if (spatial.length === 0) return;
    const s = chance.pick(spatial);
    clear(s, factors, chance);
    const able = free.filter((d) => slotsOf[d]!.includes(s) && filled(d, factors).length > 0);
    if (able.length === 0) return;
    const d = chance.pick(able);
    for (const from of chance.shuffle(filled(d, factors).filter((t) => !isSpatial[t]))) {
      for (const p of primes(factors[d]![from]!)) {
        if (room(s, d, factors) < p) continue;
        factors[d]![from]! /= p;
        factors[d]![s]! *= p;
      }
    }
  }

  function clear(slot: number, factors: number[][], chance: Random): void {
    for (const d of free) {
      const f = factors[d]![slot]!;
      if (f === 1 || temporalOf[d]!.length === 0) continue;
      factors[d]![slot] = 1;
      factors[d]![chance.pick(temporalOf[d]!)]! *= f;
    }
  }

  return {
    random(chance) {
      const factors = dimensions.map(() => [...ones]);
      for (const d of chance.shuffle(free)) deal(d, factors, chance);
      return { factors, orders: machine.slots.map(() => chance.shuffle(free)) };
    },

    neighbour(point, chance) {
      // A layer of one multiplication has one mapping.
      if (free.length === 0) return point;
      let kind = chance.next();
      if ((kind -= shares.order) < 0) {
        const moved = reorder(point, chance);
        if (moved !== point) return moved;
      }
      const factors = point.factors.map((f) => [...f]);
      if ((kind -= shares.exchange) < 0) exchange(factors, chance);
      else if ((kind -= shares.axis) < 0) unroll(factors, chance);
      else if ((kind -= shares.deal) < 0) deal(chance.pick(free), factors, chance);
      else {
        const d = chance.pick(free);
        shift(d, chance.pick(filled(d, factors)), factors, chance);
      }
      return { factors, orders: point.orders };
    },

    crossover(a, b, chance) {
      const factors = dimensions.map((_, d) => [...(chance.next() < 0.5 || tied ? a : b).factors[d]!]);
      // Both parents' dimensions on one axis may be too many.
      for (const s of spatial) {
        for (const d of chance.shuffle(free)) {
          const f = factors[d]![s]!;
          if (f === 1) continue;
          factors[d]![s] = 1;
          const to = tied || room(s, d, factors) >= f ? s : chance.pick(temporalOf[d]!);
          factors[d]![to]! *= f;
        }
      }
      return { factors, orders: machine.slots.map((_, s) => (chance.next() < 0.5 ? a : b).orders[s]!) };
    },
  };
}
