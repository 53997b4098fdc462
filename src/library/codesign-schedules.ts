// The best machine of a space together with a schedule of each network on it: tensors may stay in the global buffer between runs.

import { got, nth } from '../base/invariant.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { spaceWithResidency } from '../model/space/design-space.js';
import { shapeKey } from '../model/workload/layer.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import { codesign } from '../tuner/codesign/codesign.js';
import type { Codesign, CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { UniqueLayer } from '../tuner/codesign/codesign-problem.js';
import type { CodesignBest, CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import type { ScheduleOverSpace } from '../tuner/codesign/schedules/keeping.js';
import { stepCosts } from '../tuner/codesign/parameter-steps.js';
import { leastScheduled } from '../tuner/codesign/schedules/least-scheduled.js';
import { schedulesOver } from '../tuner/codesign/schedules/schedule-strategy.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import type { Explainers } from './explain-codesign.js';
import { keepingOver } from './keeping-over.js';
import type { LoweredNetwork } from './lowered-networks.js';
import { runsOf } from './lowered-networks.js';
import type { MachineWithSchedules } from './schedule-of-machine.js';
import { scheduleOn } from './schedule-of-machine.js';
import { layerOfRun } from './schedule-on-machine.js';
import { SchedulesOnMachines } from './schedules-on-machines.js';

export interface SchedulesAsked {
  readonly space: DesignSpace;
  /** Those of the requests. */
  readonly networks: readonly LoweredNetwork[];
  /** Whether layers that read an input of a network may be folded. */
  readonly folds: boolean;
}

export interface CodesignedSchedules {
  readonly result: CodesignResult;
  /** What was asked, of the layers with what stays around them: those of the result. */
  readonly request: CodesignRequest;
  /** Of each network on the machine found; `bound` of the only one is that of all machines. None where none was found. */
  readonly schedules: readonly ScheduleResult[];
}

export type SearchSchedules = (request: CodesignRequest, hooks: CodesignHooks) => Promise<CodesignedSchedules>;

/** The machines alone. */
export const asCodesign =
  (search: SearchSchedules): Codesign =>
  async (request, hooks) =>
    (await search(request, hooks)).result;

/** What is told of machines of the space that were found, for a request about it. */
export type TellSchedules = (
  request: CodesignRequest,
  found: Pick<CodesignResult, 'best' | 'bound' | 'seconds'>,
) => Pick<CodesignedSchedules, 'request' | 'schedules'>;

/** Searches of a space for what `schedulable` lets pass: an objective, and limits on the area and on totals of every network. */
export function codesignsSchedules(asked: SchedulesAsked, columns: AskColumns): SearchSchedules {
  const { codesign, tell } = machinesWithSchedules(asked, columns);
  return async (request, hooks) => {
    const result = await codesign(request, hooks);
    return { result, ...tell(request, result) };
  };
}

export interface MachinesWithSchedules extends Pick<Explainers, 'stepCosts'> {
  readonly codesign: Codesign;
  readonly tell: TellSchedules;
}

/** The same, where what is told of a machine may be asked apart: many searches find one. */
export function machinesWithSchedules(asked: SchedulesAsked, columns: AskColumns): MachinesWithSchedules {
  const { space, over, layers, on, told } = schedulesInSpace(asked);
  return {
    stepCosts: (given, best, hooks, deadline) => {
      const request = { ...given, space };
      return stepCosts(request, best, hooks, deadline, leastScheduled(over, layers, on(request, columns, hooks)));
    },
    codesign: (given, hooks) => {
      const request = { ...given, space };
      return codesign(request, hooks, schedulesOver(over, layers, on(request, columns, hooks)));
    },
    tell: (given, found) => {
      const request = { ...given, space };
      const { best } = found;
      return {
        request: best ? withLayersOf(request, best) : request,
        schedules: best ? over.map((_, k) => told(request, columns, best, k, found)) : [],
      };
    },
  };
}

/** What a search of a space for schedules needs. */
interface SchedulesInSpace {
  /** With residency and without. */
  readonly space: DesignSpace;
  /** Of each network. */
  readonly over: readonly ScheduleOverSpace[];
  /** Of the steps of all networks. */
  readonly layers: readonly UniqueLayer[];
  /** Schedules on single machines of the space, for a request about it. */
  readonly on: (
    request: CodesignRequest,
    columns: AskColumns,
    hooks: Pick<CodesignHooks, 'now' | 'stopped'>,
  ) => SchedulesOnMachines;
  /** The schedule of a network, by its number, on a machine that was found. */
  readonly told: (
    request: CodesignRequest,
    columns: AskColumns,
    best: MachineWithSchedules,
    k: number,
    proven: Pick<CodesignResult, 'bound' | 'seconds'>,
  ) => ScheduleResult;
}

export function schedulesInSpace(asked: SchedulesAsked): SchedulesInSpace {
  const { folds } = asked;
  const space = spaceWithResidency(asked.space);
  const runs = asked.networks.map((network) => runsOf(network).map((run) => layerOfRun(run, folds)));
  const keys = runs.map((own) => own.map(shapeKey));
  const firsts = new Map(
    runs
      .flat()
      .map((layer) => [shapeKey(layer), layer] as const)
      .reverse(),
  );
  const order = [...new Set(keys.flat())];
  const layers = order.map((key) => ({
    layer: got(firsts, key),
    counts: keys.map((own) => own.filter((k) => k === key).length),
    limits: {},
  }));
  const networks = asked.networks.map((network, k) => ({
    ...network,
    over: { steps: nth(keys, k).map((key) => order.indexOf(key)), keeping: keepingOver(network, space) },
  }));
  return {
    space,
    over: networks.map(({ over }) => over),
    layers,
    on: (request, columns, hooks) => new SchedulesOnMachines({ request, networks, folds }, columns, hooks),
    told: (request, columns, ...found) => scheduleOn({ request, networks, folds }, columns, ...found),
  };
}

const withLayersOf = (request: CodesignRequest, best: CodesignBest): CodesignRequest => ({
  ...request,
  networks: request.networks.map(({ network, weight }, k) => ({
    weight,
    network: {
      ...network,
      layers: best.layers.flatMap(({ layer, counts }) => {
        const count = nth(counts, k);
        return count > 0 ? [{ layer, count }] : [];
      }),
    },
  })),
});
