// Schedules of networks on single machines that a search over a space finds: with places for what stays, or with nothing kept.

import { defined, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { runsIn } from '../compile/network-program.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';
import { templateAt } from '../model/space/design-space.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import type { CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { TotalsProblem, UniqueLayer } from '../tuner/codesign/codesign-problem.js';
import type {
  CodesignBest,
  CodesignLayer,
  CodesignRequest,
  CodesignResult,
} from '../tuner/codesign/codesign-request.js';
import type { FoundMachine } from '../tuner/codesign/found-machine.js';
import type { NetworkSchedule } from '../tuner/codesign/schedules/scheduled-machine.js';
import {
  chosenBy,
  machineOfSchedules,
  objectiveOf,
  valueOfSchedule,
} from '../tuner/codesign/schedules/scheduled-machine.js';
import type { ScheduleOverSpace } from '../tuner/codesign/schedules/keeping.js';
import { keepingOf } from '../tuner/codesign/schedules/keeping.js';
import type { ScheduledMachines } from '../tuner/codesign/schedules/schedule-strategy.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import type { Chosen } from '../tuner/network/network-question.js';
import { scheduleNetwork } from '../tuner/schedule/schedule-network.js';
import type { ScheduleObjective } from '../tuner/schedule/schedule-question.js';
import { routesIn, scheduleObjectives } from '../tuner/schedule/schedule-question.js';
import type { LoweredNetwork } from './lowered-networks.js';
import { scheduleResult } from './schedule-answer.js';
import { noBands } from './schedule-bands.js';
import { onMachine } from './schedule-on-machine.js';

/** A network whose schedule is sought. */
export interface Scheduled extends LoweredNetwork {
  readonly over: ScheduleOverSpace;
}

interface Asked {
  readonly request: CodesignRequest;
  readonly networks: readonly Scheduled[];
  /** Whether layers that read an input of a network may be folded. */
  readonly folds: boolean;
}

/** What of a machine says the schedules on it. */
interface OnMachine extends Pick<CodesignBest, 'point' | 'schedules'> {
  readonly layers: readonly Pick<CodesignLayer, 'layer' | 'found'>[];
}

const limitedFirst = (limits: NetworkLimits): ScheduleObjective =>
  scheduleObjectives.find((o) => limits[o] !== undefined) ?? 'latency';

export class SchedulesOnMachines implements ScheduledMachines {
  constructor(
    private readonly asked: Asked,
    private readonly columns: AskColumns,
    private readonly hooks: Pick<CodesignHooks, 'now' | 'stopped'>,
  ) {}

  async placed(machine: FoundMachine, problem: TotalsProblem, deadline: number): Promise<FoundMachine | undefined> {
    const each: NetworkSchedule[] = [];
    for (const [k, network] of this.asked.networks.entries()) {
      const own = await this.scheduleOf(network, machine, k, problem, deadline);
      if (!own) return undefined;
      each.push(own);
    }
    return machineOfSchedules(machine, each, problem);
  }

  keepingNothing(machine: FoundMachine, layers: readonly UniqueLayer[], problem: TotalsProblem): FoundMachine {
    const each = this.asked.networks.map((network): NetworkSchedule => {
      const { may } = this.on(network, machine);
      const chosen = network.over.steps.map((i) => ({ ...nth(layers, i), count: 1, found: nth(machine.found, i) }));
      const [residency, places] = [may.tensors.map(() => false), may.tensors.map(() => undefined)];
      return { residency, places, chosen: named(network, chosen) };
    });
    return machineOfSchedules(machine, each, problem);
  }

  /** That of the machine where its images have places, or the best there whose have. */
  private async scheduleOf(
    network: Scheduled,
    machine: FoundMachine,
    k: number,
    problem: TotalsProblem,
    deadline: number,
  ): Promise<NetworkSchedule | undefined> {
    const { hooks } = this;
    const { place, question, may } = this.on(network, machine);
    const schedule = nth(defined(machine.schedules).networks, k);
    const names = keepingOf(network.over, machine.point).tensors.map(({ name }) => name);
    const stays = new Set(names.filter((_, i) => schedule.residency[i]));
    const residency = may.tensors.map(({ tensor }) => stays.has(tensor));
    const own = chosenBy(machine, k);
    const placed = place(residency, own, question(true).problem);
    if (typeof placed !== 'string') return { residency, chosen: named(network, own), places: placed.places };
    const patience = {
      left: () => Math.max(0, (deadline - hooks.now()) / 1000),
      over: () => hooks.stopped() || hooks.now() >= deadline,
    };
    const answer = await scheduleNetwork(question(true), objectiveOf(problem), place, patience, problem.limits);
    if (answer.status !== 'found') return undefined;
    return { ...answer.schedule, chosen: named(network, answer.schedule.chosen) };
  }

  /** Of a network on a machine that a search found. */
  result(best: OnMachine, k: number, { bound, seconds }: Pick<CodesignResult, 'bound' | 'seconds'>): ScheduleResult {
    const { request, networks, folds } = this.asked;
    const network = nth(networks, k);
    const { technology, padding, timeLimit } = request;
    const { area: _, ...onTotals } = request.limits;
    // On the smallest machine a schedule that keeps the limits will do.
    const objective = scheduleObjectives.find((o) => o === request.objective) ?? limitedFirst(onTotals);
    const { template, may, question } = this.on(network, best);
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
      runsIn(network.made),
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

  private on({ made }: LoweredNetwork, { point }: Pick<FoundMachine, 'point'>) {
    const { request, folds } = this.asked;
    const { space, technology, padding } = request;
    const template = templateAt(space, point);
    invariant(template, 'a machine that is none');
    const of = { template, technology, padding, folds, residency: template.residency === 1 };
    return { template, ...onMachine(made, of, this.columns) };
  }
}

/** Each layer has the name of its run. */
const named = ({ made }: LoweredNetwork, chosen: Chosen): Chosen =>
  chosen.map((step, i) => ({ ...step, layer: { ...step.layer, name: nth(runsIn(made), i).layer.name } }));
