// Every mapping of a small layer on a small machine, looked at one by one: all padded bounds, all factors, all loop orders.

import { countFactorizations, divisors } from '../base/integers.js';
import type { Architecture } from '../model/architecture.js';
import { allows } from '../model/constraints.js';
import type { Evaluation } from '../model/evaluate.js';
import { evaluate } from '../model/evaluate.js';
import { measure, withinLimits } from '../model/goal.js';
import type { Dimension, Layer } from '../model/layer.js';
import { dimensions } from '../model/layer.js';
import { breaches } from '../model/legality.js';
import type { Machine, Slot } from '../model/machine.js';
import { compile } from '../model/machine.js';
import type { Loop, Mapping } from '../model/mapping.js';
import { paddedBounds } from '../model/space.js';
import type { Found, Strategy, Task } from './strategy.js';
import { heuristicAnswer } from './strategy.js';

/** A mapping that the machine can run, whatever it costs. */
export interface Legal {
  readonly mapping: Mapping;
  readonly architecture: number;
  readonly evaluation: Evaluation;
}

/** Beyond this nobody looks at every mapping. */
export const mostMappings = 3e5;

/**
 * How many mappings a task has at most, legal or not: for each way to factor the bounds over the slots the orders of what
 * stands in time. Fan-outs are taken to have room for everything. Infinity where there are more than `most`.
 */
export function countMappings(task: Pick<Task, 'architectures' | 'layer' | 'padding'>, most = mostMappings): number {
  let total = 0;
  for (const a of task.architectures) {
    total += countOn(a, task.layer, task.padding, most);
    if (total > most) return Infinity;
  }
  return total;
}

function countOn(a: Architecture, layer: Layer, padding: boolean, most: number): number {
  const { slots } = machineOf(a);
  const temporal = slots.flatMap((s, i) => (s.kind === 'temporal' ? [i] : []));
  // By the number of loops in each temporal slot so far: how many ways lead there. Orders multiply as loops are put in.
  let ways = new Map<string, { readonly loops: readonly number[]; readonly count: number }>([['', { loops: temporal.map(() => 0), count: 1 }]]);
  for (const d of freeOf(layer)) {
    const own = temporal.flatMap((s, t) => (slots[s]!.dims.includes(d) ? [t] : []));
    const fanouts = slots.filter((s) => s.kind === 'spatial' && s.dims.includes(d)).length;
    const next = new Map<string, { readonly loops: readonly number[]; count: number }>();
    let sum = 0;
    for (const chosen of subsets(own)) {
      const factors = paddedBounds(layer.bounds[d], padding).reduce((n, o) => n + countWithin(o, chosen.length, fanouts), 0);
      if (factors === 0) continue;
      for (const { loops, count } of ways.values()) {
        const after = loops.map((n, t) => n + (chosen.includes(t) ? 1 : 0));
        const orders = chosen.reduce((n, t) => n * after[t]!, 1);
        const key = after.join(' ');
        const known = next.get(key) ?? { loops: after, count: 0 };
        known.count += count * factors * orders;
        sum += count * factors * orders;
        next.set(key, known);
      }
    }
    if (sum > most) return Infinity;
    ways = next;
  }
  return [...ways.values()].reduce((n, w) => n + w.count, 0);
}

/** Ways to write `n` with a factor above 1 in each of some slots and any in some others: inclusion and exclusion. */
function countWithin(n: number, full: number, any: number): number {
  let count = 0;
  let choose = 1;
  for (let empty = 0; empty <= full; empty++) {
    const slots = full - empty + any;
    count += (empty % 2 ? -1 : 1) * choose * (slots === 0 ? (n === 1 ? 1 : 0) : countFactorizations(n, slots));
    choose = (choose * (full - empty)) / (empty + 1);
  }
  return count;
}

/** All legal mappings of a task, one after the other; its limits play no part. */
export function* legalMappings({ architectures, layer, conventions, padding }: Pick<Task, 'architectures' | 'layer' | 'conventions' | 'padding'>): Generator<Legal | undefined> {
  for (const [architecture, a] of architectures.entries()) {
    const machine = machineOf(a);
    const { slots } = machine;
    for (const factors of factorsOf(machine, layer, padding)) {
      const nests = slots.map((s, i) => {
        const loops = [...factors].flatMap(([dim, f]) => (f[i]! > 1 ? [{ dim, factor: f[i]! }] : []));
        // Loops that run side by side have no order.
        return s.kind === 'temporal' ? permutations(loops) : [loops];
      });
      let first = true;
      for (const nest of product(nests)) {
        const mapping = mappingOf(a, slots, nest);
        const faults = breaches(a, layer, mapping, conventions);
        if (faults.length === 0) yield { mapping, architecture, evaluation: evaluate(a, layer, mapping, conventions) };
        // Only where sums go depends on the order of loops.
        else if (first && faults.some((f) => f.code !== 'partial-sums')) break;
        first = false;
      }
      // A turn for whoever looks at a clock, also where nothing is legal.
      yield undefined;
    }
  }
}

