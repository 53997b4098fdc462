// All points of a layout, one by one: every padded bound in all factors, and of the orders of loops one for each way in
// which they can make a difference.

import { permutations } from '../../base/permutations.js';
import { defined, nth } from '../../base/invariant.js';
import { divisors } from '../../base/integers.js';
import { dimensions, isRelevant, irrelevant, tensors } from '../../model/workload/layer.js';
import { allows } from '../../model/mapping/constraints.js';
import { countSplits } from '../../model/mapping/mapping-space.js';
import type { Layout } from './point-layout.js';

/** How many there are. */
export interface Extent {
  /** Ways to factor the bounds over the slots, with all orders of the loops. */
  readonly mappings: number;
  /** Of these, with the orders that are looked at. */
  readonly points: number;
}

/** Per dimension its factors in all slots. */
type Factors = readonly (readonly number[])[];
/** Loops of a slot from the outermost in, by dimension. */
type Order = readonly number[];
/** Per free dimension all ways to factor its bounds. */
type Factorings = readonly (readonly (readonly number[])[])[];

export interface EveryPoint {
  /** Undefined where there are more than `max` points, or it would take as many steps to find out. */
  extent: (max: number) => Extent | undefined;
  /** Calls for each choice of factors, which is one array for all of them, with the orders of each slot. */
  each: (visit: (factors: Factors, orders: readonly (readonly Order[])[]) => boolean) => void;
}

/** Steps of listing the factors of dimensions one by one; what takes more has too many. */
const maxListed = 1e6;

export function everyPoint(layout: Layout): EveryPoint {
  const {
    machine: { slots },
    temporal,
  } = layout;
  const orders = new Orders(layout);
  return {
    extent(max) {
      if (countInTime(layout) > max) return undefined;
      const all = factorings(layout, Math.min(max, maxListed));
      if (!all) return undefined;
      let [mappings, points, steps] = [0, 0, 0];
      const whole = eachChoice(layout, all, (factors) => {
        let [ways, looks] = [1, 1];
        for (const s of temporal) {
          const active = activeIn(layout, s, factors);
          for (let i = 2; i <= active.length; i++) ways *= i;
          looks *= orders.of(s, active).length;
        }
        mappings += ways;
        points += looks;
        return points <= max && ++steps <= max;
      });
      return whole ? { mappings, points } : undefined;
    },
    each(visit) {
      const ordersOf = (s: number, active: Order) =>
        nth(slots, s).kind === 'temporal' ? orders.of(s, active) : [active];
      eachChoice(layout, defined(factorings(layout, Infinity)), (factors) =>
        visit(
          factors,
          slots.map((_, s) => ordersOf(s, activeIn(layout, s, factors))),
        ),
      );
    },
  };
}

/** Dimensions that loop in a slot. */
const activeIn = ({ free }: Layout, slot: number, factors: Factors): Order =>
  free.filter((d) => nth(nth(factors, d), slot) > 1);

/** Ways to factor all bounds over the loops in time: what leaves all fan-outs empty fits beside anything. */
function countInTime({ machine, menu, free }: Layout): number {
  const ofDimension = (d: number) =>
    nth(menu, d).reduce(
      (n, bound) => n + countSplits(machine, nth(dimensions, d), bound, (s) => s.kind === 'temporal'),
      0,
    );
  return free.reduce((n, d) => n * ofDimension(d), 1);
}

/** The orders of a slot's loops that can differ in cost; equal questions are answered once. */
class Orders {
  private readonly known = new Map<string, readonly Order[]>();
  /** Where steps are counted one by one, every order of the tiles is an order of its own. */
  private readonly stepped: readonly boolean[];
  private readonly slides: boolean;

  constructor({ machine, architecture: { tiling }, task }: Layout) {
    this.stepped = machine.slots.map(
      (s) => tiling !== undefined && (s.level === tiling.outer || s.level === tiling.inner),
    );
    this.slides = task.conventions.halo === 'slide';
  }

