// How heuristics move through mappings: points at random, points next to a point, points of two parents.

import { defined, nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Draft, Ground } from './factor-moves.js';
import { deal, dealAll, exchange, filled, groundOf, loopsInTime, shift, thinOut, unroll } from './factor-moves.js';
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
/**
 * How often a point or a neighbour is drawn anew where something found no room: what cannot loop in time,
 * or is held to factors, may not.
 */
const maxTries = 20;

export function movesOf(layout: Layout): Moves {
  const ground = groundOf(layout);
  return {
    random(chance) {
      let drawn = dealAll(ground, chance);
      for (let i = 1; i < maxTries && !drawn.fits; i++) drawn = dealAll(ground, chance);
      return { factors: drawn.factors, orders: layout.machine.slots.map(() => chance.shuffle(ground.free)) };
    },

    neighbour(point, chance) {
      // A layer of one multiplication has one mapping.
      if (ground.free.length === 0) return point;
      let next: Point | undefined;
      for (let i = 0; i < maxTries && !next; i++) next = changed(ground, point, chance);
      return next ?? point;
    },

    crossover(a, b, chance) {
      // What cannot loop in time is inherited from one parent.
      const parentOf = (d: number) => (chance.next() < 0.5 || !loopsInTime(ground, d) ? a : b);
      const factors = dimensions.map((_, d) => [...nth(parentOf(d).factors, d)]);
      thinOut({ ground, factors, chance });
      const orders = layout.machine.slots.map((_, s) => nth((chance.next() < 0.5 ? a : b).orders, s));
      return { factors, orders };
    },
  };
}

/** A neighbour of some kind; undefined where something found no room. */
function changed(ground: Ground, point: Point, chance: Random): Point | undefined {
  let kind = chance.next();
  if ((kind -= shares.order) < 0) {
    const moved = reordered(ground, point, chance);
    if (moved !== point) return moved;
  }
  const draft: Draft = { ground, chance, factors: point.factors.map((f) => [...f]) };
  let fits = true;
  if ((kind -= shares.exchange) < 0) fits = exchange(draft);
  else if ((kind -= shares.axis) < 0) unroll(draft);
  else if (kind < shares.deal) fits = deal(draft, chance.pick(ground.free));
  else {
    const d = chance.pick(ground.free);
    fits = shift(draft, d, chance.pick(filled(draft, d))) || loopsInTime(ground, d);
  }
  return fits ? { factors: draft.factors, orders: point.orders } : undefined;
}

/** One loop of a slot in time to another place among those that loop. */
function reordered({ layout }: Ground, point: Point, chance: Random): Point {
  const active = (s: number) => nth(point.orders, s).filter((d) => nth(nth(point.factors, d), s) > 1);
  const open = layout.temporal.filter((s) => active(s).length > 1);
  if (open.length === 0) return point;
  const slot = chance.pick(open);
  const loops = active(slot);
  const [moved] = loops.splice(chance.below(loops.length), 1);
  loops.splice(chance.below(loops.length + 1), 0, defined(moved));
  return {
    factors: point.factors,
    orders: point.orders.map((o, s) => (s === slot ? [...loops, ...o.filter((d) => !loops.includes(d))] : o)),
  };
}
