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
  const at: Places = {
    layout,
    levelOf: layout.machine.slots.map((s) => s.level),
    isTemporal: layout.machine.slots.map((s) => s.kind === 'temporal'),
  };
  return (point, chance) => {
    let current = point;
    for (let step = 0; step < maxSteps; step++) {
      const fault = cost.fault(current);
      if (!fault) return current;
      const next = eased(at, current, fault, step >= maxSteps / 2, chance);
      if (!next) return undefined;
      current = next;
    }
    return undefined;
  };
}

/** A layout, and where its slots are. */
interface Places {
  readonly layout: Layout;
  readonly levelOf: readonly number[];
  readonly isTemporal: readonly boolean[];
}

/** Whether a dimension indexes the outputs: sums over the others are outputs. */
const isOutput = dimensions.map((d) => isRelevant('Outputs', d));

const factorAt = (point: Point, d: number, slot: number): number => nth(nth(point.factors, d), slot);

function eased(at: Places, point: Point, fault: Fault, outwards: boolean, chance: Random): Point | undefined {
  switch (fault.kind) {
    case 'capacity': {
      const matters = (d: number) => fault.tensors.some((t) => isRelevant(t, nth(dimensions, d)));
      return smaller(at, point, fault.level, matters, chance);
    }
    case 'partial-sums':
      return summedInside(at, point, fault.level, outwards, chance);
    case 'other':
      return undefined;
  }
}

/** A prime of a tile at a level to a loop in time outside of it; what is unrolled only where nothing else is left. */
function smaller(
  { layout, levelOf, isTemporal }: Places,
  point: Point,
  level: number,
  matters: (d: number) => boolean,
  chance: Random,
): Point | undefined {
  const { free, temporalOf, slotsOf, ranges, primes } = layout;
  const able = (d: number, from: number, to: number) => {
    const all = primes(factorAt(point, d, from));
    return ranges.length === 0 ? all : all.filter((p) => isAllowed(layout, point, d, from, to, p));
  };
  const outside = (d: number, from: number) =>
    nth(temporalOf, d).filter((to) => nth(levelOf, to) < level && able(d, from, to).length > 0);
  const places = free.filter(matters).flatMap((d) =>
    nth(slotsOf, d)
      .filter((s) => nth(levelOf, s) >= level && factorAt(point, d, s) > 1 && outside(d, s).length > 0)
      .map((s) => ({ d, s })),
  );
  if (places.length === 0) return undefined;
  const inTime = places.filter(({ s }) => isTemporal[s]);
  const { d, s } = chance.pick(inTime.length > 0 ? inTime : places);
  const to = chance.pick(outside(d, s));
  return moved(point, d, s, to, chance.pick(able(d, s, to)));
}

/** Whether the rules on factors let some of a factor move. */
function isAllowed(
  { ranges, takes }: Layout,
  { factors }: Point,
  d: number,
  from: number,
  to: number,
  amount: number,
): boolean {
  if (ranges.length === 0) return true;
  const without = factors.map((own, e) => (e === d ? own.map((f, s) => (s === from ? f / amount : f)) : own));
  return takes(to, d, amount, without);
}

/** Reduction loops outside a level that holds sums come innermost: within each slot first, then across slots. */
function summedInside(
  { layout, levelOf }: Places,
  point: Point,
  level: number,
  outwards: boolean,
  chance: Random,
): Point | undefined {
  const outside = layout.temporal.filter((s) => nth(levelOf, s) < level).toReversed();
  const activeIn = (s: number) => nth(point.orders, s).filter((d) => factorAt(point, d, s) > 1);
  const isUnsorted = (s: number) =>
    activeIn(s).some((d, i, active) => isOutput[d] && i > 0 && !isOutput[nth(active, i - 1)]);
  if (outside.some(isUnsorted)) {
    return {
      factors: point.factors,
      orders: point.orders.map((order, s) =>
        outside.includes(s) ? [...order.filter((d) => isOutput[d]), ...order.filter((d) => !isOutput[d])] : order,
      ),
    };
  }
  const inner = outside.find((s) => activeIn(s).some((d) => isOutput[d]));
  const outer = outside.findLast((s) => activeIn(s).some((d) => !isOutput[d]));
  if (inner === undefined || outer === undefined || inner === outer) return undefined;
  // Either the sums' loops come in, or the outputs' loops go out.
  const [ofOutputs, from, to] = outwards || chance.next() < 0.5 ? [true, inner, outer] : [false, outer, inner];
  const able = activeIn(from).filter(
    (d) =>
      isOutput[d] === ofOutputs &&
      nth(layout.slotsOf, d).includes(to) &&
      isAllowed(layout, point, d, from, to, factorAt(point, d, from)),
  );
  if (able.length === 0) return undefined;
  return able.reduce((p, d) => moved(p, d, from, to, factorAt(p, d, from)), point);
}

function moved(point: Point, d: number, from: number, to: number, amount: number): Point {
  const own = [...nth(point.factors, d)];
  own[from] = nth(own, from) / amount;
  own[to] = nth(own, to) * amount;
  return { factors: point.factors.map((f, i) => (i === d ? own : f)), orders: point.orders };
}
