// A mapping as heuristics move it: per dimension a factor in each slot, per slot an order of the loops.

import { factorize } from '../base/integers.js';
import type { Random } from '../base/random.js';
import type { Architecture } from '../model/architecture.js';
import type { Conventions } from '../model/conventions.js';
import { evaluate } from '../model/evaluate.js';
import type { Goal } from '../model/goal.js';
import { measure, withinLimits } from '../model/goal.js';
import type { Dimension, Layer } from '../model/layer.js';
import { dimensions } from '../model/layer.js';
import { breaches } from '../model/legality.js';
import type { Machine } from '../model/machine.js';
import { compile } from '../model/machine.js';
import type { Mapping } from '../model/mapping.js';
import { paddedBounds } from '../model/space.js';
import type { Found, Task } from './strategy.js';

export interface Point {
  /** factors[d][s]: factor of dimension number d in slot s. */
  readonly factors: readonly (readonly number[])[];
  /** Per slot, dimension numbers from the outermost loop in. */
  readonly orders: readonly (readonly number[])[];
}

/** The mappings of one layer on one arrangement, to be sampled and moved through. */
export interface Space {
  random(chance: Random): Point;
  /** The point, changed in one place: a prime moved, a bound padded otherwise, two loops swapped. */
  neighbour(point: Point, chance: Random): Point;
  decode(point: Point): Mapping;
  /** Undefined where the mapping is not legal or misses a limit. */
  judge(point: Point): Found | undefined;
}

export function space(task: Task, arrangement: number): Space {
  const a: Architecture = task.architectures[arrangement]!;
  const layer: Layer = task.layer;
  const m: Machine = compile(a, a.levels.map((l) => l.keeps));
  const free = dimensions.flatMap((d, i) => (layer.bounds[d] > 1 ? [i] : []));
  const slotsOf = dimensions.map((d) => m.slots.flatMap((s, i) => (s.dims.includes(d) ? [i] : [])));
  const menu = dimensions.map((d) => paddedBounds(layer.bounds[d], task.padding));
  const ones = m.slots.map(() => 1);

  const room = (slot: number, d: number, factors: readonly (readonly number[])[]) => {
    const s = m.slots[slot]!;
    if (s.kind === 'temporal') return Infinity;
    if (s.axis.exclusive && factors.some((f, i) => i !== d && f[slot]! > 1)) return 1;
    return s.axis.size / factors.reduce((n, f) => n * f[slot]!, 1);
  };

  /** Primes of a bound dealt out over the slots, one by one, where they fit; fan-outs are favoured. */
  function deal(d: number, factors: number[][], chance: Random): void {
    factors[d] = [...ones];
    // Mostly the bound itself: padding rarely pays.
    const bound = chance.next() < 0.8 ? menu[d]![0]! : chance.pick(menu[d]!);
    for (const [p, e] of factorize(bound)) {
      for (let i = 0; i < e; i++) {
        const open = slotsOf[d]!.filter((s) => room(s, d, factors) >= p);
        const axes = open.filter((s) => m.slots[s]!.kind === 'spatial');
        factors[d]![axes.length > 0 && chance.next() < 0.5 ? chance.pick(axes) : chance.pick(open)]! *= p;
      }
    }
  }

  return {
    random(chance) {
      const factors = dimensions.map(() => [...ones]);
      for (const d of chance.shuffle(free)) deal(d, factors, chance);
      return { factors, orders: m.slots.map(() => chance.shuffle(free)) };
    },

    neighbour(point, chance) {
      // A layer of one multiplication has one mapping.
      if (free.length === 0) return point;
      const kind = chance.next();
      if (kind < 0.25 && free.length > 1) {
        const s = chance.below(m.slots.length);
        const orders = point.orders.map((o, i) => {
          if (i !== s) return o;
          const swapped = [...o];
          const [x, y] = [chance.below(o.length), chance.below(o.length)];
          [swapped[x], swapped[y]] = [swapped[y]!, swapped[x]!];
          return swapped;
        });
        return { factors: point.factors, orders };
      }
      const factors = point.factors.map((f) => [...f]);
      const d = chance.pick(free);
      if (kind < 0.32) {
        deal(d, factors, chance);
        return { factors, orders: point.orders };
      }
      const from = chance.pick(slotsOf[d]!.filter((s) => factors[d]![s]! > 1));
      const p = chance.pick([...factorize(factors[d]![from]!).keys()]);
      factors[d]![from]! /= p;
      const to = chance.pick(slotsOf[d]!.filter((s) => room(s, d, factors) >= p));
      factors[d]![to]! *= p;
      return { factors, orders: point.orders };
    },

    decode,
    judge: (point) => judge(task.goal, task.conventions, a, arrangement, layer, decode(point)),
  };

  function decode({ factors, orders }: Point): Mapping {
    return {
      levels: a.levels.map((level, i) => ({
        name: level.name,
        keep: level.keeps,
        temporal: loops('temporal', i).map(({ dim, factor }) => ({ dim, factor })),
        spatial: loops('spatial', i).map(({ dim, factor, axis }) => ({ dim, factor, axis })),
      })),
    };
    function loops(kind: 'temporal' | 'spatial', level: number): { dim: Dimension; factor: number; axis: string }[] {
      return m.slots.flatMap((s, k) =>
        s.kind !== kind || s.level !== level
          ? []
          : orders[k]!.flatMap((d) => (factors[d]![k]! > 1 ? [{ dim: dimensions[d]!, factor: factors[d]![k]!, axis: s.kind === 'spatial' ? s.axis.label : '' }] : [])),
      );
    }
  }
}

/** The verdict on one mapping: undefined where it is not legal or misses a limit. */
export function judge(goal: Goal, conventions: Conventions, a: Architecture, arrangement: number, layer: Layer, mapping: Mapping): Found | undefined {
  if (breaches(a, layer, mapping, conventions).length > 0) return undefined;
  const evaluation = evaluate(a, layer, mapping, conventions);
  if (!withinLimits(goal.limits, evaluation)) return undefined;
  return { mapping, architecture: arrangement, evaluation, objective: measure(goal.objective, evaluation) };
}
