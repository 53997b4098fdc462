// Schedules of networks on single machines that a search over a space finds: with places for what stays, or with nothing kept.

import { defined, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { templateAt } from '../model/space/design-space.js';
import type { CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { TotalsProblem, UniqueLayer } from '../tuner/codesign/codesign-problem.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import type { FoundMachine } from '../tuner/codesign/found-machine.js';
import type { NetworkSchedule } from '../tuner/codesign/schedules/scheduled-machine.js';
import { chosenBy, machineOfSchedules, objectiveOf } from '../tuner/codesign/schedules/scheduled-machine.js';
import type { ScheduleOverSpace } from '../tuner/codesign/schedules/keeping.js';
import { keepingOf } from '../tuner/codesign/schedules/keeping.js';
import type { ScheduledMachines } from '../tuner/codesign/schedules/schedule-strategy.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import type { Chosen } from '../tuner/network/network-question.js';
import { scheduleNetwork } from '../tuner/schedule/schedule-network.js';
import type { LoweredNetwork } from './lowered-networks.js';
import { loweredAt, runsOf } from './lowered-networks.js';
import { onMachine } from './schedule-on-machine.js';

/** A network whose schedule is sought. */
export interface Scheduled extends LoweredNetwork {
  readonly over: ScheduleOverSpace;
}

export interface SchedulesSought {
  readonly request: CodesignRequest;
  readonly networks: readonly Scheduled[];
  /** Whether layers that read an input of a network may be folded. */
  readonly folds: boolean;
}

/** A network on a machine of the space, with what may stay there. */
export function onPoint(
  { request: { space, technology, padding }, folds }: SchedulesSought,
  network: LoweredNetwork,
  { point }: Pick<FoundMachine, 'point'>,
  columns: AskColumns,
) {
  const template = templateAt(space, point);
  invariant(template, 'a machine that is none');
  const of = { template, technology, padding, folds, residency: template.residency === 1 };
  return { template, ...onMachine(loweredAt(network, template), of, columns) };
}

export class SchedulesOnMachines implements ScheduledMachines {
  constructor(
    private readonly asked: SchedulesSought,
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
      const { may } = onPoint(this.asked, network, machine, this.columns);
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
    const { place, question, may } = onPoint(this.asked, network, machine, this.columns);
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
}

/** Each layer has the name of its run. */
const named = (network: LoweredNetwork, chosen: Chosen): Chosen =>
  chosen.map((step, i) => ({ ...step, layer: { ...step.layer, name: nth(runsOf(network), i).layer.name } }));
