// All mappings of a layer on the machines of a shape that may cost less than is claimed: what runs side by side, then the
// loops in time dimension by dimension, then their orders.
//
// Whatever a mapping that is begun becomes, three things are known of the loops that are not placed yet. Tiles are no smaller
// than with these outside of all. Words of a tensor, each brought in once, are no fewer than with these inside the PE, where
// windows overlap most. And no word is brought in again less often than with those that index the tensor outside of all and
// those that do not innermost: only these lengthen the run over which it stays. So what cannot be below a claim, or fits no
// machine of its box, is left out as soon as it is begun.
//
// Of orders one is looked at for each class of loops that may stand innermost (irrelevant to weights, inputs or outputs): what
// is reused, and how long steps are, depends on the run of these loops alone, and gathering them makes it longest.

import { nth } from '../base/invariant.js';
import { divisors } from '../base/integers.js';
import type { Tensor } from '../model/workload/layer.js';
import { dimensions, isRelevant, tensors } from '../model/workload/layer.js';
import type { Point } from '../search/mapping/point-layout.js';
import type { LayerCosts } from './layer-costs.js';

export interface Visitor {
  /** Whether anything that goes on from here is of interest: with least counts and cycles, and places that it needs at least. */
  mayMatter: (counts: Float64Array, macs: number, cycles: number, places: readonly number[]) => boolean;
  visit: (point: Point, counts: Float64Array, macs: number, cycles: number, places: readonly number[]) => void;
}

/** Factors of one dimension, a slot each. */
type Factors = readonly number[];

/** In steps, at which whoever asked may stop. */
export const everyMapping = (costs: LayerCosts, visitor: Visitor): Generator<undefined, void> =>
  new Walk(costs, visitor).all();

/** One walk through the mappings of a layer: what it knows of the slots, and room for the counts of one mapping. */
class Walk {
  private readonly layout: LayerCosts['layout'];
  private readonly slots: LayerCosts['layout']['machine']['slots'];
  private readonly ones: Factors;
  private readonly counts: Float64Array;
  private readonly least: Float64Array;
  /** By active loops: their orders, those alike once. */
  private readonly ordered = new Map<string, readonly (readonly number[])[]>();

  constructor(
    private readonly costs: LayerCosts,
    private readonly visitor: Visitor,
  ) {
    this.layout = costs.layout;
    this.slots = costs.layout.machine.slots;
    this.ones = this.slots.map(() => 1);
    this.counts = new Float64Array(costs.counted);
    this.least = new Float64Array(costs.counted);
  }

  all(): Generator<undefined, void> {
    return this.sideBySide(
      0,
      dimensions.map(() => this.ones),
      dimensions.map(() => 1),
    );
  }

  /** Per slot the orders of some loops, the class of each tensor innermost. */
  private ordersOf(active: readonly number[]): readonly (readonly number[])[] {
    if (active.length <= 1) return [active];
    const key = active.join();
    let found = this.ordered.get(key);
    if (!found) {
      const all = tensors.map((t) => withInnermost(active, t));
      found = all.filter((o, i) => all.findIndex((other) => other.join() === o.join()) === i);
      this.ordered.set(key, found);
    }
    return found;
  }

  private activeIn(factors: readonly Factors[], s: number): readonly number[] {
    return this.layout.free.filter((d) => nth(nth(factors, d), s) > 1);
  }

  private pointFor(factors: readonly Factors[], tensor: Tensor): Point {
    return { factors, orders: this.slots.map((_, s) => withInnermost(this.activeIn(factors, s), tensor)) };
  }

  /** Whether a mapping that is begun may matter: `left` is what is not placed yet of each dimension. */
  private matters(begun: readonly Factors[], left: readonly number[]): boolean {
    const { costs } = this;
    const [outermost, innermost] = [
      nth(this.layout.temporal, 0),
      nth(this.layout.temporal, this.layout.temporal.length - 1),
    ];
    const outside = this.pointFor(placed(begun, left, outermost), 'Outputs');
    const places = costs.placesFor(costs.at(outside));
    if (!places) return false;
    const inside = placed(begun, left, innermost);
    let cycles = 0;
    for (const tensor of tensors) {
      const indexing = left.map((n, d) => (isRelevant(tensor, nth(dimensions, d)) ? n : 1));
      const others = left.map((n, d) => (isRelevant(tensor, nth(dimensions, d)) ? 1 : n));
      const mixed = placed(placed(begun, indexing, outermost), others, innermost);
      const fewest = costs.leastInto(this.least, tensor, this.pointFor(inside, tensor), this.pointFor(mixed, tensor));
      if (fewest === undefined) return false;
      cycles = Math.max(cycles, fewest);
    }
    const macs = costs.macsAt(costs.at(this.pointFor(inside, 'Outputs')));
    return this.visitor.mayMatter(this.least, macs, cycles, places);
  }