  of(slot: number, active: Order): readonly Order[] {
    if (active.length <= 1) return [active];
    const key = `${this.stepped[slot]} ${active.join()}`;
    let found = this.known.get(key);
    if (!found) this.known.set(key, (found = this.stepped[slot] ? permutations(active) : this.distinct(active)));
    return found;
  }

  /**
   * What is reused over a slot depends on the loops that stand innermost and are irrelevant to one tensor: no count
   * grows where all that do stand there. Where tiles slide, so does the loop that moves the inputs first.
   */
  private distinct(active: Order): readonly Order[] {
    const movable = (d: number) => this.slides && ['P', 'Q', 'R', 'S'].includes(nth(dimensions, d));
    const found = tensors.flatMap((t) => {
      const group = active.filter((d) => irrelevant[t].includes(nth(dimensions, d)));
      if (group.length === 0) return [];
      const others = active.filter((d) => !group.includes(d));
      const [fixed, moving] = t === 'Inputs' ? [group, others] : [[], group];
      const firsts = moving.filter((d) => movable(d) && isRelevant('Inputs', nth(dimensions, d)));
      const ends = firsts.length === 0 ? [moving] : firsts.map((d) => [...moving.filter((e) => e !== d), d]);
      return ends.map((end) => [...(t === 'Inputs' ? [] : others), ...end, ...fixed]);
    });
    return found.length > 0 ? found : [active];
  }
}

/** Per free dimension all factors in its slots; undefined where listing them takes more than `max` steps. */
function factorings(layout: Layout, max: number): Factorings | undefined {
  const {
    machine: { slots, rules },
    free,
    menu,
  } = layout;
  let steps = 0;
  const all = free.map((d) => {
    const own = rules.filter((r) => dimensions.indexOf(r.rule.dim) === d);
    const isAllowed = (factors: readonly number[]) =>
      own.every(({ rule, slots: at }) =>
        allows(
          rule,
          at.reduce((n, s) => n * nth(factors, s), 1),
        ),
      );
    const found: number[][] = [];
    const split = (left: number, i: number, factors: readonly number[]): void => {
      if (++steps > max) return;
      const slot = slots[i];
      if (!slot) {
        if (left === 1 && isAllowed(factors)) found.push([...factors]);
        return;
      }
      if (!slot.dims.includes(nth(dimensions, d))) return split(left, i + 1, [...factors, 1]);
      for (const f of divisors(left))
        if (slot.kind === 'temporal' || f <= slot.axis.size) split(left / f, i + 1, [...factors, f]);
    };
    for (const bound of nth(menu, d)) split(bound, 0, []);
    return found;
  });
  return steps > max ? undefined : all;
}

/** Every choice of a factoring per dimension that fits the fan-outs; false where the visitor ended it. */
function eachChoice(
  { machine: { slots }, free }: Layout,
  all: Factorings,
  visit: (factors: Factors) => boolean,
): boolean {
  const ones = slots.map(() => 1);
  const chosen: (readonly number[])[] = dimensions.map(() => ones);
  const fanouts = slots.flatMap((s, i) => (s.kind === 'spatial' ? [{ i, axis: s.axis }] : []));
  /** `room`: positions of each fan-out that are left. */
  const choose = (k: number, room: readonly number[]): boolean => {
    const d = free[k];
    if (d === undefined) return visit(chosen);
    for (const factors of nth(all, k)) {
      const fits = fanouts.every(
        ({ i, axis }, n) =>
          nth(factors, i) <= nth(room, n) && (!axis.exclusive || factors[i] === 1 || room[n] === axis.size),
      );
      if (!fits) continue;
      chosen[d] = factors;
      const left = fanouts.map(({ i }, n) => nth(room, n) / nth(factors, i));
      if (!choose(k + 1, left)) return false;
    }
    chosen[d] = ones;
    return true;
  };
  return choose(
    0,
    fanouts.map(({ axis }) => axis.size),
  );
}
