// Co-design: the machine of a space and the mappings of all layers that are best together, with a bound on all others.

import { interrupted, timeLimit, unsettled } from '../../base/stop-reason.js';
import type { CodesignReason } from './codesign-reason.js';
import { nth } from '../../base/invariant.js';
import { digest } from '../../base/digest.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { costShapes, whyUnbounded } from '../../enumerate/item-costs.js';
import { invariant } from '../../base/diagnostics.js';
import { templateAt } from '../../model/space/design-space.js';
import { incumbent } from './incumbent.js';
import { limitsOf, meets } from './network-limits.js';
import { totals } from './totals.js';
import type { UniqueLayer } from './codesign-problem.js';
import { lesser, noPrices, objectiveOf, problemOf, uniqueLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { Checkpoint, CodesignBest, CodesignState, CodesignRequest, CodesignResult } from './codesign-request.js';
import { Learned } from './learned.js';
import type { FoundMachine } from './shape-task.js';
import { plainlyBeyond } from './plain-limits.js';
import type { SearchOutcome, Session } from './session.js';
import { whyEnded, within } from './session.js';

/** All that the answer depends on but gap and time. */
export function fingerprint({
  networks,
  space,
  technology,
  objective,
  limits,
  layerLimits,
  padding,
  conventions,
}: CodesignRequest): string {
  const layers = networks.map(({ network, weight }) => [
    weight,
    network.layers.map(({ layer, count }) => [layer, count]),
  ]);
  return digest(
    JSON.stringify([
      layers,
      space.menus,
      space.maxPes,
      technology,
      objective,
      limits,
      padding,
      conventions.name,
      ...(layerLimits ? [layerLimits] : []),
    ]),
  );
}

/** How a space is searched, and which layers the mappings of a machine found there are of. */
export interface Strategy {
  /** Tells what it searches for beside the request. */
  readonly mark: string;
  readonly search: (session: Session, resume: Checkpoint | undefined) => Promise<SearchOutcome>;
  readonly layersOf: (machine: FoundMachine) => readonly UniqueLayer[];
}

export async function codesign(
  request: CodesignRequest,
  asked: CodesignHooks,
  strategy?: Strategy,
): Promise<CodesignResult> {
  // One search asks of a shape more than once too: as guesses grow, and whether limits can be kept at all.
  const learned = asked.learned ?? new Learned();
  const hooks = { ...asked, learned };
  const layers = uniqueLayers(request.networks, request.layerLimits);
  const began = hooks.now() - 1000 * (hooks.resume?.seconds ?? 0);
  const curve: CodesignState[] = [...(hooks.resume?.curve ?? [])];
  let bestSoFar: FoundMachine | undefined;
  const seconds = () => (hooks.now() - began) / 1000;
  const mark = strategy ? digest(`${fingerprint(request)} ${strategy.mark}`) : fingerprint(request);
  const whatever = fingerprint({ ...request, objective: 'area', limits: {} });
  learned.begin(strategy ? `${whatever} ${strategy.mark}` : whatever, request.limits.area);
  const session: Session = {
    request,
    layers,
    hooks,
    deadline: hooks.now() + request.timeLimit * 1000,
    progress({ best, bound, nodes, shapes, open, unbounded }, bounds) {
      const better = best && best.value < (bestSoFar?.value ?? Infinity);
      if (better) bestSoFar = best;
      const state: CodesignState = {
        seconds: seconds(),
        best: best?.value ?? Infinity,
        bound,
        nodes,
        shapes,
        open,
        ...(better && { point: best.point }),
      };
      const last = curve.at(-1);
      if (!last || last.best !== state.best || last.bound !== state.bound) curve.push(state);
      hooks.progress({ ...state, unbounded });
      hooks.checkpoint?.({
        schema: 'magnet-codesign-checkpoint/2',
        request: mark,
        seconds: seconds(),
        best: bestSoFar?.point,
        shapes: bounds(),
        curve,
      });
    },
  };
  const costed = await costShapes(request.space, request.technology, async (done, total) => {
    hooks.doing?.('costing shapes', done, total);
    await hooks.turn?.();
    return !hooks.stopped() && hooks.now() < session.deadline;
  });
  const notYet = costed ? whyNoBounds(request) : hooks.stopped() ? interrupted : timeLimit;
  const outcome = notYet
    ? notBegun(notYet)
    : await (strategy?.search ?? search)(session, hooks.resume?.request === mark ? hooks.resume : undefined);
  const { best, bound, objective } = outcome;
  if (best) learned.keepMachine(best);
  const proved = best !== undefined && within(request.gap, objective, bound);
  return {
    status: proved ? 'optimal' : best ? 'feasible' : outcome.status === 'infeasible' ? 'infeasible' : 'unknown',
    best: best && (await designOf({ ...session, layers: strategy?.layersOf(best) ?? layers }, best, objective)),
    bound: outcome.status === 'infeasible' ? Infinity : Math.min(bound, best ? objective : Infinity),
    reason: outcome.reason,
    causes: [],
    nodes: outcome.nodes,
    shapes: outcome.shapes,
    curve,
    seconds: seconds(),
  };
}

const notBegun = (reason: CodesignReason): SearchOutcome => ({
  best: undefined,
  objective: Infinity,
  bound: 0,
  status: 'stopped',
  reason,
  nodes: 0,
  shapes: 0,
});

function whyNoBounds({ space, technology }: CodesignRequest): CodesignReason | undefined {
  const why = whyUnbounded(space, technology);
  return why === undefined ? undefined : unsettled(why);
}

async function search(session: Session, resume: Checkpoint | undefined): Promise<SearchOutcome> {
  const beyond = plainlyBeyond(session.request, session.layers);
  if (beyond === 'layers')
    return {
      best: undefined,
      objective: Infinity,
      bound: Infinity,
      status: 'infeasible',
      reason: whyEnded('infeasible', session.request, session.hooks),
      nodes: 0,
      shapes: 0,
    };
  // Without limits machines are guessed soon, and better than what was the best of another objective.
  const known = limitsOf(session.request).length > 0 ? knownMachine(session) : undefined;
  const guessing =
    resume?.best || beyond || known
      ? { best: () => (resume?.best ? undefined : known), next: () => undefined }
      : await incumbent(session);
  return totals(session, guessing, resume);
}

/** The best machine of searches before that is within the limits. */
function knownMachine({ request, layers, hooks }: Session): FoundMachine | undefined {
  const limits = limitsOf(request);
  const { space, technology, objective } = request;
  return (hooks.learned?.machines ?? []).reduce<FoundMachine | undefined>((best, { point, found }) => {
    const template = templateAt(space, point);
    const area = template ? chipArea(template, technology) : Infinity;
    if (area > (request.limits.area ?? Infinity) || !meets(layers, found, limits)) return best;
    const value = objective === 'area' ? area : objectiveOf(request, layers, found);
    return lesser(best, { point, found, value });
  }, undefined);
}

/** Seconds that the proofs of single layers may take when the search was stopped, or the time is over. */
const lastly = 1;

/**
 * The machine as a design, each layer with what is proven of it on this machine; nothing
 * where that is not done in time.
 */
async function designOf(
  { request, layers, hooks, deadline }: Session,
  machine: FoundMachine,
  objective: number,
): Promise<CodesignBest> {
  const template = templateAt(request.space, machine.point);
  invariant(template, 'the best machine is none');
  const each = {
    ...request,
    // Of what is no sum over layers, and under limits on networks, each is held to its own EDP.
    objective:
      request.objective === 'area' || request.objective === 'edp' || limitsOf(request).length > 0
        ? ('layer-edp' as const)
        : request.objective,
    networks: request.networks.slice(0, 1).map((n) => ({ ...n, weight: 1 })),
  };
  const problem = problemOf(
    each,
    layers.map((l) => ({ ...l, counts: [1] })),
    [noPrices],
    Infinity,
  );
  const seconds = hooks.stopped() ? lastly : Math.max(lastly, (deadline - hooks.now()) / 1000);
  const alone = await hooks.shapes.machineAt({ problem, point: machine.point, limit: Infinity, seconds });
  return {
    point: machine.point,
    template,
    objective,
    area: chipArea(template, request.technology),
    ...(machine.schedules && { schedules: machine.schedules.networks }),
    layers: layers.map(({ layer, counts }, i) => ({
      layer,
      counts,
      found: nth(machine.found, i),
      bound: alone?.bounds[i] ?? 0,
    })),
  };
}
