// `codesign` answered: the best machine, with a certificate where one is asked for; or a front of machines.

import type { CodesignState, NetworkGraph } from 'magnet-accelerator';
import {
  codesign,
  codesignFront,
  codesignFrontWithSchedules,
  codesignWithSchedules,
  printCodesignResult,
  stamped,
  version,
  whyText,
} from 'magnet-accelerator';
import type { AskedCodesign } from '../ask/codesign.js';
import type { Answer, Progress } from '../question.js';
import type { Calls, Found, Tell } from './found.js';
import { designText, totalsIn } from './found.js';

const overTime = 'the time ran out before a machine was found; give it more time';

const searchOf = (state: CodesignState, of = ''): Progress => ({
  kind: 'search',
  seconds: state.seconds,
  best: state.best,
  bound: state.bound,
  said: `${of}${state.open} of ${state.shapes} shapes open, ${state.nodes} boxes looked at`,
});

export async function codesigned(asked: AskedCodesign, calls: Calls, progress: Tell): Promise<Found> {
  if (asked.front) return traced(asked, asked.front, calls, progress);
  if (asked.schedules.graphs) return scheduledMachine(asked, asked.schedules.graphs, calls, progress);
  const { request, named, command, certify } = asked;
  const found = await codesign(request, {
    ...calls,
    named,
    certificate: certify,
    progress: (state) => progress(searchOf(state)),
  });
  const { best, bound, status, design, certificate } = found;
  return {
    title: `${networksOf(asked)} in ${named.name}`,
    status,
    reason: best ? '' : whyText(found) || overTime,
    facts: best ? { objective: best.objective, bound, area: best.area, ...totalsIn(design) } : {},
    design: design && designText(design, command),
    result: printCodesignResult(stamped(found.result, version)),
    certificate,
  };
}

/** With a schedule of each network, so that tensors may stay in the global buffer. */
async function scheduledMachine(
  asked: AskedCodesign,
  graphs: readonly NetworkGraph[],
  calls: Calls,
  progress: Tell,
): Promise<Found> {
  const { request, named, folds, command } = asked;
  const { status, result, design } = await codesignWithSchedules(graphs, request, {
    ...calls,
    named,
    folds,
    progress: (state) => progress(searchOf(state)),
  });
  const { objective, bound, area } = result;
  return {
    title: `${networksOf(asked)} in ${named.name}`,
    status,
    reason: design ? '' : result.reason || overTime,
    facts: {
      ...(objective !== null && { objective, area: area.reduce((sum, { mm2 }) => sum + mm2, 0), ...totalsIn(design) }),
      ...(objective !== null && bound !== null && { bound }),
    },
    design: design && designText(design, command),
    result: printCodesignResult(stamped(result, version)),
  };
}

async function traced(
  asked: AskedCodesign,
  { metrics, points }: NonNullable<AskedCodesign['front']>,
  calls: Calls,
  progress: Tell,
): Promise<Found> {
  const { request, named, folds, schedules, command } = asked;
  const options = {
    ...calls,
    named,
    points,
    progress: (state: CodesignState, title: string) => progress(searchOf(state, `search ${title}; `)),
  };
  const front = schedules.graphs
    ? await codesignFrontWithSchedules(schedules.graphs, request, metrics, { ...options, folds })
    : await codesignFront(request, metrics, options);
  const free = front.points.at(-1);
  return {
    title: `front of ${networksOf(asked)} in ${named.name}`,
    status: statusOf(front.points.map((p) => p.status)),
    reason: front.points.some((p) => p.best) ? '' : (free && whyText(free.result)) || overTime,
    facts: {},
    design: undefined,
    result: printCodesignResult(stamped(front.result, version)),
    points: front.points.map(({ limit, min, limited }, i) => {
      const design = front.designs[i];
      return { limit, values: [min, limited], design: design && designText(design, command) };
    }),
  };
}

/** Of a front: what is known of every point of it. */
function statusOf(all: readonly Answer['status'][]): Answer['status'] {
  if (all.every((s) => s === 'infeasible')) return 'infeasible';
  if (all.every((s) => s === 'optimal' || s === 'infeasible')) return 'optimal';
  return all.some((s) => s === 'optimal' || s === 'feasible') ? 'feasible' : 'unknown';
}

const networksOf = ({ request }: AskedCodesign): string => request.networks.map((n) => n.network.name).join(' and ');
