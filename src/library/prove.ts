// Whether requirements can be met, as `magnet prove` answers it.

import type { Design } from '../model/space/design.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { spaceWithResidency } from '../model/space/design-space.js';
import { turn } from '../pool/turn.js';
import { askOn, columnsOn, minimumOn, shapesOn } from '../tuner/on-workers.js';
import { prove as search } from '../tuner/prove/prove.js';
import type { ProveHooks, ProveRequest } from '../tuner/prove/prove-request.js';
import { proveResult } from '../results/prove-answer.js';
import { proveDesign } from '../results/prove-design.js';
import type { ProveResultFile } from '../results/prove-result.js';
import { calledBy, callText, nameOf } from './called.js';
import type { ProvenSchedules, ProveSchedulesAsked } from './prove-schedules.js';
import { proveSchedules, withResidency } from './prove-schedules.js';
import { schedulesToAsk } from './schedulable-to-prove.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/** How results name the space, and who hears what is being done. */
export interface ProveOptions extends CallOptions {
  /** The space before the network decided the width of its sums, as results name it: the request's own. */
  readonly named?: DesignSpace;
  /**
   * The network as steps in order: its tensors may then stay in the global buffer between runs, on machines of the space with
   * residency and without, whatever the space says of that; on the one machine of a request, with it, as `schedule` finds them.
   */
  readonly graph?: NetworkGraph;
  /** Layers on inputs of the graph may be folded unless it is false. */
  readonly folds?: boolean;
  /** What is being done, in a few words, for people. */
  readonly progress?: (doing: string) => void;
}

/** What `prove` answers. */
export interface ProveAnswer extends ProvenSchedules {
  /** The machine and the mappings that meet all requirements, as `map` gives one; undefined where none are known. */
  readonly design: Design | undefined;
  /** What `prove --json` writes: `printProveResult` and `report` take it. */
  readonly result: ProveResultFile;
}

/**
 * Whether any mapping, or any machine of a space, meets all requirements: proven, or what is known when the time is over. Without a
 * graph every tensor goes through DRAM. With one it rejects with a sentence where the request limits single layers or layer-edp, the
 * network does not run, or nothing can stay on the machine, or on any of the space.
 */
export async function prove(given: ProveRequest, options: ProveOptions = {}): Promise<ProveAnswer> {
  const { graph, folds = true, named } = options;
  const schedules = graph && schedulesAsked(given, graph, folds);
  const request = graph ? { ...given, candidates: withResidency(given.candidates) } : given;
  const proven = await searched(request, options, schedules);
  const { network, candidates, ...asked } = request;
  const { proof, schedule } = proven;
  const on = candidates.kind === 'machine' ? nameOf(candidates.machine) : JSON.stringify(candidates.space.name);
  const called = calledBy(
    callText('prove', [JSON.stringify(network.name), on], { ...asked, ...(graph && { residency: true, folds }) }),
  );
  const about = { request, space: graph && named ? spaceWithResidency(named) : named, residency: graph !== undefined };
  return {
    ...proven,
    design: proof.status === 'feasible' ? proveDesign(request, proof.witness, called, schedule) : undefined,
    result: proveResult(about, proof, { schedule }),
  };
}

function schedulesAsked(request: ProveRequest, graph: NetworkGraph, folds: boolean): ProveSchedulesAsked {
  const may = schedulesToAsk(request, graph, folds);
  if (may.kind === 'unscheduled') throw new Error(`${may.why}; ${may.way}`);
  return may.asked;
}

const searched = (
  request: ProveRequest,
  options: ProveOptions,
  schedules: ProveSchedulesAsked | undefined,
): Promise<ProvenSchedules> =>
  inSession(options, async ({ runner, logic, now, stopped }) => {
    const hooks: ProveHooks = {
      now,
      width: runner.width,
      shapes: shapesOn(runner),
      minimum: minimumOn(runner),
      columns: columnsOn(runner),
      ask: askOn(logic),
      turn,
      stopped,
      progress: options.progress ?? (() => {}),
    };
    return schedules ? proveSchedules(schedules, request, hooks, search) : search(request, hooks);
  });