/** The best of all mappings, where these are few enough; proven. */
export const exhaustive: Strategy = {
  name: 'exhaustive',
  find(task, budget) {
    const most = Math.min(mostMappings, budget.evaluations);
    if (countMappings(task, most) > most) return Promise.resolve({ ...heuristicAnswer('exhaustive', undefined, 0), reason: `there are more than ${most} mappings to look at` });
    const end = budget.now() + budget.time * 1000;
    let best: Found | undefined;
    let evaluations = 0;
    for (const legal of legalMappings(task)) {
      if (budget.now() >= end) return Promise.resolve({ ...heuristicAnswer('exhaustive', best, evaluations), reason: 'time limit' });
      if (!legal) continue;
      evaluations++;
      if (!withinLimits(task.goal.limits, legal.evaluation)) continue;
      const objective = measure(task.goal.objective, legal.evaluation);
      if (objective < (best?.objective ?? Infinity)) best = { ...legal, objective };
    }
    return Promise.resolve({ ...heuristicAnswer('exhaustive', best, evaluations), status: best ? 'optimal' : 'infeasible', bound: best?.objective ?? Infinity, reason: '' });
  },
};

const machineOf = (a: Architecture): Machine => compile(a, a.levels.map((l) => l.keeps));
const freeOf = (layer: Layer): readonly Dimension[] => dimensions.filter((d) => layer.bounds[d] > 1);

/** Per dimension its factor in each slot, where fan-outs have room for them and rules allow them. */
function* factorsOf({ slots, rules }: Machine, layer: Layer, padding: boolean): Generator<ReadonlyMap<Dimension, readonly number[]>> {
  const kept = (d: Dimension, factors: readonly number[]) => rules.every(({ rule, slots: own }) => rule.dim !== d || allows(rule, own.reduce((n, i) => n * factors[i]!, 1)));
  const each = freeOf(layer).map((d) => [d, paddedBounds(layer.bounds[d], padding).flatMap((o) => split(o, 0, d)).filter((factors) => kept(d, factors))] as const);
  const chosen = new Map<Dimension, readonly number[]>();
  yield* choose(0, slots.map((s) => (s.kind === 'spatial' ? s.axis.size : Infinity)));

  function* choose(k: number, room: readonly number[]): Generator<ReadonlyMap<Dimension, readonly number[]>> {
    if (k === each.length) return yield chosen;
    const [d, all] = each[k]!;
    for (const factors of all) {
      if (factors.some((f, i) => f > room[i]!)) continue;
      chosen.set(d, factors);
      yield* choose(k + 1, room.map((r, i) => r / factors[i]!));
    }
  }

  function split(n: number, i: number, d: Dimension): number[][] {
    const slot = slots[i];
    if (!slot) return n === 1 ? [[]] : [];
    const own = slot.dims.includes(d) ? divisors(n).filter((f) => slot.kind === 'temporal' || f <= slot.axis.size) : [1];
    return own.flatMap((f) => split(n / f, i + 1, d).map((more) => [f, ...more]));
  }
}

const mappingOf = (a: Architecture, slots: readonly Slot[], nest: readonly (readonly Loop[])[]): Mapping => ({
  levels: a.levels.map((l, level) => ({
    name: l.name,
    keep: l.keeps,
    temporal: slots.flatMap((s, i) => (s.level === level && s.kind === 'temporal' ? nest[i]! : [])),
    spatial: slots.flatMap((s, i) => (s.level === level && s.kind === 'spatial' ? nest[i]!.map((x) => ({ ...x, axis: s.axis.label })) : [])),
  })),
});

const subsets = <T>(xs: readonly T[]): T[][] => xs.reduce<T[][]>((all, x) => [...all, ...all.map((s) => [...s, x])], [[]]);
const permutations = <T>(xs: readonly T[]): T[][] => (xs.length === 0 ? [[]] : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((p) => [x, ...p])));

function* product<T>(lists: readonly (readonly T[])[], k = 0): Generator<T[]> {
  if (k === lists.length) return yield [];
  for (const x of lists[k]!) for (const rest of product(lists, k + 1)) yield [x, ...rest];
}
