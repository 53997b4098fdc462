// Whether a co-design is asked with schedules, so that tensors stay in the global buffer: where nobody says that none shall, all
// that can be; what cannot be is named here, with the way out.

import type { CodesignRequest, NetworkGraph, Parsed } from 'magnet-accelerator';
import { scheduleObjectives } from 'magnet-accelerator';
import type { Question } from '../question.js';
import { parsed, refuse } from './given.js';
import type { Read } from './network-of.js';

type ScheduledObjective = (typeof scheduleObjectives)[number] | 'area';
export type ScheduledRequest = CodesignRequest & { readonly objective: ScheduledObjective };

export interface Schedules {
  /** Of each network; undefined where every tensor goes through DRAM. */
  readonly asked?: { readonly graphs: readonly NetworkGraph[]; readonly request: ScheduledRequest };
  /** Why that is so, where nobody said that it shall. */
  readonly unscheduled?: string;
}

export function schedulesOf(q: Question, reads: readonly Read[], request: CodesignRequest): Parsed<Schedules> {
  if (q.residency === 'none') return parsed({});
  const graphs = reads.flatMap(({ graph }) => (graph ? [graph] : []));
  const asked = scheduledRequest(request);
  const uncovered =
    graphs.length < reads.length
      ? { why: 'a list of layers has no order', way: 'give built-in networks or ONNX files' }
      : uncoveredIn(q, request);
  if (asked && !uncovered) return parsed({ asked: { graphs, request: asked } });
  const { why, way } = uncovered ?? {
    why: `schedules are not found for ${request.objective}`,
    way: `minimise ${scheduleObjectives.join(', ')} or area`,
  };
  return q.residency === 'may'
    ? parsed({ unscheduled: why })
    : refuse(`tensors cannot stay in the global buffer: ${why}; ${way}, or let all go through DRAM`);
}

function scheduledRequest(request: CodesignRequest): ScheduledRequest | undefined {
  const objective = (['area', ...scheduleObjectives] as const).find((o) => o === request.objective);
  return objective && { ...request, objective };
}

function uncoveredIn({ front, certify }: Question, { limits, layerLimits, space }: CodesignRequest) {
  if (front !== '') return { why: 'fronts are of machines without schedules', way: 'ask for one machine' };
  if (certify) return { why: 'certificates are of machines without schedules', way: 'ask for none' };
  if (limits['layer-edp'] !== undefined || layerLimits)
    return {
      why: `no limit on ${layerLimits ? 'single layers' : 'layer-edp'} is kept by schedules`,
      way: 'limit energy, latency, edp or area',
    };
  return space.menus.inputPrecision.length > 1
    ? { why: `${space.name} has activations of several widths`, way: 'choose a space with one width' }
    : undefined;
}