  /** All orders of a mapping whose factors are chosen. */
  private orders(factors: readonly Factors[]): void {
    const { costs, counts } = this;
    const each = this.slots.map((slot, s) =>
      slot.kind === 'temporal' ? this.ordersOf(this.activeIn(factors, s)) : [this.activeIn(factors, s)],
    );
    const choose = (s: number, chosen: readonly (readonly number[])[]): void => {
      if (s < each.length) {
        for (const order of nth(each, s)) choose(s + 1, [...chosen, order]);
        return;
      }
      const point: Point = { factors, orders: chosen };
      const x = costs.at(point);
      if (!costs.isLegal(x, point)) return;
      const places = costs.placesFor(x);
      if (!places) return;
      costs.countInto(counts, x);
      this.visitor.visit(point, counts, costs.macsAt(x), costs.cyclesAt(x, point), places);
    };
    choose(0, []);
  }

  /** Loops in time, dimension by dimension: the one with the most ways first. */
  private *inTime(begun: readonly Factors[], left: readonly number[]): Generator<undefined, void> {
    yield;
    const open = this.layout.free.filter((d) => nth(left, d) > 1);
    if (open.length === 0) {
      this.orders(begun);
      return;
    }
    const ways = (d: number) => divisors(nth(left, d)).length;
    const d = open.reduce((most, other) => (ways(other) > ways(most) ? other : most));
    const rest = left.with(d, 1);
    for (const factors of this.splits(nth(left, d), nth(begun, d))) {
      const next = begun.with(d, factors);
      if (this.matters(next, rest)) yield* this.inTime(next, rest);
    }
  }

  /** Ways to place what is left of a dimension in its slots in time. */
  private splits(left: number, own: Factors): readonly Factors[] {
    const { temporal } = this.layout;
    return temporal
      .reduce<readonly { readonly left: number; readonly own: Factors }[]>(
        (all, s, i) =>
          all.flatMap((one) =>
            (i === temporal.length - 1 ? [one.left] : divisors(one.left)).map((f) => ({
              left: one.left / f,
              own: f === 1 ? one.own : one.own.with(s, f),
            })),
          ),
        [{ left, own }],
      )
      .map((one) => one.own);
  }

  /** What runs side by side, and up to where bounds are padded. */
  private *sideBySide(k: number, begun: readonly Factors[], left: readonly number[]): Generator<undefined, void> {
    const d = this.layout.free[k];
    if (d === undefined) {
      if (this.matters(begun, left)) yield* this.inTime(begun, left);
      return;
    }
    for (const bound of nth(this.layout.menu, d))
      for (const { own, rest } of this.spreads(d, bound, begun))
        yield* this.sideBySide(k + 1, begun.with(d, own), left.with(d, rest));
  }

  /** Ways to place a dimension in the slots in space beside those that are placed, and what is left of it. */
  private spreads(
    d: number,
    bound: number,
    begun: readonly Factors[],
  ): readonly { readonly own: Factors; readonly rest: number }[] {
    return this.layout.spatial.reduce<readonly { readonly own: Factors; readonly rest: number }[]>(
      (all, s) => {
        const slot = nth(this.slots, s);
        if (slot.kind !== 'spatial' || !slot.dims.includes(nth(dimensions, d))) return all;
        const { size, exclusive } = slot.axis;
        const used = begun.reduce((n, other) => n * nth(other, s), 1);
        const fits = (f: number) => f * used <= size && !(f > 1 && used > 1 && exclusive);
        return all.flatMap(({ own, rest }) =>
          divisors(rest)
            .filter(fits)
            .map((f) => ({ own: own.with(s, f), rest: rest / f })),
        );
      },
      [{ own: this.ones, rest: bound }],
    );
  }
}

/** With the loops that are left of each dimension in one slot. */
const placed = (begun: readonly Factors[], left: readonly number[], slot: number): readonly Factors[] =>
  begun.map((own, d) => (nth(left, d) > 1 ? own.with(slot, nth(own, slot) * nth(left, d)) : own));

/** The loops that a tensor is irrelevant to innermost, all else outside as it comes. */
const withInnermost = (active: readonly number[], tensor: Tensor): readonly number[] => [
  ...active.filter((d) => isRelevant(tensor, nth(dimensions, d))),
  ...active.filter((d) => !isRelevant(tensor, nth(dimensions, d))),
];
