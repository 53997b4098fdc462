// The schedule of a network on a machine that a search over a space found, as `schedule` tells one.

import { defined, nth } from '../base/invariant.js';
import { runsIn } from '../compile/network-program.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import type { CodesignBest, CodesignLayer, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { valueOfSchedule } from '../tuner/codesign/schedules/scheduled-machine.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import type { ScheduleObjective } from '../tuner/schedule/schedule-question.js';
import { routesIn, scheduleObjectives } from '../tuner/schedule/schedule-question.js';
import { loweredAt } from './lowered-networks.js';
import { scheduleResult } from './schedule-answer.js';
import { noBands } from './schedule-bands.js';
import type { SchedulesSought } from './schedules-on-machines.js';
import { onPoint } from './schedules-on-machines.js';

/** What of a machine says the schedules on it. */
export interface MachineWithSchedules extends Pick<CodesignBest, 'point' | 'schedules'> {
  readonly layers: readonly Pick<CodesignLayer, 'layer' | 'found'>[];
}

const limitedFirst = (limits: NetworkLimits): ScheduleObjective =>
  scheduleObjectives.find((o) => limits[o] !== undefined) ?? 'latency';

/** Of a network by its number; `bound` is of all machines, and told of the only network. */
export function scheduleOn(
  sought: SchedulesSought,
  columns: AskColumns,
  best: MachineWithSchedules,
  k: number,
  { bound, seconds }: Pick<CodesignResult, 'bound' | 'seconds'>,
): ScheduleResult {
  const { request, networks, folds } = sought;
  const network = nth(networks, k);
  const { technology, padding, timeLimit } = request;
  const { area: _, ...onTotals } = request.limits;
  // On the smallest machine a schedule that keeps the limits will do.
  const objective = scheduleObjectives.find((o) => o === request.objective) ?? limitedFirst(onTotals);
  const { template, may, question } = onPoint(sought, network, best, columns);
  const { residency, places, steps } = nth(defined(best.schedules), k);
  const asking = question(true);
  const chosen = steps.map((i) => ({ ...nth(best.layers, i), count: 1 }));
  const value = valueOfSchedule(objective, chosen);
  const schedule = {
    problem: asking.problem,
    route: routesIn(asking).stretches,
    residency,
    places: defined(places),
    value,
    chosen,
  };
  const made = scheduleResult(
    {
      graph: network.graph,
      arch: template.name,
      template,
      technology,
      objective,
      limits: onTotals,
      padding,
      folds,
      residency: template.residency === 1,
      bands: false,
      weights: false,
      timeLimit,
    },
    runsIn(loweredAt(network, template)),
    may,
    noBands,
    { status: 'found', schedule, bound: Math.min(bound, value), prices: [] },
    {},
    seconds,
  );
  const isArea = request.objective === 'area';
  if (networks.length === 1 && !isArea) return made;
  const reason = isArea ? 'what is proven is of the area' : 'what is proven is of all networks together';
  return { ...made, status: 'feasible', reason, bound: null, gap: null };
}
