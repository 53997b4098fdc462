// What a point costs, and which rule it breaks first: the verdict of the cost model on a mapping, from monomials and so
// many times as fast. It decides nothing for good: an answer is what `judge` says.

import { defined, nth } from '../../base/invariant.js';
import type { Engine, Level } from '../../model/machine/architecture.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import { engines } from '../../model/machine/architecture.js';
import type { Limits } from '../../model/cost/goal.js';
import { measure } from '../../model/cost/goal.js';
import type { Tensor } from '../../model/workload/layer.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { Charge } from '../../model/cost/charges.js';
import { chargesAt, energyPerAccess, runCharges } from '../../model/cost/charges.js';
import { portsOf } from '../../model/cost/ports.js';
import { cyclesOfSteps, tilingFor, workOf } from '../../model/cost/tile-cycles.js';
import type { Reading } from '../../model/cost/traffic.js';
import { computeCycles, traffic } from '../../model/cost/traffic.js';
import type { Loop } from '../../model/mapping/mapping.js';
import { holdingOf } from '../../model/mapping/memory-room.js';
import type { Rule } from '../../model/mapping/rules.js';
import { ofKind, rulesOf } from '../../model/mapping/rules.js';
import type { Layout, Point } from './point-layout.js';
import { productOf } from './point-layout.js';
import type { Monomial } from './monomial.js';
import { valueAt } from './monomial.js';
import { monomials } from './monomials.js';

/** The first rule that a point breaks; what a rule of another kind needs, no general move of factors brings about. */
export type Fault =
  | { readonly kind: 'capacity' | 'partial-sums'; readonly level: number; readonly tensors: readonly Tensor[] }
  | { readonly kind: 'other' };

/**
 * Above all objectives: from here on costs say by what ratio limits are missed, so that a search finds
 * its way to where they are met.
 */
export const missed = 1e100;

export interface QuickCost {
  fault: (point: Point) => Fault | undefined;
  /** The value; +Infinity where the point is not legal; where it only misses limits, `missed` times how far. */
  of: (point: Point) => number;
}

/** Sums in another order than the judge's may be this share above a limit that they meet. */
const hair = 1e-12;

/** What energy and cycles cost together; the objective where none is given. */
export type Value = (of: Pick<Evaluation, 'energy' | 'cycles'>) => number;

interface Check {
  readonly fault: Fault;
  holds: (x: Float64Array, point: Point) => boolean;
}

/** Charged in whole blocks per instance. */
interface RoundedCharge extends Charge<Monomial> {
  readonly parts: readonly Monomial[];
}

interface Term {
  readonly scale: number;
  readonly monomial: Monomial;
}

/**
 * Points cover what has a slot, and keep to the fan-outs where every dimension may loop in time: the rest is checked.
 */
export function quickCost(layout: Layout, value?: Value): QuickCost {
  const {
    machine,
    architecture: a,
    task: { goal, conventions },
  } = layout;
  const { reading, tabulate } = monomials(layout);
  const checks = checksOf(layout, reading);
  const counts = traffic(reading, machine, conventions);
  const { macs, energyPerMac, energyPerCycle } = runCharges(reading, a);
  const energy: Term[] = [{ scale: energyPerMac, monomial: macs }];
  const rounded: RoundedCharge[] = [];
  a.levels.forEach((_, level) => {
    const charges = chargesAt(reading, machine, conventions, level);
    for (const tensor of tensors) {
      for (const action of ['transfer', 'read', 'fill', 'update'] as const) {
        const own = counts.filter((c) => c.level === level && c.tensor === tensor && c.action === action);
        if (own.length === 0) continue;
        const charge = charges(tensor, action);
        const parts = own.map((c) => c.accesses);
        if (charge.whole) rounded.push({ ...charge, parts });
        else {
          const scale = energyPerAccess(charge);
          energy.push(...parts.map((part) => ({ scale, monomial: reading.product([charge.copies, part]) })));
        }
      }
    }
  });
  const terms = merged(energy);
  const sumAt = (parts: readonly Term[], x: Float64Array) =>
    parts.reduce((n, t) => n + t.scale * valueAt(t.monomial, x), 0);

  // `busyCycles`, its sums laid out for many points.
  const ports = portsOf(a, counts).map(({ width, loads }) => ({
    width,
    bits: loads.map(({ count, wordBits }) => ({ scale: wordBits, monomial: count.words })),
  }));
  const steps = computeCycles(reading);
  const time = a.tiling
    ? tiledTime(layout, reading)
    : (x: Float64Array) =>
        ports.reduce((n, { width, bits }) => Math.max(n, Math.ceil(sumAt(bits, x) / width)), valueAt(steps, x));

  const limits = Object.entries(goal.limits) as [keyof Limits, number][];

  const broken = (x: Float64Array, point: Point) => {
    for (const check of checks) if (!check.holds(x, point)) return check.fault;
    return undefined;
  };
  return {
    fault: (point) => broken(tabulate(point), point),
    of(point) {
      const x = tabulate(point);
      if (broken(x, point)) return Infinity;
      const cycles = time(x, point);
      let total = sumAt(terms, x) + cycles * energyPerCycle;
      for (const { copies, parts, block, energy: each } of rounded) {
        total += each * valueAt(copies, x) * Math.ceil(parts.reduce((n, part) => n + valueAt(part, x), 0) / block);
      }
      const evaluation = { energy: total, cycles } as Parameters<typeof measure>[1];
      const excess = limits.reduce((n, [name, limit]) => n * Math.max(1, measure(name, evaluation) / limit), 1);
      return excess > 1 + hair ? missed * excess : value ? value(evaluation) : measure(goal.objective, evaluation);
    },
  };
}

