// All points of a layout, one by one: every padded bound in all factors, and of the orders of loops one for each way in
// which they can make a difference.

import { permutations } from '../../base/permutations.js';
import { nth } from '../../base/invariant.js';
import { divisors } from '../../base/integers.js';
import type { Dimension } from '../../model/workload/layer.js';
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

export interface EveryPoint {
  /** Undefined where there are more than `max` points, or it would take as many steps to find out. */
  extent: (max: number) => Extent | undefined;
  /** Calls for each choice of factors, which is one array for all of them, with the orders of each slot. */
  each: (
    visit: (factors: readonly (readonly number[])[], orders: readonly (readonly (readonly number[])[])[]) => boolean,
  ) => void;
}

/** Steps of listing the factors of dimensions one by one; what takes more has too many. */
const maxListed = 1e6;

export function everyPoint(layout: Layout): EveryPoint {
  const {
    machine: { slots, rules },
    free,
    temporal,
    task: { conventions },
  } = layout;
  const slides = conventions.halo === 'slide';
  const ones = slots.map(() => 1);
  const tiling = layout.architecture.tiling;
  /** Where steps are counted one by one, every order of the tiles is an order of its own. */
  const stepped = slots.map((s) => tiling !== undefined && (s.level === tiling.outer || s.level === tiling.inner));
  const known = new Map<string, readonly (readonly number[])[]>();

  /** From the outermost loop in. */
  function ordersOf(slot: number, active: readonly number[]): readonly (readonly number[])[] {
    if (active.length <= 1) return [active];
    const key = `${stepped[slot]} ${active.join()}`;
    let found = known.get(key);
    if (!found) known.set(key, (found = stepped[slot] ? permutations(active) : telling(active)));
    return found;
  }

  /**
   * What is reused over a slot depends on the loops that stand innermost and are irrelevant to one tensor: no count grows where all
   * that do stand there. Where tiles slide, so does the loop that moves the inputs first.
   */
  function telling(active: readonly number[]): readonly (readonly number[])[] {
    const movable = (d: number) => slides && ['P', 'Q', 'R', 'S'].includes(nth(dimensions, d));
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

  /** Per free dimension all factors in its slots; undefined where listing them takes more than so many steps. */
  function splits(max: number): readonly (readonly (readonly number[])[])[] | undefined {
    let steps = 0;
    const all = free.map((d) => {
      const own = rules.filter((r) => dimensions.indexOf(r.rule.dim) === d);
      const found: number[][] = [];
      const split = (left: number, i: number, factors: readonly number[]): void => {
        if (++steps > max) return;
        const slot = slots[i];
        if (!slot) {
          if (
            left === 1 &&
            own.every(({ rule, slots: at }) =>
              allows(
                rule,
                at.reduce((n, s) => n * nth(factors, s), 1),
              ),
            )
          )
            found.push([...factors]);
          return;
        }
        if (!slot.dims.includes(dimensions[d] as Dimension)) return split(left, i + 1, [...factors, 1]);
        for (const f of divisors(left))
          if (slot.kind === 'temporal' || f <= slot.axis.size) split(left / f, i + 1, [...factors, f]);
      };
      for (const bound of nth(layout.menu, d)) split(bound, 0, []);
      return found;
    });
    return steps > max ? undefined : all;
  }

  /** False where the visitor ended it. */
  function walk(
    all: readonly (readonly (readonly number[])[])[],
    visit: (factors: readonly (readonly number[])[]) => boolean,
  ): boolean {
    const chosen: (readonly number[])[] = dimensions.map(() => ones);
    const fanouts = slots.flatMap((s, i) => (s.kind === 'spatial' ? [{ i, axis: s.axis }] : []));
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
        if (
          !choose(
            k + 1,
            fanouts.map(({ i }, n) => nth(room, n) / nth(factors, i)),
          )
        )
          return false;
      }
      chosen[d] = ones;
      return true;
    };
    return choose(
      0,
      fanouts.map(({ axis }) => axis.size),
    );
  }

  const activeIn = (slot: number, factors: readonly (readonly number[])[]) =>
    free.filter((d) => nth(nth(factors, d), slot) > 1);

  return {
    extent(max) {
      // What leaves all fan-outs empty fits beside anything.
      const inTime = (d: number) =>
        nth(layout.menu, d).reduce(
          (n, bound) => n + countSplits(layout.machine, nth(dimensions, d), bound, (s) => s.kind === 'temporal'),
          0,
        );
      if (free.reduce((n, d) => n * inTime(d), 1) > max) return undefined;
      const all = splits(Math.min(max, maxListed));
      if (!all) return undefined;
      let [mappings, points, steps] = [0, 0, 0];
      const whole = walk(all, (factors) => {
        let [ways, looks] = [1, 1];
        for (const s of temporal) {
          const active = activeIn(s, factors);
          for (let i = 2; i <= active.length; i++) ways *= i;
          looks *= ordersOf(s, active).length;
        }
        mappings += ways;
        points += looks;
        return points <= max && ++steps <= max;
      });
      return whole ? { mappings, points } : undefined;
    },
    each(visit) {
      // What runs side by side has no order.
      walk(splits(Infinity)!, (factors) =>
        visit(
          factors,
          slots.map((s, i) => (s.kind === 'temporal' ? ordersOf(i, activeIn(i, factors)) : [activeIn(i, factors)])),
        ),
      );
    },
  };
}
