// The schedules of networks on a machine that the search over a space found.

import { defined, nth } from '../../../base/invariant.js';
import { keepsLimits, valueOf } from '../../../milp/master/master.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import type { Layer } from '../../../model/workload/layer.js';
import { shapeKey } from '../../../model/workload/layer.js';
import type { Found } from '../../../search/strategy.js';
import type { Chosen } from '../../network/network-question.js';
import { totalsOfChosen } from '../../network/network-question.js';
import type { Schedule } from '../../schedule/schedule-network.js';
import type { ScheduleObjective } from '../../schedule/schedule-question.js';
import type { TotalsProblem, UniqueLayer } from '../codesign-problem.js';
import { masterObjective } from '../codesign-problem.js';
import type { BoxSearch } from '../box-search.js';
import type { FoundMachine } from '../found-machine.js';
import { evaluatedOn } from '../found-machine.js';
import type { FoundSchedule } from './found-schedules.js';
import type { PickedSchedules } from './picked-schedules.js';

/** What was picked as mappings, evaluated; undefined where that is beyond a limit. */
export function scheduledMachine(
  search: BoxSearch,
  problem: TotalsProblem,
  shape: DesignPoint,
  { places, picks, schedules: networks }: PickedSchedules,
): FoundMachine | undefined {
  const terms = picks.map(({ layer }) => nth(search.askedLayers, layer));
  const items = picks.map(({ item }) => item);
  const evaluated = evaluatedOn(search.costs, problem, shape, places, terms, items);
  if (!evaluated) return undefined;
  const machine = { ...evaluated, schedules: { layers: terms.map(({ layer }) => layer), networks } };
  const totals = networks.map((_, k) => totalsOfChosen(chosenBy(machine, k)));
  return totals.every((own) => keepsLimits(own, problem.limits))
    ? { ...machine, value: search.valueOf(places, totals) }
    : undefined;
}

/** Of a network a step each. */
export function chosenBy({ found, schedules }: Partial<FoundMachine>, network: number): Chosen {
  const { layers, networks } = defined(schedules);
  return nth(networks, network).steps.map((i) => ({ layer: nth(layers, i), count: 1, found: nth(defined(found), i) }));
}

/** What schedules of a problem are sought by. */
export const objectiveOf = ({ objective }: TotalsProblem): ScheduleObjective =>
  objective === 'product' ? 'edp' : objective.energy > 0 ? 'energy' : 'latency';

export const valueOfSchedule = (objective: ScheduleObjective, chosen: Chosen): number =>
  valueOf(masterObjective[objective], totalsOfChosen(chosen));

/** What a network's schedule is, however it was found. */
export type NetworkSchedule = Pick<Schedule<readonly (number | undefined)[]>, 'residency' | 'chosen' | 'places'>;

/**
 * A machine with these schedules, of networks as they are weighed in a problem, or of its area; steps of one layer and one mapping
 * share it, whatever network they are of.
 */
export function machineOfSchedules(
  { point, value: area }: FoundMachine,
  each: readonly NetworkSchedule[],
  { isArea, objective, networks: weights }: TotalsProblem,
): FoundMachine {
  const layers: Layer[] = [];
  const found: Found[] = [];
  const known = new Map<string, number>();
  const networks = each.map(({ residency, chosen, places }): FoundSchedule => {
    const steps = chosen.map((step) => {
      const key = `${shapeKey(step.layer)} ${JSON.stringify(step.found.mapping)}`;
      const i = known.get(key) ?? layers.push(step.layer) - 1;
      if (!known.has(key)) found.push(step.found);
      known.set(key, i);
      return i;
    });
    return { residency, steps, places };
  });
  const value = isArea
    ? area
    : each.reduce((sum, { chosen }, k) => sum + nth(weights, k) * valueOf(objective, totalsOfChosen(chosen)), 0);
  return { point, value, found, schedules: { layers, networks } };
}

/** Layers of the mappings found, each as often as steps of each network take it. */
export function layersOfSchedules({ schedules }: Pick<FoundMachine, 'schedules'>): readonly UniqueLayer[] {
  const { layers, networks } = defined(schedules);
  return layers.map((layer, i) => ({
    layer,
    counts: networks.map(({ steps }) => steps.filter((s) => s === i).length),
    limits: {},
  }));
}