/** Equal products once, none of no energy. */
function merged(terms: readonly Term[]): readonly Term[] {
  const found = new Map<string, Term>();
  for (const { scale, monomial } of terms) {
    const [key, all] = [`${monomial.up.join()}/${monomial.down.join()}`, scale * monomial.scale];
    if (all !== 0) found.set(key, { scale: (found.get(key)?.scale ?? 0) + all, monomial: { ...monomial, scale: 1 } });
  }
  return [...found.values()];
}

/** The rules that a point can break, cheap and often broken ones first. */
function checksOf(
  { architecture: a, machine: m, layer, menu, temporal, free, slotsOf, temporalOf, ranges, room }: Layout,
  r: Reading<Monomial>,
): readonly Check[] {
  const rules = rulesOf(r, m, layer);
  const other = (holds: Check['holds']): Check => ({ fault: { kind: 'other' }, holds });
  const tight = ranges.length > 0 || free.some((d) => nth(temporalOf, d).length === 0);
  const keeps = ({ factors }: Point) =>
    ranges.every((x) => productOf(x, factors) >= x.min && productOf(x, factors) <= x.max) &&
    free.every((d) => nth(slotsOf, d).length > 0 && nth(slotsOf, d).every((s) => room(s, d, factors) >= 1));
  const longest = Math.max(...menu.flat());
  return [
    ...(tight ? [other((_, point) => keeps(point))] : []),
    ...ofKind(rules, 'capacity').map((rule) => capacityCheck(rule, nth(a.levels, rule.level))),
    ...ofKind(rules, 'sums').map(({ level, visits }): Check => {
      const leaving = visits();
      return { fault: { kind: 'partial-sums', level, tensors: ['Outputs'] }, holds: (x) => valueAt(leaving, x) <= 1 };
    }),
    ...ofKind(rules, 'no pool').map(() => other(() => false)),
    ...ofKind(rules, 'biases').map(({ lines, max }) => {
      const own = lines();
      return other((x) => valueAt(own, x) <= max);
    }),
    ...ofKind(rules, 'pool').map(({ extent, window }) => {
      const own = extent();
      return other((x) => valueAt(own, x) % window === 0);
    }),
    // No loop is longer than a bound.
    ...ofKind(rules, 'counter')
      .filter((rule) => longest > rule.longest)
      .map((rule) =>
        other((_, { factors }) => factors.every((own) => temporal.every((s) => nth(own, s) <= rule.longest))),
      ),
  ];
}

/** `takenBy` of all tiles, laid out for many points. */
function capacityCheck({ level, pool, tiles }: Rule<Monomial> & { readonly kind: 'capacity' }, own: Level): Check {
  const holding = defined(holdingOf(own, nth(own.pools, pool)));
  const { max, unit } = holding;
  const needs = tiles.map(({ tensor, lines }) => ({
    lines: lines(),
    per: holding.unit === 'bank' ? holding.linesIn(tensor) : holding.lineBits(tensor),
  }));
  const inBanks = unit === 'bank';
  return {
    fault: { kind: 'capacity', level, tensors: tiles.map((t) => t.tensor) },
    holds(x) {
      let all = 0;
      for (const { lines, per } of needs) all += inBanks ? Math.ceil(valueAt(lines, x) / per) : valueAt(lines, x) * per;
      return all <= max;
    },
  };
}

/** Cycles of a machine that works tile by tile. */
function tiledTime({ machine: m, temporal }: Layout, r: Reading<Monomial>): (x: Float64Array, point: Point) => number {
  const tiling = tilingFor(defined(m.architecture.tiling), r);
  const work = workOf(r, m, tiling);
  const lasting = engines.map((e) => ({ beats: work[e].beats, latency: tiling.latency[e] }));
  const last = { compute: 0, load_i: 0, load_w: 0, drain: 0, fill: 0, spill: 0 };
  const nest = (level: number, { factors, orders }: Point) => {
    const loops: Loop[] = [];
    for (const s of temporal) {
      if (nth(m.slots, s).level !== level) continue;
      for (let i = nth(orders, s).length - 1; i >= 0; i--) {
        const d = nth(nth(orders, s), i);
        if (nth(nth(factors, d), s) > 1) loops.push({ dim: nth(dimensions, d), factor: nth(nth(factors, d), s) });
      }
    }
    return loops;
  };
  return (x, point) => {
    engines.forEach((e, i) => (last[e] = valueAt(nth(lasting, i).beats, x) + nth(lasting, i).latency));
    return cyclesOfSteps(nest(tiling.outer, point), nest(tiling.inner, point), (e: Engine) => last[e], tiling.step);
  };
}
