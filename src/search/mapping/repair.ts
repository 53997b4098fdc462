// A point made legal where moving factors and loops can do that: most points at random are not, most of them nearly.

import { nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import { dimensions, isRelevant } from '../../model/workload/layer.js';
import type { Layout, Point } from './point-layout.js';
import type { Fault, QuickCost } from './quick-cost.js';

/**
 * Steps of a repair before it is given up; in the second half factors go outwards only, which cannot go on for ever.
 */
const maxSteps = 60;

/** The point itself where it breaks no rule; undefined where it cannot be mended. */
export type Repair = (point: Point, chance: Random) => Point | undefined;

export function repairOf(layout: Layout, cost: QuickCost): Repair {
  const {
    machine: { slots },
    free,
    temporal,
    temporalOf,
    slotsOf,
    ranges,
    takes,
    primes,
  } = layout;
  const levelOfSlot = slots.map((s) => s.level);
  const isTemporal = slots.map((s) => s.kind === 'temporal');
  const outputs = dimensions.map((d) => isRelevant('Outputs', d));

  return (point, chance) => {
    let current = point;
    for (let step = 0; step < maxSteps; step++) {
      const fault = cost.fault(current);
      if (!fault) return current;
      const next = eased(current, fault, step >= maxSteps / 2, chance);
      if (!next) return undefined;
      current = next;
    }
    return undefined;
  };

  function eased(point: Point, fault: Fault, outwards: boolean, chance: Random): Point | undefined {
    switch (fault.kind) {
      case 'capacity':
        return smaller(point, fault.level, (d) => fault.tensors.some((t) => isRelevant(t, nth(dimensions, d))), chance);
      case 'partial-sums':
        return summedInside(point, fault.level, outwards, chance);
      case 'other':
        return undefined;
    }
  }

  /** A prime of a tile at a level to a loop in time outside of it; what is unrolled only where nothing else is left. */
  function smaller(point: Point, level: number, matters: (d: number) => boolean, chance: Random): Point | undefined {
    const able = (d: number, s: number, t: number) =>
      ranges.length === 0
        ? primes(nth(nth(point.factors, d), s))
        : primes(nth(nth(point.factors, d), s)).filter((p) => allowed(point, d, s, t, p));
    const outside = (d: number, s: number) =>
      nth(temporalOf, d).filter((t) => nth(levelOfSlot, t) < level && able(d, s, t).length > 0);
    const places = free.filter(matters).flatMap((d) =>
      nth(slotsOf, d)
        .filter((s) => nth(levelOfSlot, s) >= level && nth(nth(point.factors, d), s) > 1 && outside(d, s).length > 0)
        .map((s) => ({ d, s })),
    );
    const inTime = places.filter(({ s }) => isTemporal[s]);
    if (places.length === 0) return undefined;
    const { d, s } = chance.pick(inTime.length > 0 ? inTime : places);
    const to = chance.pick(outside(d, s));
    return moved(point, d, s, to, chance.pick(able(d, s, to)));
  }

  /** Whether the rules on factors let some of a factor move. */
  function allowed({ factors }: Point, d: number, from: number, to: number, amount: number): boolean {
    if (ranges.length === 0) return true;
    return takes(
      to,
      d,
      amount,
      factors.map((own, e) => (e === d ? own.map((f, s) => (s === from ? f / amount : f)) : own)),
    );
  }

  /** Reduction loops outside a level that holds sums come innermost: within each slot first, then across slots. */
  function summedInside(point: Point, level: number, outwards: boolean, chance: Random): Point | undefined {
    const outside = temporal.filter((s) => nth(levelOfSlot, s) < level).toReversed();
    const loops = (s: number, isOutput: boolean) =>
      nth(point.orders, s).filter((d) => outputs[d] === isOutput && nth(nth(point.factors, d), s) > 1);
    const unsorted = outside.find((s) => {
      const active = nth(point.orders, s).filter((d) => nth(nth(point.factors, d), s) > 1);
      return active.some((d, i) => outputs[d] && i > 0 && !outputs[nth(active, i - 1)]);
    });
    if (unsorted !== undefined) {
      return {
        factors: point.factors,
        orders: point.orders.map((o, s) =>
          outside.includes(s) ? [...o.filter((d) => outputs[d]), ...o.filter((d) => !outputs[d])] : o,
        ),
      };
    }
    const inner = outside.find((s) => loops(s, true).length > 0);
    const outer = outside.findLast((s) => loops(s, false).length > 0);
    if (inner === undefined || outer === undefined || inner === outer) return undefined;
    // Either the sums' loops come in, or the outputs' loops go out.
    const [isOutput, from, to] = outwards || chance.next() < 0.5 ? [true, inner, outer] : [false, outer, inner];
    const able = loops(from, isOutput).filter(
      (d) => nth(slotsOf, d).includes(to) && allowed(point, d, from, to, nth(nth(point.factors, d), from)),
    );
    return able.length === 0
      ? undefined
      : able.reduce((p, d) => moved(p, d, from, to, nth(nth(p.factors, d), from)), point);
  }

  function moved(point: Point, d: number, from: number, to: number, amount: number): Point {
    const own = [...nth(point.factors, d)];
    own[from] = nth(own, from) / amount;
    own[to] = nth(own, to) * amount;
    return { factors: point.factors.map((f, i) => (i === d ? own : f)), orders: point.orders };
  }
}
