// Whether a co-design or a proof is asked with schedules, so that tensors stay in the global buffer: where nobody says
// that none shall, all that can be. What the page stands in the way of is named here, what the question itself does, in the library.

import type {
  CodesignRequest,
  frontMetrics,
  NetworkGraph,
  Parsed,
  ProveRequest,
  Schedulable,
  Unscheduled,
} from 'magnet-accelerator';
import { beyondSchedules, nothingToSave, schedulable, schedulableIn } from 'magnet-accelerator';
import type { Question } from '../question.js';
import { parsed, refuse } from './given.js';
import type { Read } from './network-of.js';

type Metric = (typeof frontMetrics)[number];

export interface Schedules {
  /** Of each network; undefined where every tensor goes through DRAM. */
  readonly graphs?: readonly NetworkGraph[];
  /** Why that is so, where nobody said that it shall. */
  readonly unscheduled?: string;
}

/** `metrics`: between which a front lies, where one is asked for. */
export function schedulesOf(
  q: Question,
  reads: readonly Read[],
  request: CodesignRequest,
  metrics: readonly [min: Metric, limited: Metric] | undefined,
): Parsed<Schedules> {
  const all = reads.map(({ graph }) => graph);
  return wanted(q, all, () => refusedBy(q) ?? schedulable(request, all, metrics));
}

export function schedulesToProve(q: Question, { graph }: Read, request: ProveRequest): Parsed<Schedules> {
  const silent = beyondSchedules(request, !graph) ?? nothingToSave(request);
  if (silent && q.residency === 'may') return parsed({});
  return wanted(q, [graph], () => silent ?? schedulableIn(request, graph));
}

function wanted(
  { residency }: Question,
  graphs: readonly (NetworkGraph | undefined)[],
  whether: () => Schedulable | ReturnType<typeof schedulableIn> | Pick<Unscheduled, 'why' | 'way'>,
): Parsed<Schedules> {
  if (residency === 'none') return parsed({});
  const may = whether();
  if (!('why' in may)) return parsed({ graphs: graphs.flatMap((graph) => graph ?? []) });
  return residency === 'may'
    ? parsed({ unscheduled: may.why })
    : refuse(`tensors cannot stay in the global buffer: ${may.why}; ${may.way}, or let all go through DRAM`);
}

function refusedBy({ front, certify }: Question) {
  return certify && front === ''
    ? { why: 'certificates are of machines without schedules', way: 'ask for none' }
    : undefined;
}
