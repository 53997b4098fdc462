// A front of machines between two quantities, as `magnet codesign --pareto` traces it, with a design for every point.

import { nth } from '../base/invariant.js';
import type { Design } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { spaceWithResidency } from '../model/space/design-space.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { turn } from '../pool/turn.js';
import { codesign } from '../tuner/codesign/codesign.js';
import type { CodesignRequest, CodesignState } from '../tuner/codesign/codesign-request.js';
import { Learned } from '../tuner/codesign/learned.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { columnsOn, shapesOn } from '../tuner/on-workers.js';
import type { CodesignFrontFile } from '../results/codesign-result.js';
import type { Front, Metrics } from '../results/front-answer.js';
import { frontFile } from '../results/front-answer.js';
import { calledBy, callText } from './called.js';
import { machinesWithSchedules } from './codesign-schedules.js';
import { designOfPoint, toldPoints } from './front-points.js';
import { schedulable } from './schedulable.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';
import { traceFront } from './trace-front.js';

/** What is left out is as for the command. */
export interface FrontOptions extends CallOptions {
  /** With the ends: 7. */
  readonly points?: number;
  /** The space before networks decided the width of its sums, as results name it: the request's own. */
  readonly named?: DesignSpace;
  /** `title` says which search of the front it is. */
  readonly progress?: (state: CodesignState, title: string) => void;
}

/** With schedules layers on inputs of a network may be folded unless `folds` is false. */
export interface FrontScheduleOptions extends FrontOptions {
  readonly folds?: boolean;
}

/** What `codesignFront` and `codesignFrontWithSchedules` answer. */
export interface CodesignedFront extends Front {
  /** Of each point, in their order; undefined where it has no machine. */
  readonly designs: readonly (Design | undefined)[];
  /** What `codesign --pareto --json` writes: `printCodesignResult` and `report` take it. */
  readonly result: CodesignFrontFile;
}

/**
 * Machines with the least of the first quantity under limits on the second, a search for each point; the request's objective says
 * nothing here. Every tensor goes through DRAM.
 */
export function codesignFront(
  request: CodesignRequest,
  metrics: Metrics,
  options: FrontOptions = {},
): Promise<CodesignedFront> {
  const { networks } = request;
  const names = networks.map((n) => n.network.name);
  return traced({ request, metrics, verb: 'codesignFront', names, search: () => ({ codesign }) }, options);
}

/**
 * The same with a schedule of each network on every machine, so that tensors may stay in its global buffer: a graph for each
 * network of the request. Machines with residency and without are searched, whatever the space says of that. Rejects with a
 * sentence where `schedulable` says that there are no schedules.
 */
export async function codesignFrontWithSchedules(
  graphs: readonly NetworkGraph[],
  request: CodesignRequest,
  metrics: Metrics,
  options: FrontScheduleOptions = {},
): Promise<CodesignedFront> {
  const { folds = true, named = request.space } = options;
  const may = schedulable(request, graphs, metrics);
  if (may.kind === 'unscheduled') throw new Error(`${may.why}; ${may.way}`);
  const asked = { space: request.space, networks: may.networks, folds };
  const names = graphs.map(({ name }) => name);
  const search = (columns: AskColumns) => machinesWithSchedules(asked, columns);
  const own = { ...request, space: spaceWithResidency(request.space) };
  return traced(
    { request: own, metrics, verb: 'codesignFrontWithSchedules', names, search },
    { ...options, named: spaceWithResidency(named) },
  );
}

interface Asked {
  readonly request: CodesignRequest;
  readonly metrics: Metrics;
  /** As a call is written again. */
  readonly verb: string;
  readonly names: readonly string[];
  readonly search: (
    columns: AskColumns,
  ) => Pick<ReturnType<typeof machinesWithSchedules>, 'codesign'> &
    Partial<Pick<ReturnType<typeof machinesWithSchedules>, 'tell'>>;
}

async function traced(
  { request, metrics, verb, names, search }: Asked,
  { points = 7, named = request.space, progress = () => {}, folds, ...options }: FrontScheduleOptions,
): Promise<CodesignedFront> {
  const { front, told } = await inSession(options, async ({ runner, now, stopped }) => {
    const learned = new Learned();
    const hooks = { now, width: runner.width, shapes: shapesOn(runner), turn, stopped, learned };
    const { codesign, tell } = search(columnsOn(runner));
    const least = (asked: CodesignRequest, title: string) =>
      codesign(asked, { ...hooks, progress: (state) => progress(state, title) });
    const front = await traceFront(request, metrics, points, least, stopped);
    return { front, told: toldPoints(request, metrics, front, tell) };
  });
  const { networks: _, space: __, ...asked } = request;
  const called = calledBy(
    callText(verb, [JSON.stringify(names), JSON.stringify(named.name)], {
      ...asked,
      metrics,
      points,
      ...(folds === false && { folds }),
    }),
  );
  return {
    ...front,
    designs: front.points.map((point, i) => designOfPoint(point, nth(told, i), named, called)),
    result: frontFile(request, named, metrics, front, { schedules: told.map(({ schedules }) => schedules) }),
  };
}
