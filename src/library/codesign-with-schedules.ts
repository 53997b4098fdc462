// The best machine of a space with a schedule of each network, as `magnet codesign` finds it.

import type { Design } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { turn } from '../pool/turn.js';
import { codesignDesign } from '../results/codesign-design.js';
import { codesignResult } from '../results/codesign-answer.js';
import type { CodesignResultFile } from '../results/codesign-result.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import type { CodesignRequest, CodesignResult, CodesignState } from '../tuner/codesign/codesign-request.js';
import { askOn, columnsOn, shapesOn } from '../tuner/on-workers.js';
import { whyNone } from '../tuner/codesign/why-none.js';
import { calledBy, callText } from './called.js';
import { asCodesign, codesignsSchedules } from './codesign-schedules.js';
import { spaceWithResidency } from '../model/space/design-space.js';
import { schedulable } from './schedulable.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/** What is left out is as for the command. */
export interface CodesignScheduleOptions extends CallOptions {
  /** The space before networks decided the width of its sums, as results name it: the request's own. */
  readonly named?: DesignSpace;
  /** Layers on inputs of a network may be folded unless it is false. */
  readonly folds?: boolean;
  readonly progress?: (state: CodesignState) => void;
}

/** What `codesignWithSchedules` answers. */
export interface CodesignedSchedules {
  readonly status: CodesignResult['status'];
  /** What `codesign --json` writes, of the layers with what stays around them. */
  readonly result: CodesignResultFile;
  /** With the mapping of every run; undefined where no machine was found. */
  readonly design: Design | undefined;
  /** What `run --schedule` reads, of each network; none where no machine was found. */
  readonly schedules: readonly ScheduleResult[];
}

/**
 * A graph for each network of the request, for `edp`, `energy`, `latency` or `area`, within limits on the area (mm2) and on
 * `edp`, `energy` and `latency` of every network. Machines with residency and without are searched, whatever the space says of
 * that. Rejects with a sentence where `schedulable` says that there are no schedules.
 */
export async function codesignWithSchedules(
  graphs: readonly NetworkGraph[],
  request: CodesignRequest,
  options: CodesignScheduleOptions = {},
): Promise<CodesignedSchedules> {
  const { folds = true, named = request.space, progress = () => {} } = options;
  const may = schedulable(request, graphs);
  if (may.kind === 'unscheduled') throw new Error(`${may.why}; ${may.way}`);
  const { networks } = may;
  const found = await inSession(options, async ({ runner, logic, now, stopped }) => {
    const hooks = { now, stopped, turn, progress, width: runner.width, shapes: shapesOn(runner) };
    const search = codesignsSchedules({ space: request.space, networks, folds }, columnsOn(runner));
    const made = await search(request, hooks);
    const { result } = made;
    if (result.status !== 'infeasible' || stopped()) return made;
    const left = { ...request, timeLimit: request.timeLimit - result.seconds };
    const causes = await whyNone(left, askOn(logic), hooks, { reason: result.reason, search: asCodesign(search) });
    return { ...made, result: { ...result, causes } };
  });
  const { result, request: own, schedules } = found;
  const { best } = result;
  const space = spaceWithResidency(named);
  const { networks: _n, space: _s, ...asked } = request;
  const names = [JSON.stringify(graphs.map(({ name }) => name)), JSON.stringify(space.name)];
  const called = calledBy(
    callText('codesignWithSchedules', names, { ...asked, ...(options.folds === false && { folds }) }),
  );
  return {
    status: result.status,
    result: codesignResult(own, space, result, { schedules }),
    design: best && codesignDesign(own, { ...result, best, space }, called, schedules),
    schedules,
  };
}
