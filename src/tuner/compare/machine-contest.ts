// A turn of a comparison over machines as a task for a worker thread: the design
// heuristics, and co-design in one thread.

import { defined } from '../../base/invariant.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { designHeuristics } from '../../search/design/design-heuristics.js';
import { codesign } from '../codesign/codesign.js';
import { codesignReasonText } from '../codesign/codesign-reason.js';
import { noPrices, problemOf, uniqueLayers } from '../codesign/codesign-problem.js';
import type { CodesignRequest } from '../codesign/codesign-request.js';
import { machineAt } from '../codesign/shape-task.js';
import { shapesHere } from '../codesign/shapes-here.js';
import { machineReferee } from '../solver-names.js';
import type { RunAnswer, Run } from './contest-run.js';
import { timed } from './contest-run.js';

export interface MachineContestInput {
  /** Its time limit is that of the run. */
  readonly request: CodesignRequest;
  readonly strategy: string;
  readonly seed: number;
}

/** Machines that are so many times worse than the best so far count as that: nobody needs to know them better. */
const hopeless = 10;

type Improved = (best: number) => void;

export const machineContestTask = (
  { request, strategy, seed }: MachineContestInput,
  progress: Improved,
  now: () => number = () => performance.now(),
): Promise<Run> =>
  timed(strategy, seed, now, (improved) => {
    const told = (best: number) => {
      improved(best);
      progress(best);
    };
    return strategy === machineReferee ? proven(request, now, told) : guessed(request, strategy, seed, now, told);
  });

async function proven(request: CodesignRequest, now: () => number, improved: Improved): Promise<RunAnswer> {
  const { status, best, bound, reason, nodes } = await codesign(request, {
    now,
    width: 1,
    shapes: shapesHere,
    progress: (state) => improved(state.best),
    stopped: () => false,
  });
  return {
    status,
    objective: best?.objective ?? Infinity,
    bound,
    evaluations: nodes,
    reason: codesignReasonText(reason),
  };
}

/** What a machine costs is computed as in the proof: the best mapping of every layer. */
async function guessed(
  request: CodesignRequest,
  strategy: string,
  seed: number,
  now: () => number,
  improved: Improved,
): Promise<RunAnswer> {
  const problem = problemOf(
    request,
    uniqueLayers(request.networks, request.layerLimits),
    request.networks.map(() => noPrices),
    request.limits.area ?? Infinity,
  );
  let best = Infinity;
  const value = (point: DesignPoint): Promise<number> => {
    const costOf = machineAt({ problem, point, limit: hopeless * best })?.machine.value ?? Infinity;
    best = Math.min(best, costOf);
    return Promise.resolve(costOf);
  };
  const heuristic = defined(designHeuristics.find((h) => h.name === strategy));
  const answer = await heuristic.find(
    { space: request.space, value },
    { time: request.timeLimit, evaluations: Infinity, gap: 0, seed, now, progress: improved },
  );
  return {
    status: answer.best ? 'feasible' : 'unknown',
    objective: answer.best?.objective ?? Infinity,
    bound: 0,
    evaluations: answer.evaluations,
    reason: answer.best ? '' : 'no machine within the limits found',
  };
}
