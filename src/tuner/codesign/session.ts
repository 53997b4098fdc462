// What every way to search for a machine shares: the request, what came of it so far, and how to say how far it is.

import { interrupted, timeLimit } from '../../base/stop-reason.js';
import { minArea } from '../../enumerate/item-costs.js';
import type { SearchResult, SearchState, ShapeBound } from './best-first.js';
import type { UniqueLayer } from './codesign-problem.js';
import { limitsLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignReason } from './codesign-reason.js';
import type { CodesignRequest } from './codesign-request.js';
import type { ScheduleOverSpace } from './schedules/keeping.js';
import type { FoundMachine } from './shape-task.js';

export interface Session {
  readonly request: CodesignRequest;
  readonly layers: readonly UniqueLayer[];
  /** Of each network, where its tensors may stay in the global buffer: then layers are those of its steps. */
  readonly schedules?: readonly ScheduleOverSpace[];
  readonly hooks: CodesignHooks;
  readonly deadline: number;
  /** Of a search whose values are those of the objective. */
  readonly progress: (state: SearchState, bounds: () => readonly ShapeBound[]) => void;
}

export interface SearchOutcome {
  readonly best: FoundMachine | undefined;
  /** In the units of the objective. */
  readonly objective: number;
  readonly bound: number;
  readonly status: 'closed' | 'infeasible' | 'stopped';
  readonly reason: CodesignReason | undefined;
  readonly nodes: number;
  readonly shapes: number;
}

/** A search ends where bound and best are just so far apart. */
const rounding = 1e-12;

/** Whether a bound is within the gap of what is attained, up to rounding. */
export const within = (gap: number, attained: number, bound: number): boolean =>
  attained - bound <= (gap + rounding) * attained;

/** Undefined where a search ended with a proof. */
export function whyEnded(
  status: SearchResult['status'],
  request: CodesignRequest,
  hooks: Pick<CodesignHooks, 'stopped'>,
): CodesignReason | undefined {
  const {
    space,
    technology,
    limits: { area },
  } = request;
  if (status === 'stopped') return hooks.stopped() ? interrupted : timeLimit;
  if (status !== 'infeasible') return undefined;
  const smallest = minArea(space, technology);
  if (area !== undefined && smallest > area) return { kind: 'area', space: space.name, min: smallest };
  return { kind: 'no-machine', space: space.name, area, limited: limitsLayers(request) };
}
