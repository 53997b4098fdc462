// The schedule of a machine that the search over a space found.

import { defined, nth } from '../../../base/invariant.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import { shapeKey } from '../../../model/workload/layer.js';
import type { Chosen } from '../../network/network-question.js';
import { totalsOfChosen } from '../../network/network-question.js';
import type { Schedule } from '../../schedule/schedule-network.js';
import type { TotalsProblem, UniqueLayer } from '../codesign-problem.js';
import type { FoundMachine } from '../found-machine.js';
import { evaluatedOn } from '../found-machine.js';
import type { PickedSchedule, ScheduleSearch } from './schedule-search.js';

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

/** A schedule that was found on the machine some other way. */
export function machineOfSchedule(
  { point }: Pick<FoundMachine, 'point'>,
  { residency, chosen, value, places }: Schedule<readonly (number | undefined)[]>,
): FoundMachine {
  const keys = chosen.map(({ layer }) => shapeKey(layer));
  const firsts = [...new Set(keys)].map((key) => keys.indexOf(key));
  return {
    point,
    value,
    found: firsts.map((i) => nth(chosen, i).found),
    schedule: {
      residency,
      layers: firsts.map((i) => nth(chosen, i).layer),
      steps: keys.map((key) => firsts.findIndex((i) => nth(keys, i) === key)),
      places,
    },
  };
}

/** Layers of the mappings found, each as often as steps take it. */
export function layersOfSchedule({ schedule }: Pick<FoundMachine, 'schedule'>): readonly UniqueLayer[] {
  const { layers, steps } = defined(schedule);
  return layers.map((layer, i) => ({ layer, counts: [steps.filter((s) => s === i).length], limits: {} }));
}
