// What a point costs, and which rule it breaks first: the verdict of the cost model on a mapping, from monomials and so
// many times as fast. It decides nothing for good: an answer is what `judge` says.

import { lineBits, usableBanks, usableBits } from '../../model/machine/architecture.js';
import type { Engine } from '../../model/machine/architecture.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import { engines } from '../../model/machine/architecture.js';
import type { Limits } from '../../model/cost/goal.js';
import { measure } from '../../model/cost/goal.js';
import type { Tensor } from '../../model/workload/layer.js';
import { dimensions, hasBias, tensors } from '../../model/workload/layer.js';
import { childOf, storageOf } from '../../model/machine/compiled-machine.js';
import { cyclesOfSteps, workOf } from '../../model/cost/tile-cycles.js';
import type { Reading } from '../../model/cost/traffic.js';
import { charged, computeCycles, instances, paddedMacs, tileLines, traffic } from '../../model/cost/traffic.js';
import type { Loop } from '../../model/mapping/mapping.js';
import type { Layout, Point } from './point-layout.js';
import { productOf } from './point-layout.js';
import type { Monomial } from './monomials.js';
import { monomials, valueAt } from './monomials.js';

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

/** What energy and cycles are worth; the objective where none is given. */
export type Value = (of: Pick<Evaluation, 'energy' | 'cycles'>) => number;

interface Rule {
  readonly fault: Fault;
  holds: (x: Float64Array, point: Point) => boolean;
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
  const rules = rulesOf(layout, reading);
  const counts = traffic(reading, machine, conventions);
  const wordBits = (level: number, tensor: Tensor) => storageOf(machine, level, tensor).wordBits;

  const energy: Term[] = [{ scale: a.compute.energy, monomial: paddedMacs(reading) }];
  /** Charged in whole blocks per instance. */
  const rounded: {
    readonly copies: Monomial;
    readonly parts: readonly Monomial[];
    readonly blockSize: number;
    readonly energy: number;
  }[] = [];
  a.levels.forEach((_, level) => {
    const copies = instances(reading, level);
    const memories = charged(reading, machine, level);
    for (const tensor of tensors) {
      const own = counts.filter((c) => c.level === level && c.tensor === tensor);
      if (own.length === 0) continue;
      const { blockSize, energy: each, linkEnergy } = storageOf(machine, level, tensor);
      for (const { words } of own.filter((c) => c.action === 'transfer'))
        energy.push({ scale: wordBits(level, tensor) * linkEnergy, monomial: reading.product([copies, words]) });
      for (const action of ['read', 'fill', 'update'] as const) {
        const parts = own.filter((c) => c.action === action).map((c) => c.accesses);
        if (conventions.wholeBlocks) rounded.push({ copies: memories, parts, blockSize, energy: each[action] });
        else
          energy.push(
            ...parts.map((part) => ({ scale: each[action] / blockSize, monomial: reading.product([memories, part]) })),
          );
      }
    }
  });
  const terms = merged(energy);
  const sumAt = (parts: readonly Term[], x: Float64Array) =>
    parts.reduce((n, t) => n + t.scale * valueAt(t.monomial, x), 0);

  const ports = a.levels.flatMap(({ bandwidth: { read, write, total } }, level) => {
    const port = (width: number | null, actions: readonly string[]) => {
      const own = counts.filter((c) => c.level === level && actions.includes(c.action));
      return width === null
        ? []
        : [{ width, bits: own.map((c) => ({ scale: wordBits(level, c.tensor), monomial: c.words })) }];
    };
    return [...port(read, ['read']), ...port(write, ['fill', 'update']), ...port(total, ['read', 'fill', 'update'])];
  });
  const steps = computeCycles(reading);
  const time = a.tiling
    ? tiledTime(layout, reading)
    : (x: Float64Array) =>
        ports.reduce((n, { width, bits }) => Math.max(n, Math.ceil(sumAt(bits, x) / width)), valueAt(steps, x));

  const limits = Object.entries(goal.limits) as [keyof Limits, number][];

