// The schedule of a machine that the search over a space found.

import { defined, nth } from '../../../base/invariant.js';
import type { Residency } from '../../../milp/schedule/residency.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import type { Layer } from '../../../model/workload/layer.js';
import type { Chosen } from '../../network/network-question.js';
import { totalsOfChosen } from '../../network/network-question.js';
import type { TotalsProblem } from '../codesign-problem.js';
import type { FoundMachine } from '../found-machine.js';
import { evaluatedOn } from '../found-machine.js';
import type { PickedSchedule, ScheduleSearch } from './schedule-search.js';

export interface FoundSchedule {
  readonly residency: Residency;
  /** Of each mapping found the layer, with what stays around it. */
  readonly layers: readonly Layer[];
  /** Of each step the number of its mapping. */
  readonly steps: readonly number[];
}

/** What was picked as mappings, evaluated. */
export function scheduledMachine(
  search: ScheduleSearch,
  problem: TotalsProblem,
  shape: DesignPoint,
  { places, picks, schedule }: PickedSchedule,
): FoundMachine | undefined {
  const terms = picks.map(({ layer }) => nth(search.variants.layers, layer));
  const items = picks.map(({ item }) => item);
  const evaluated = evaluatedOn(search.costs, problem, shape, places, terms, items);
  if (!evaluated) return undefined;
  const found = {
    residency: schedule.residency,
    layers: terms.map(({ layer }) => layer),
    steps: schedule.steps.map((variant) => picks.findIndex(({ layer }) => layer === variant)),
  };
  const machine = { ...evaluated, schedule: found };
  return { ...machine, value: search.valueOf(places, [totalsOfChosen(chosenOf(machine))]) };
}

/** A step each. */
export function chosenOf({ found, schedule }: Pick<FoundMachine, 'found' | 'schedule'>): Chosen {
  const { layers, steps } = defined(schedule);
  return steps.map((i) => ({ layer: nth(layers, i), count: 1, found: nth(found, i) }));
}
