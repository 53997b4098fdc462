// Where the factors and loops of a mapping may go: what all points of one layer on one arrangement share.

import { factorize } from '../base/integers.js';
import type { Architecture } from '../model/architecture.js';
import type { Layer } from '../model/layer.js';
import { dimensions } from '../model/layer.js';
import type { Machine } from '../model/machine.js';
import { compile } from '../model/machine.js';
import { paddedBounds } from '../model/space.js';
import type { Task } from './strategy.js';

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
  /** What a dimension's factor in a slot may be multiplied by. */
  room(slot: number, d: number, factors: readonly (readonly number[])[]): number;
  /** Prime factors, as often as they divide, ascending. */
  primes(n: number): readonly number[];
}

export function layoutOf(task: Task, arrangement: number): Layout {
  const architecture = task.architectures[arrangement]!;
  const { layer } = task;
  const machine = compile(architecture, architecture.levels.map((l) => l.keeps));
  const { slots } = machine;
  const ofKind = (kind: 'temporal' | 'spatial') => slots.flatMap((s, i) => (s.kind === kind ? [i] : []));
  const slotsOf = dimensions.map((d) => slots.flatMap((s, i) => (s.dims.includes(d) ? [i] : [])));
  const known = new Map<number, readonly number[]>();
  return {
    task,
    arrangement,
    architecture,
    layer,
    machine,
    free: dimensions.flatMap((d, i) => (layer.bounds[d] > 1 ? [i] : [])),
    temporal: ofKind('temporal'),
    spatial: ofKind('spatial'),
    slotsOf,
    temporalOf: slotsOf.map((own) => own.filter((i) => slots[i]!.kind === 'temporal')),
    menu: dimensions.map((d) => paddedBounds(layer.bounds[d], task.padding)),
    room(slot, d, factors) {
      const s = slots[slot]!;
      if (s.kind === 'temporal') return Infinity;
      let used = 1;
      for (let i = 0; i < factors.length; i++) {
        const f = factors[i]![slot]!;
        if (s.axis.exclusive && i !== d && f > 1) return 1;
        used *= f;
      }
      return s.axis.size / used;
    },
    primes(n) {
      let found = known.get(n);
      if (!found) known.set(n, (found = [...factorize(n)].flatMap(([p, e]) => Array<number>(e).fill(p))));
      return found;
    },
  };
}