  const broken = (x: Float64Array, point: Point) => {
    for (const rule of rules) if (!rule.holds(x, point)) return rule.fault;
    return undefined;
  };
  return {
    fault: (point) => broken(tabulate(point), point),
    of(point) {
      const x = tabulate(point);
      if (broken(x, point)) return Infinity;
      const cycles = time(x, point);
      let total = sumAt(terms, x) + cycles * a.staticEnergy;
      for (const { copies, parts, blockSize, energy: each } of rounded) {
        total += each * valueAt(copies, x) * Math.ceil(parts.reduce((n, part) => n + valueAt(part, x), 0) / blockSize);
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

/** The rules of model/mapping/legality.ts that a point can break, cheap and often broken ones first. */
function rulesOf(
  { architecture: a, machine: m, layer, menu, temporal, free, slotsOf, temporalOf, ranges, room }: Layout,
  r: Reading<Monomial>,
): readonly Rule[] {
  const capacity = a.levels.flatMap((level, i) =>
    level.pools.flatMap((pool): Rule[] => {
      const kept = pool.tensors.filter((t) => level.keeps.includes(t) && level.stores[t]);
      if (pool.bits === null || kept.length === 0) return [];
      const fault: Fault = { kind: 'capacity', level: i, tensors: kept };
      const banks = pool.banks === undefined ? undefined : usableBanks(level, pool.bits, pool.banks);
      const most = banks?.banks ?? usableBits(level, pool)!;
      const needs = kept.map((t) => ({
        lines: tileLines(r, m, t, i),
        lineBits: lineBits(level, t),
        inBank: banks?.linesIn(t) ?? 1,
      }));
      const need = (x: Float64Array) => {
        let all = 0;
        for (const n of needs)
          all += banks ? Math.ceil(valueAt(n.lines, x) / n.inBank) : valueAt(n.lines, x) * n.lineBits;
        return all;
      };
      return [{ fault, holds: (x) => need(x) <= most }];
    }),
  );
  const sums = a.levels.flatMap((level, i): Rule[] => {
    if (!level.holdsSums || !level.keeps.includes('Outputs')) return [];
    const leaving = r.unspared('Outputs', i);
    return [
      { fault: { kind: 'partial-sums', level: i, tensors: ['Outputs'] }, holds: (x) => valueAt(leaving, x) <= 1 },
    ];
  });
  const other = (holds: Rule['holds']): Rule => ({ fault: { kind: 'other' }, holds });
  const tight = ranges.length > 0 || free.some((d) => temporalOf[d]!.length === 0);
  const keeps = ({ factors }: Point) =>
    ranges.every((x) => productOf(x, factors) >= x.least && productOf(x, factors) <= x.most) &&
    free.every((d) => slotsOf[d]!.length > 0 && slotsOf[d]!.every((s) => room(s, d, factors) >= 1));
  const factorRules = tight ? [other((_, point) => keeps(point))] : [];
  if (!a.tiling) return [...factorRules, ...capacity, ...sums, ...(layer.pool ? [other(() => false)] : [])];
  const { inner, lanes, biasLines, longestLoop } = a.tiling;
  const lines = r.quotient(r.loops(['K', 'G'], { where: 'all' }), r.loops(['K'], { where: 'axes', names: [lanes] }));
  const windows = layer.pool
    ? (['P', 'Q'] as const).map((d) => ({
        extent: r.loops([d], { where: 'inside', level: childOf(m, inner, 'Outputs') }),
        window: layer.pool![d],
      }))
    : [];
  return [
    ...factorRules,
    ...capacity,
    ...sums,
    ...(hasBias(layer) ? [other((x) => valueAt(lines, x) <= biasLines)] : []),
    ...windows.map(({ extent, window }) => other((x) => valueAt(extent, x) % window === 0)),
    ...(menu.some((m) => Math.max(...m) > longestLoop)
      ? [other((_, { factors }) => factors.every((own) => temporal.every((s) => own[s]! <= longestLoop)))]
      : []),
  ];
}

/** Cycles of a machine that works tile by tile. */
function tiledTime({ machine: m, temporal }: Layout, r: Reading<Monomial>): (x: Float64Array, point: Point) => number {
  const tiling = m.architecture.tiling!;
  const work = workOf(r, m, tiling);
  const lasting = engines.map((e) => ({ beats: work[e].beats, latency: tiling.latency[e] }));
  const last = { compute: 0, load_i: 0, load_w: 0, drain: 0, fill: 0, spill: 0 };
  const nest = (level: number, { factors, orders }: Point) => {
    const loops: Loop[] = [];
    for (const s of temporal) {
      if (m.slots[s]!.level !== level) continue;
      for (let i = orders[s]!.length - 1; i >= 0; i--) {
        const d = orders[s]![i]!;
        if (factors[d]![s]! > 1) loops.push({ dim: dimensions[d]!, factor: factors[d]![s]! });
      }
    }
    return loops;
  };
  return (x, point) => {
    engines.forEach((e, i) => (last[e] = valueAt(lasting[i]!.beats, x) + lasting[i]!.latency));
    return cyclesOfSteps(nest(tiling.outer, point), nest(tiling.inner, point), (e: Engine) => last[e], tiling.step);
  };
}
