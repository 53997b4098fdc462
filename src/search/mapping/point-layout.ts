// Where the factors and loops of a mapping may go: what all points of one layer on one arrangement share.

import { nth } from '../../base/invariant.js';
import { factorize } from '../../base/integers.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { rangeOf } from '../../model/mapping/constraints.js';
import { openKeeps } from '../../model/machine/keeping.js';
import type { Layer } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { compile } from '../../model/machine/compiled-machine.js';
import { paddedBounds } from '../../model/mapping/mapping-space.js';
import type { Task } from '../strategy.js';

/** What the factors of dimension number d multiply to in some slots, at least and at most. */
export interface Range {
  readonly d: number;
  readonly slots: readonly number[];
  readonly min: number;
  readonly max: number;
}

/** A mapping as heuristics move it. */
export interface Point {
  /** factors[d][s]: factor of dimension number d in slot s. */
  readonly factors: readonly (readonly number[])[];
  /** Per slot, dimension numbers from the outermost loop in. */
  readonly orders: readonly (readonly number[])[];
}

export interface Layout {
  readonly task: Task;
  readonly arrangement: number;
  /** Choices that the arrangement leaves of what its levels keep. */
  readonly openKeeps: number;
  /** The arrangement with all of them made. */
  readonly architecture: Architecture;
  readonly layer: Layer;
  readonly machine: Machine;
  /** Numbers of the dimensions with a loop. */
  readonly free: readonly number[];
  /** Numbers of the slots in time and in space, outermost first. */
  readonly temporal: readonly number[];
  readonly spatial: readonly number[];
  /** Per dimension the slots that may loop over it, and those of them in time. */
  readonly slotsOf: readonly (readonly number[])[];
  readonly temporalOf: readonly (readonly number[])[];
  /** Per dimension the bounds that it may be padded to, its own first. */
  readonly menu: readonly (readonly number[])[];
  /** What the machine requires of factors. */
  readonly ranges: readonly Range[];
  /** What a dimension's factor in a slot may be multiplied by. */
  room: (slot: number, d: number, factors: readonly (readonly number[])[]) => number;
  /** What a dimension's factors fall short of. */
  short: (d: number, factors: readonly (readonly number[])[]) => readonly Range[];
  /** Whether a slot has room for an amount that was taken out elsewhere, and for what is missing there without it. */
  takes: (slot: number, d: number, amount: number, factors: readonly (readonly number[])[]) => boolean;
  /** Prime factors, as often as they divide, ascending. */
  primes: (n: number) => readonly number[];
}

/** `architecture` is the arrangement with all choices made of what its levels keep. */
export function layoutOf(task: Task, arrangement: number, architecture: Architecture): Layout {
  const { layer } = task;
  const machine = compile(
    architecture,
    architecture.levels.map((l) => l.keeps),
  );
  const { slots } = machine;
  const ofKind = (kind: 'temporal' | 'spatial') => slots.flatMap((s, i) => (s.kind === kind ? [i] : []));
  const slotsOf = dimensions.map((d) => slots.flatMap((s, i) => (s.dims.includes(d) ? [i] : [])));
  const ranges = machine.rules.map(({ rule, slots: own }): Range => ({
    d: dimensions.indexOf(rule.dim),
    slots: own,
    ...rangeOf(rule),
  }));
  const rangesAt = slots.map((_, s) =>
    dimensions.map((_, d) => ranges.filter((r) => r.d === d && r.slots.includes(s))),
  );
  const known = new Map<number, readonly number[]>();
  const room: Layout['room'] = (slot, d, factors) => {
    const s = nth(slots, slot);
    let free = Infinity;
    for (const r of nth(nth(rangesAt, slot), d)) free = Math.min(free, r.max / productOf(r, factors));
    if (s.kind === 'temporal') return free;
    let used = 1;
    for (let i = 0; i < factors.length; i++) {
      const f = nth(nth(factors, i), slot);
      if (s.axis.exclusive && i !== d && f > 1) return 1;
      used *= f;
    }
    return Math.min(free, s.axis.size / used);
  };
  const short: Layout['short'] = (d, factors) =>
    ranges.length === 0 ? ranges : ranges.filter((r) => r.d === d && productOf(r, factors) < r.min);
  return {
    task,
    arrangement,
    openKeeps: openKeeps(nth(task.architectures, arrangement)).length,
    architecture,
    layer,
    machine,
    free: dimensions.flatMap((d, i) => (layer.bounds[d] > 1 ? [i] : [])),
    temporal: ofKind('temporal'),
    spatial: ofKind('spatial'),
    slotsOf,
    temporalOf: slotsOf.map((own) => own.filter((i) => nth(slots, i).kind === 'temporal')),
    menu: dimensions.map((d, i) =>
      divisible(
        paddedBounds(layer.bounds[d], task.padding),
        ranges.reduce((n, r) => (r.d === i && r.min === r.max ? n * r.min : n), 1),
      ),
    ),
    ranges,
    room,
    short,
    takes: (slot, d, amount, factors) =>
      room(slot, d, factors) >= amount && short(d, factors).every((r) => r.slots.includes(slot)),
    primes(n) {
      let found = known.get(n);
      if (!found) known.set(n, (found = [...factorize(n)].flatMap(([p, e]) => Array<number>(e).fill(p))));
      return found;
    },
  };
}

export const productOf = ({ d, slots }: Range, factors: readonly (readonly number[])[]): number =>
  slots.reduce((n, s) => n * nth(nth(factors, d), s), 1);

/** Bounds that have fixed factors in them; all of them where none has, for then no mapping is legal. */
function divisible(bounds: readonly number[], fixed: number): readonly number[] {
  const whole = bounds.filter((b) => b % fixed === 0);
  return whole.length > 0 ? whole : bounds;
}
