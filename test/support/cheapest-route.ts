// The cheapest residency of a problem, and the cheapest route with its residency, for costs that are known.

import type { Residency, ResidencyProblem, StepState } from '../../src/milp/schedule/residency.js';
import type { Routes, Stretch } from '../../src/milp/schedule/routes.js';
import { noDetours, routesOf } from '../../src/milp/schedule/routes.js';
import { cheapestWay, scheduleOn, trellisOf } from '../../src/milp/schedule/trellis.js';

interface CheapestRoute {
  readonly route: readonly Stretch[];
  readonly residency: Residency;
  readonly cost: number;
  readonly states: readonly StepState[];
}

type StepCost = (state: StepState) => number;
type Fixed = ReadonlyMap<number, boolean>;

export const cheapestResidency = (problem: ResidencyProblem, costOf: StepCost, fixed?: Fixed) =>
  cheapestRoute(routesOf(problem, noDetours), costOf, fixed);

export function cheapestRoute(routes: Routes, costOf: StepCost, fixed: Fixed = new Map()): CheapestRoute | undefined {
  const trellis = trellisOf(routes, fixed, (state) => costOf(state) < Infinity);
  const found = cheapestWay(trellis, ({ state }) => costOf(state));
  const states = found?.moves.map(({ state }) => state) ?? [];
  return found && { ...scheduleOn(routes, found.moves), cost: found.cost, states };
}
