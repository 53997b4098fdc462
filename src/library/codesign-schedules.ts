// The best machine of a space together with a schedule of each network on it: tensors may stay in the global buffer between runs.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, invariant, parsed, refuse, refused } from '../base/diagnostics.js';
import { defined, got, nth } from '../base/invariant.js';
import { lowered } from '../compile/lower.js';
import type { Lowered } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import { shapesAlone } from '../compile/step-layers.js';
import { bits as wordBits } from '../base/units.js';
import { whyNothingStays } from '../model/machine/parameters.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { shapesOf, templateAt } from '../model/space/design-space.js';
import { shapeKey } from '../model/workload/layer.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import { codesign } from '../tuner/codesign/codesign.js';
import type { CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import type { SearchOutcome } from '../tuner/codesign/session.js';
import type { TotalsProblem } from '../tuner/codesign/codesign-problem.js';
import type { FoundMachine } from '../tuner/codesign/found-machine.js';
import type { NetworkSchedule } from '../tuner/codesign/schedules/scheduled-machine.js';
import {
  chosenBy,
  layersOfSchedules,
  machineOfSchedules,
  objectiveOf,
  valueOfSchedule,
} from '../tuner/codesign/schedules/scheduled-machine.js';
import type { ScheduleOverSpace } from '../tuner/codesign/schedules/keeping.js';
import { keepingOf } from '../tuner/codesign/schedules/keeping.js';
import type { PlaceMachine } from '../tuner/codesign/schedules/schedule-strategy.js';
import { schedulesOver } from '../tuner/codesign/schedules/schedule-strategy.js';
import type { Chosen } from '../tuner/network/network-question.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { routesIn } from '../tuner/schedule/schedule-question.js';
import { scheduleNetwork } from '../tuner/schedule/schedule-network.js';
import type { ScheduleObjective } from '../tuner/schedule/schedule-question.js';
import { scheduleObjectives } from '../tuner/schedule/schedule-question.js';
import { keepingOver } from './keeping-over.js';
import { scheduleResult } from './schedule-answer.js';
import { noBands } from './schedule-bands.js';
import { layerOfRun, onMachine } from './schedule-on-machine.js';

export interface SchedulesHooks extends CodesignHooks {
  readonly columns: AskColumns;
}

/** A graph for each network of the request, whose limits are on the area and on energy, latency and edp of networks. */
export interface SchedulesAsked {
  readonly request: CodesignRequest & { readonly objective: ScheduleObjective | 'area' };
  readonly graphs: readonly NetworkGraph[];
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

/** Machines with residency and without. */
export const spaceWithResidency = (space: DesignSpace): DesignSpace => ({
  ...space,
  menus: { ...space.menus, residency: [0, 1] },
});

/** Refused where a network does not run, or nothing can stay on any machine of the space. */
export async function codesignSchedules(
  asked: SchedulesAsked,
  hooks: SchedulesHooks,
): Promise<Parsed<CodesignedSchedules>> {
  const { limits, layerLimits } = asked.request;
  const limited = limits['layer-edp'] !== undefined ? 'layer-edp' : layerLimits && 'single layers';
  if (limited !== undefined)
    return refuse('not-covered', [], `no limit on ${limited} is kept by schedules; limit energy, latency, edp or area`);
  const space = spaceWithResidency(asked.request.space);
  const request = { ...asked.request, space };
  const lowering = loweredOver(asked.graphs, space);
  if (!lowering.ok) return lowering;
  const made = lowering.value;
  const runs = made.map((own) => runsIn(own).map((run) => layerOfRun(run, asked.folds)));
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
  const over = made.map((own, k) => ({
    steps: nth(keys, k).map((key) => order.indexOf(key)),
    keeping: keepingOver(own, space),
  }));
  const networks = made.map((own, k) => ({ graph: nth(asked.graphs, k), made: own, over: nth(over, k) }));
  const scheduling = new Scheduling(networks, { ...asked, request }, hooks);
  const strategy = schedulesOver(over, layers, scheduling.place);
  let outcome: SearchOutcome | undefined;
  const search: typeof strategy.search = async (...session) => (outcome = await strategy.search(...session));
  const result = await codesign(request, hooks, { ...strategy, search });
  const best = bestOf(outcome);
  return parsed({
    result,
    request: best ? withLayersOf(request, best) : request,
    schedules: best ? networks.map((_, k) => scheduling.result(best, k, result)) : [],
  });
}

const bestOf = (outcome: SearchOutcome | undefined): FoundMachine | undefined => outcome?.best;

/** Networks as runs; refused where one does not run, or nothing can stay on any machine of the space. */
export function loweredOver(graphs: readonly NetworkGraph[], space: DesignSpace): Parsed<readonly Lowered[]> {
  const each = graphs.map((graph) => loweredIn(graph, space));
  const faults = faultsOf(...each);
  if (faults.length > 0) return refused(faults);
  const shapes = shapesOf(spaceWithResidency(space));
  if (!shapes.some((shape) => shape.residency === 1)) {
    const [shape] = shapes;
    const why = shape && whyNothingStays({ ...shape, globalBuffer: wordBits(shape.globalBuffer) });
    const message = `nothing can stay in the global buffer of any machine of ${space.name}`;
    return refuse('not-covered', [], `${message}${why ? `: ${why}` : ''}; give other widths`);
  }
  return parsed(each.flatMap((one) => (one.ok ? [one.value] : [])));
}

function loweredIn(graph: NetworkGraph, { menus }: DesignSpace): Parsed<Lowered> {
  const bits = nth(menus.inputPrecision, 0);
  const made = lowered(graph, shapesAlone(graph, bits), bits);
  return made.ok && runsIn(made.value).length === 0
    ? refuse('empty', [], `${graph.name} has no step that a run of the machine does`)
    : made;
}

const withLayersOf = (request: CodesignRequest, best: FoundMachine): CodesignRequest => ({
  ...request,
  networks: request.networks.map(({ network, weight }, k) => ({
    weight,
    network: {
      ...network,
      layers: layersOfSchedules(best).flatMap(({ layer, counts }) => {
        const count = nth(counts, k);
        return count > 0 ? [{ layer, count }] : [];
      }),
    },
  })),
});

const limitedFirst = (limits: NetworkLimits): ScheduleObjective =>
  scheduleObjectives.find((o) => limits[o] !== undefined) ?? 'latency';

/** A network whose schedule is sought. */
interface Scheduled {
  readonly graph: NetworkGraph;
  readonly made: Lowered;
  readonly over: ScheduleOverSpace;
}

/** Schedules on single machines of the space. */
class Scheduling {
  constructor(
    private readonly networks: readonly Scheduled[],
    private readonly asked: SchedulesAsked,
    private readonly hooks: SchedulesHooks,
  ) {}

  readonly place: PlaceMachine = async (machine, problem, deadline) => {
    const each: NetworkSchedule[] = [];
    for (const [k, network] of this.networks.entries()) {
      const own = await this.scheduleOf(network, machine, k, problem, deadline);
      if (!own) return undefined;
      each.push(own);
    }
    return machineOfSchedules(machine, each, problem);
  };

  /** That of the machine where its images have places, or the best there whose have. Each layer has the name of its run. */
  private async scheduleOf(
    network: Scheduled,
    machine: FoundMachine,
    k: number,
    problem: TotalsProblem,
    deadline: number,
  ): Promise<NetworkSchedule | undefined> {
    const { hooks } = this;
    const { place, question, may } = this.on(network, machine);
    const named = (chosen: Chosen): Chosen =>
      chosen.map((step, i) => ({ ...step, layer: { ...step.layer, name: nth(runsIn(network.made), i).layer.name } }));
    const schedule = nth(defined(machine.schedules).networks, k);
    const names = keepingOf(network.over, machine.point).tensors.map(({ name }) => name);
    const stays = new Set(names.filter((_, i) => schedule.residency[i]));
    const residency = may.tensors.map(({ tensor }) => stays.has(tensor));
    const own = chosenBy(machine, k);
    const placed = place(residency, own, question(true).problem);
    if (typeof placed !== 'string') return { residency, chosen: named(own), places: placed.places };
    const patience = {
      left: () => Math.max(0, (deadline - hooks.now()) / 1000),
      over: () => hooks.stopped() || hooks.now() >= deadline,
    };
    const answer = await scheduleNetwork(question(true), objectiveOf(problem), place, patience, problem.limits);
    if (answer.status !== 'found') return undefined;
    return { ...answer.schedule, chosen: named(answer.schedule.chosen) };
  }

  result(best: FoundMachine, k: number, { bound, seconds }: CodesignResult): ScheduleResult {
    const { asked, networks } = this;
    const network = nth(networks, k);
    const { request, folds } = asked;
    const { technology, padding, timeLimit } = request;
    const { area: _, ...onTotals } = request.limits;
    // On the smallest machine a schedule that keeps the limits will do.
    const isArea = request.objective === 'area';
    const objective = request.objective === 'area' ? limitedFirst(onTotals) : request.objective;
    const { template, may, question } = this.on(network, best);
    const { residency, places } = nth(defined(best.schedules).networks, k);
    const asking = question(true);
    const chosen = chosenBy(best, k);
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
    if (networks.length === 1 && !isArea) return made;
    const reason = isArea ? 'what is proven is of the area' : 'what is proven is of all networks together';
    return { ...made, status: 'feasible', reason, bound: null, gap: null };
  }

  private on({ made }: Scheduled, { point }: FoundMachine) {
    const { asked, hooks } = this;
    const { space, technology, padding } = asked.request;
    const template = templateAt(space, point);
    invariant(template, 'a machine that is none');
    const residency = template.residency === 1;
    const of = { template, technology, padding, folds: asked.folds, residency };
    return { template, ...onMachine(made, of, hooks.columns) };
  }
}
