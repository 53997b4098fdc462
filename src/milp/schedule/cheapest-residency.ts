// The residency whose steps cost least together, by dynamic programming over the steps: a state is which of the tensors that
// are alive stay. Exact where costs are; where they are bounds from below, so is the sum. The same over all routes of a network.

import { got, nth } from '../../base/invariant.js';
import type { Residency, ResidencyProblem, StepState } from './residency.js';
import type { Routes, Stretch, StretchStep } from './routes.js';
import { noDetours, routesOf } from './routes.js';

export interface CheapestResidency {
  readonly residency: Residency;
  readonly cost: number;
}

export interface CheapestRoute {
  readonly route: readonly Stretch[];
  /** By the numbers of all tensors. */
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
  /** Which it is the last step of. */
  readonly stretch?: Stretch | undefined;
}

/** `fixed` says of some tensors whether they stay. Undefined where no residency has a cost. */
export function cheapestResidency(
  problem: ResidencyProblem,
  costOf: StepCost,
  fixed: ReadonlyMap<number, boolean> = new Map(),
): CheapestResidency | undefined {
  return cheapestRoute(routesOf(problem, noDetours), costOf, fixed);
}

/** The same of all routes; where a route has a tensor not at all, it is fixed for nothing there. */
export function cheapestRoute(
  routes: Routes,
  costOf: StepCost,
  fixed: ReadonlyMap<number, boolean> = new Map(),
): CheapestRoute | undefined {
  const { end, stretches, tensors } = routes;
  const states = Array.from({ length: end + 1 }, () => new Map<string, Reached>());
  nth(states, 0).set('', { kept: [], cost: 0, before: undefined, begun: [] });
  const byStart = new Map<number, Stretch[]>();
  for (const s of stretches) byStart.set(s.from, [...(byStart.get(s.from) ?? []), s]);
  for (let at = 0; at < end; at++) {
    for (const stretch of byStart.get(at) ?? []) {
      const last = stretch.steps.length - 1;
      let reached: Iterable<Reached> = nth(states, at).values();
      for (const [i, step] of stretch.steps.entries()) {
        const into = i === last ? nth(states, stretch.upTo) : new Map<string, Reached>();
        taken(routes, step, reached, costOf, fixed, into, i === last ? stretch : undefined);
        reached = into.values();
      }
    }
  }
  // Tensors do not outlive the last step: one state is left.
  const [found] = nth(states, end).values();
  if (!found) return undefined;
  const staying = new Set<number>();
  const route: Stretch[] = [];
  for (let at: Reached | undefined = found; at; at = at.before) {
    at.begun.forEach((t) => staying.add(t));
    if (at.stretch) route.unshift(at.stretch);
  }
  return { route, residency: tensors.map((_, t) => staying.has(t)), cost: found.cost };
}

/** States behind a step, the cheapest of those that are alike. */
function taken(
  routes: Pick<Routes, 'banks' | 'tensors'>,
  own: StretchStep,
  states: Iterable<Reached>,
  costOf: StepCost,
  fixed: ReadonlyMap<number, boolean>,
  into: Map<string, Reached>,
  stretch: Stretch | undefined,
): void {
  const { barred = [] } = own;
  const choices = choicesOf(
    own.begun.filter((t) => !barred.includes(t)),
    fixed,
  );
  for (const state of states) {
    if (state.kept.some((t) => barred.includes(t))) continue;
    for (const begun of choices) {
      const kept = [...state.kept, ...begun];
      const now = stateWith(routes, own, kept);
      const cost = now ? state.cost + costOf(now) : Infinity;
      if (cost === Infinity) continue;
      const left = leftBehind(own, kept);
      const key = left.join(' ');
      if (cost < (into.get(key)?.cost ?? Infinity)) into.set(key, { kept: left, cost, before: state, begun, stretch });
    }
  }
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

/** A step beside tensors that stay; undefined where they take more banks than there are. */
export function stateWith(
  { banks, tensors }: Pick<Routes, 'banks' | 'tensors'>,
  { step, operands }: StretchStep,
  kept: readonly number[],
): StepState | undefined {
  const free = banks - kept.reduce((sum, t) => sum + nth(tensors, t).banks, 0);
  return free < 0 ? undefined : { step, kept: operands.map((t) => kept.includes(t)), free };
}

/** Tensors that stay behind a step, by number. */
export const leftBehind = ({ ended }: StretchStep, kept: readonly number[]): readonly number[] =>
  kept.filter((t) => !ended.includes(t)).toSorted((a, b) => a - b);
