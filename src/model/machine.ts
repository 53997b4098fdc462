// An architecture with the tensors that a mapping keeps, compiled to what the cost rules ask for: slots and chains.

import { invariant } from '../base/diagnostics.js';
import type { Architecture, Axis, Level, Storage } from './architecture.js';
import type { Dimension, Tensor } from './layer.js';

/** A place where a loop factor can go. Slots are ordered from outside in. */
export type Slot =
  | { readonly kind: 'temporal'; readonly level: number; readonly dims: readonly Dimension[] }
  | { readonly kind: 'spatial'; readonly level: number; readonly dims: readonly Dimension[]; readonly axis: Axis };

export interface Machine {
  readonly architecture: Architecture;
  readonly slots: readonly Slot[];
  /** Per tensor, the levels that keep it, outermost first. */
  readonly chains: Readonly<Record<Tensor, readonly number[]>>;
}

/** Throws on an internal error only: legality of `keep` is checked where mappings and architectures are read. */
export function compile(architecture: Architecture, keep: readonly (readonly Tensor[])[]): Machine {
  const slots = architecture.levels.flatMap((l, level): Slot[] => [
    ...(l.temporal.length > 0 ? [{ kind: 'temporal' as const, level, dims: l.temporal }] : []),
    ...l.axes.map((axis) => ({ kind: 'spatial' as const, level, dims: axis.dims, axis })),
  ]);
  const chain = (t: Tensor) => {
    const kept = architecture.levels.flatMap((_, i) => (keep[i]?.includes(t) ? [i] : []));
    invariant(kept.length > 0, `no level keeps ${t}`);
    return kept;
  };
  return { architecture, slots, chains: { Weights: chain('Weights'), Inputs: chain('Inputs'), Outputs: chain('Outputs') } };
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
