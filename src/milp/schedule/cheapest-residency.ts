// The residency whose steps cost least together, by dynamic programming over the steps: a state is which of the tensors that
// are alive stay. Exact where costs are; where they are bounds from below, so is the sum.

import { got, nth } from '../../base/invariant.js';
import type { Residency, ResidencyProblem, StepState } from './residency.js';

export interface CheapestResidency {
  readonly residency: Residency;
  readonly cost: number;
}

/** What a step costs; +Infinity where it cannot be. */
export type StepCost = (state: StepState) => number;

/** How a state was reached: tensors that stay, by number, the sum so far, and the state before. */
interface Reached {
  readonly kept: readonly number[];
  readonly cost: number;
  readonly before: Reached | undefined;
  /** Tensors of the step that stay from it on. */
  readonly begun: readonly number[];
}

/** `fixed` says of some tensors whether they stay. Undefined where no residency has a cost. */
export function cheapestResidency(
  { banks, tensors, operands }: ResidencyProblem,
  costOf: StepCost,
  fixed: ReadonlyMap<number, boolean> = new Map(),
): CheapestResidency | undefined {
  let states: readonly Reached[] = [{ kept: [], cost: 0, before: undefined, begun: [] }];
  for (const [step, own] of operands.entries()) {
    const begin = tensors.flatMap(({ from }, t) => (from === step ? [t] : []));
    const next = new Map<string, Reached>();
    for (const state of states) {
      for (const begun of choicesOf(begin, fixed)) {
        const kept = [...state.kept, ...begun];
        const free = banks - kept.reduce((sum, t) => sum + nth(tensors, t).banks, 0);
        if (free < 0) continue;
        const cost = state.cost + costOf({ step, kept: own.map((t) => kept.includes(t)), free });
        if (cost === Infinity) continue;
        const left = kept.filter((t) => nth(tensors, t).upTo > step);
        const key = left.join(' ');
        if (cost < (next.get(key)?.cost ?? Infinity)) next.set(key, { kept: left, cost, before: state, begun });
      }
    }
    states = [...next.values()];
  }
  // Tensors do not outlive the last step: one state is left.
  const [end] = states;
  if (!end) return undefined;
  const staying = new Set<number>();
  for (let at: Reached | undefined = end; at; at = at.before) at.begun.forEach((t) => staying.add(t));
  return { residency: tensors.map((_, t) => staying.has(t)), cost: end.cost };
}

/** Every choice of which of some tensors stay. */
export function choicesOf(
  list: readonly number[],
  fixed: ReadonlyMap<number, boolean>,
): readonly (readonly number[])[] {
  return list.reduce<readonly (readonly number[])[]>(
    (all, t) => {
      const may = fixed.has(t) ? [got(fixed, t)] : [false, true];
      return may.flatMap((stays) => (stays ? all.map((c) => [...c, t]) : all));
    },
    [[]],
  );
}
