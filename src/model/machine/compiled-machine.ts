// An architecture with the tensors that a mapping keeps, compiled to what the cost rules ask for: slots and chains.

import { invariant } from '../../base/diagnostics.js';
import type { Architecture, Axis, Level, Storage } from './architecture.js';
import type { FactorRule } from '../mapping/constraints.js';
import type { Dimension, Tensor } from '../workload/layer.js';

/**
 * A place where a loop factor can go. Slots are ordered from outside in; a level has one in time, and where it has
 * loops in a fixed order one more for each of these, inside of it.
 */
export type Slot =
  | { readonly kind: 'temporal'; readonly level: number; readonly dims: readonly Dimension[] }
  | { readonly kind: 'spatial'; readonly level: number; readonly dims: readonly Dimension[]; readonly axis: Axis };

/** A rule on the product of a dimension's factors in some slots. */
export interface SlotRule {
  readonly level: number;
  readonly rule: FactorRule;
  readonly slots: readonly number[];
}

export interface Machine {
  readonly architecture: Architecture;
  readonly slots: readonly Slot[];
  readonly rules: readonly SlotRule[];
  /** Per tensor, the levels that keep it, outermost first. */
  readonly chains: Readonly<Record<Tensor, readonly number[]>>;
}

/** Those that keep what their levels do: searches ask for the same one with every mapping that they look at. */
const known = new WeakMap<Architecture, Machine>();

/** Throws on an internal error only: legality of `keep` is checked where mappings and architectures are read. */
export function compile(architecture: Architecture, keep: readonly (readonly Tensor[])[]): Machine {
  if (!architecture.levels.every((l, i) => l.keeps === keep[i])) return compiled(architecture, keep);
  const machine = known.get(architecture) ?? compiled(architecture, keep);
  known.set(architecture, machine);
  return machine;
}

function compiled(architecture: Architecture, keep: readonly (readonly Tensor[])[]): Machine {
  const slots = architecture.levels.flatMap((l, level): Slot[] => [
    ...inTime(l).map((dims) => ({ kind: 'temporal' as const, level, dims })),
    ...l.axes.map((axis) => ({ kind: 'spatial' as const, level, dims: axis.dims, axis })),
  ]);
  const rules = architecture.levels.flatMap((l, level) =>
    (l.factors ?? []).map((rule): SlotRule => {
      const covers = (s: Slot) =>
        s.level === level &&
        s.dims.includes(rule.dim) &&
        (s.kind === 'temporal' ? rule.axes.length === 0 : rule.axes.includes(s.axis.label));
      return { level, rule, slots: slots.flatMap((s, i) => (covers(s) ? [i] : [])) };
    }),
  );
  const chain = (t: Tensor) => {
    const kept = architecture.levels.flatMap((_, i) => (keep[i]?.includes(t) ? [i] : []));
    invariant(kept.length > 0, `no level keeps ${t}`);
    return kept;
  };
  return {
    architecture,
    slots,
    rules,
    chains: { Weights: chain('Weights'), Inputs: chain('Inputs'), Outputs: chain('Outputs') },
  };
}

/**
 * What may loop in time at a level, from the outside in: everything without a fixed
 * place, then one by one what has one.
 */
function inTime({ temporal, innermost = [] }: Level): readonly (readonly Dimension[])[] {
  const placed = innermost.filter((d) => temporal.includes(d)).toReversed();
  return [temporal.filter((d) => !placed.includes(d)), ...placed.map((d) => [d])].filter((dims) => dims.length > 0);
}

export const levelOf = (m: Machine, index: number): Level => {
  const level = m.architecture.levels[index];
  invariant(level, `no level ${index}`);
  return level;
};

export function storageOf(m: Machine, index: number, tensor: Tensor): Storage {
  const storage = levelOf(m, index).stores[tensor];
  invariant(storage, `${levelOf(m, index).name} cannot store ${tensor}`);
  return storage;
}

/** The kept level inside `index` for a tensor; the number of levels stands for the multipliers. */
export function childOf(m: Machine, index: number, tensor: Tensor): number {
  const chain = m.chains[tensor];
  return chain[chain.indexOf(index) + 1] ?? m.architecture.levels.length;
}
