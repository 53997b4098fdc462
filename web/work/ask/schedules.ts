// Whether a co-design is asked with schedules, so that tensors stay in the global buffer: where nobody says that none shall, all
// that can be. What the page stands in the way of is named here, what the question itself does, in the library.

import type { CodesignRequest, NetworkGraph, Parsed } from 'magnet-accelerator';
import { schedulable } from 'magnet-accelerator';
import type { Question } from '../question.js';
import { parsed, refuse } from './given.js';
import type { Read } from './network-of.js';

export interface Schedules {
  /** Of each network; undefined where every tensor goes through DRAM. */
  readonly graphs?: readonly NetworkGraph[];
  /** Why that is so, where nobody said that it shall. */
  readonly unscheduled?: string;
}

export function schedulesOf(q: Question, reads: readonly Read[], request: CodesignRequest): Parsed<Schedules> {
  if (q.residency === 'none') return parsed({});
  const all = reads.map(({ graph }) => graph);
  const may = refusedBy(q) ?? schedulable(request, all);
  if (!('why' in may)) return parsed({ graphs: all.flatMap((graph) => graph ?? []) });
  return q.residency === 'may'
    ? parsed({ unscheduled: may.why })
    : refuse(`tensors cannot stay in the global buffer: ${may.why}; ${may.way}, or let all go through DRAM`);
}

function refusedBy({ front, certify }: Question) {
  if (front !== '') return { why: 'fronts are of machines without schedules', way: 'ask for one machine' };
  return certify ? { why: 'certificates are of machines without schedules', way: 'ask for none' } : undefined;
}
