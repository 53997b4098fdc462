// The best machine of a space together with a schedule of one network on it: tensors may stay in the global buffer between runs.

import type { Parsed } from '../base/diagnostics.js';
import { invariant, parsed, refuse } from '../base/diagnostics.js';
import { defined, nth } from '../base/invariant.js';
import { lowered } from '../compile/lower.js';
import type { Lowered } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import { shapesAlone } from '../compile/step-layers.js';
import { bits as wordBits } from '../base/units.js';
import { whyNothingStays } from '../model/machine/parameters.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { shapesOf, templateAt } from '../model/space/design-space.js';
import { shapeKey } from '../model/workload/layer.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import { codesign } from '../tuner/codesign/codesign.js';
import type { CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import type { FoundMachine } from '../tuner/codesign/found-machine.js';
import { chosenOf, layersOfSchedule, machineOfSchedule } from '../tuner/codesign/schedules/found-schedule.js';
import { keepingOf } from '../tuner/codesign/schedules/keeping.js';
import type { PlaceMachine } from '../tuner/codesign/schedules/schedule-strategy.js';
import { schedulesOver } from '../tuner/codesign/schedules/schedule-strategy.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { routesIn } from '../tuner/schedule/schedule-question.js';
import { scheduleNetwork } from '../tuner/schedule/schedule-network.js';
import type { ScheduleObjective } from '../tuner/schedule/schedule-question.js';
import { keepingOver } from './keeping-over.js';
import { scheduleResult } from './schedule-answer.js';
import { noBands } from './schedule-bands.js';
import { layerOfRun, onMachine } from './schedule-on-machine.js';

export interface SchedulesHooks extends CodesignHooks {
  readonly columns: AskColumns;
}

/** The request is about the network of the graph alone, and limits nothing but the area. */
export interface SchedulesAsked {
  readonly request: CodesignRequest & { readonly objective: ScheduleObjective };
  readonly graph: NetworkGraph;
  /** Whether layers that read an input of the network may be folded. */
  readonly folds: boolean;
}

export interface CodesignedSchedule {
  readonly result: CodesignResult;
  /** What was asked, of the layers with what stays around them: those of the result. */
  readonly request: CodesignRequest;
  /** On the machine found; `bound` is that of all machines. */
  readonly schedule: ScheduleResult | undefined;
}

/** Machines with residency and without. */
export const spaceWithResidency = (space: DesignSpace): DesignSpace => ({
  ...space,
  menus: { ...space.menus, residency: [0, 1] },
});

/** Refused where the network does not run, or nothing can stay on any machine of the space. */
export async function codesignSchedules(
  asked: SchedulesAsked,
  hooks: SchedulesHooks,
): Promise<Parsed<CodesignedSchedule>> {
  const { graph, folds } = asked;
  const { networks, limits, layerLimits } = asked.request;
  const limited = Object.keys(limits).find((name) => name !== 'area') ?? (layerLimits && 'single layers');
  if (limited !== undefined)
    return refuse('not-covered', [], `no limit on ${limited} is kept by schedules; limit the area alone`);
  if (networks.length !== 1)
    return refuse('not-covered', [], `schedules are of one network; ${networks.length} are given`);
  const space = spaceWithResidency(asked.request.space);
  const request = { ...asked.request, space };
  const bits = nth(space.menus.inputPrecision, 0);
  const made = lowered(graph, shapesAlone(graph, bits), bits);
  if (!made.ok) return made;
  const shapes = shapesOf(space);
  if (!shapes.some((shape) => shape.residency === 1)) {
    const [shape] = shapes;
    const why = shape && whyNothingStays({ ...shape, globalBuffer: wordBits(shape.globalBuffer) });
    const message = `nothing can stay in the global buffer of any machine of ${space.name}`;
    return refuse('not-covered', [], `${message}${why ? `: ${why}` : ''}; give other widths, or drop --residency`);
  }
  const runs = runsIn(made.value).map((run) => layerOfRun(run, folds));
  if (runs.length === 0) return refuse('empty', [], `${graph.name} has no step that a run of the machine does`);
  const keys = runs.map(shapeKey);
  const firsts = [...new Set(keys)];
  const layers = firsts.map((key) => ({
    layer: nth(runs, keys.indexOf(key)),
    counts: [keys.filter((k) => k === key).length],
    limits: {},
  }));
  const over = { steps: keys.map((key) => firsts.indexOf(key)), keeping: keepingOver(made.value, space) };
  const scheduling = new Scheduling(made.value, { ...asked, request }, hooks, (point) =>
    keepingOf(over, point).tensors.map(({ name }) => name),
  );
  const result = await codesign(request, hooks, schedulesOver(over, layers, scheduling.place));
  const { best } = scheduling;
  return parsed({
    result,
    request: best ? withLayersOf(request, best) : request,
    schedule: best && scheduling.result(best, result),
  });
}

const withLayersOf = (request: CodesignRequest, best: FoundMachine): CodesignRequest => ({
  ...request,
  networks: request.networks.map(({ network, weight }) => ({
    weight,
    network: {
      ...network,
      layers: layersOfSchedule(best).map(({ layer, counts }) => ({ layer, count: nth(counts, 0) })),
    },
  })),
});

/** Schedules on single machines of the space. */
class Scheduling {
  /** The best machine that has places for its images. */
  best: FoundMachine | undefined;

  constructor(
    private readonly made: Lowered,
    private readonly asked: SchedulesAsked,
    private readonly hooks: SchedulesHooks,
    /** Names of what may stay on machines of a shape, in the order of residencies. */
    private readonly namesAt: (point: FoundMachine['point']) => readonly string[],
  ) {}

  readonly place: PlaceMachine = async (machine, deadline) => {
    const placed = await this.placed(machine, deadline);
    if (placed && placed.value < (this.best?.value ?? Infinity)) this.best = placed;
    return placed;
  };

  private async placed(machine: FoundMachine, deadline: number): Promise<FoundMachine | undefined> {
    const { hooks, asked } = this;
    const { place, question, may } = this.on(machine);
    const schedule = defined(machine.schedule);
    const names = this.namesAt(machine.point);
    const stays = new Set(names.filter((_, i) => schedule.residency[i]));
    const residency = may.tensors.map(({ tensor }) => stays.has(tensor));
    const placed = place(residency, chosenOf(machine), question(true).problem);
    if (typeof placed !== 'string') return { ...machine, schedule: { ...schedule, residency, places: placed.places } };
    const patience = {
      left: () => Math.max(0, (deadline - hooks.now()) / 1000),
      over: () => hooks.stopped() || hooks.now() >= deadline,
    };
    const answer = await scheduleNetwork(question(true), asked.request.objective, place, patience);
    return answer.status === 'found' ? machineOfSchedule(machine, answer.schedule) : undefined;
  }

  result(best: FoundMachine, { bound, seconds }: CodesignResult): ScheduleResult {
    const { made, asked } = this;
    const { request, graph, folds } = asked;
    const { technology, objective, padding, timeLimit } = request;
    const { template, may, question } = this.on(best);
    const { residency, places } = defined(best.schedule);
    const asking = question(true);
    const schedule = {
      problem: asking.problem,
      route: routesIn(asking).stretches,
      residency,
      places: defined(places),
      value: best.value,
      chosen: chosenOf(best),
    };
    return scheduleResult(
      {
        graph,
        arch: template.name,
        template,
        technology,
        objective,
        limits: {},
        padding,
        folds,
        residency: template.residency === 1,
        bands: false,
        timeLimit,
      },
      runsIn(made),
      may,
      noBands,
      { status: 'found', schedule, bound: Math.min(bound, best.value) },
      {},
      seconds,
    );
  }

  private on({ point }: FoundMachine) {
    const { made, asked, hooks } = this;
    const { space, technology, padding } = asked.request;
    const template = templateAt(space, point);
    invariant(template, 'a machine that is none');
    const residency = template.residency === 1;
    const of = { template, technology, padding, folds: asked.folds, residency };
    return { template, ...onMachine(made, of, hooks.columns) };
  }
}
