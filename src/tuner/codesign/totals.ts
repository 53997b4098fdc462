// Co-design by what networks cost as a whole, within limits on that: one branch and bound whose boxes are bounded within all
// limits. Where no machine is known that keeps them, whether any does is asked first.

import { nth } from '../../base/invariant.js';
import { valueOf } from '../../milp/master/master.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { parameters } from '../../model/space/design-space.js';
import type { Beside, BestFirstHooks, SearchOptions, SearchResult, SearchState } from './best-first.js';
import { bestFirst } from './best-first.js';
import type { TotalsProblem } from './codesign-problem.js';
import { lesser, masterLimits, masterObjective } from './codesign-problem.js';
import type { Checkpoint } from './codesign-request.js';
import { limitsMissed, limitsOf } from './network-limits.js';
import type { SearchOutcome, Session } from './session.js';
import { whyEnded } from './session.js';
import type { FoundMachine } from './shape-task.js';
import { wholeSearch } from './whole-search.js';
import { totalsOfMachine } from './totals-task.js';

/** The share of the gap asked for to which prices are settled. */
const shareOfGap = 0.05;

type Asked = Pick<Session, 'request' | 'layers' | 'schedules'>;

export function totalsProblem({ request, layers, schedules }: Asked): TotalsProblem {
  const { space, technology, padding, limits, networks, gap, objective } = request;
  const [first] = limitsOf(request);
  return {
    space,
    technology,
    padding,
    area: limits.area ?? Infinity,
    layers,
    limits: masterLimits(limits),
    tolerance: shareOfGap * gap,
    ...(schedules && { schedules }),
    // Whether limits can be kept is seen by the least of one of them within the others, of every network alike.
    ...(objective === 'area'
      ? { isArea: true, objective: masterObjective[first?.quantity ?? 'latency'], networks: networks.map(() => 1) }
      : { objective: masterObjective[objective], networks: networks.map((n) => n.weight) }),
  };
}

/** Of a sum without limits it does not matter which network a layer is of: as one network, each layer has one mapping. */
function asOne(problem: TotalsProblem): TotalsProblem {
  const { objective, limits, networks, layers, schedules, isArea = false } = problem;
  if (schedules || isArea || objective === 'product' || Object.keys(limits).length > 0) return problem;
  const counts = (own: readonly number[]) => [networks.reduce((sum, weight, k) => sum + weight * nth(own, k), 0)];
  return { ...problem, networks: [1], layers: layers.map((l) => ({ ...l, counts: counts(l.counts) })) };
}

type Meetable =
  | { readonly status: 'met'; readonly machine: FoundMachine; readonly nodes: number }
  /** Proven; `min`: what the only limit must be above. */
  | { readonly status: 'never'; readonly reason: SearchOutcome['reason']; readonly nodes: number }
  | { readonly status: 'open'; readonly nodes: number };

/** One limited quantity is minimised, the others are held; of several networks the first. */
export function heldToLimits(session: Asked): TotalsProblem {
  const [first] = limitsOf(session.request);
  return {
    ...totalsProblem(session),
    objective: masterObjective[first?.quantity ?? 'latency'],
    isArea: false,
    networks: session.request.networks.map((_, k) => (k === 0 ? 1 : 0)),
  };
}

/** Whether any machine keeps all limits. */
async function meetable(session: Session, progress: (state: SearchState) => void, guesses?: Beside): Promise<Meetable> {
  const { request, hooks, deadline } = session;
  const limits = limitsOf(request);
  const [first] = limits;
  const single = first !== undefined && limits.length === 1;
  const problem: TotalsProblem = { ...heldToLimits(session), ...(single && { limits: {} }) };
  const result = await bestFirst(
    problem,
    {
      gap: request.gap,
      deadline,
      known: [],
      bounds: new Map(),
      // What is found there may be no guess at the least of what is limited, but shows that the limits can be kept.
      beside: guesses && { best: () => undefined, next: guesses.next },
      enough: (m, bound) =>
        guesses?.best() !== undefined || (single && ((m?.value ?? Infinity) <= first.limit || bound > first.limit)),
      ...(!single && { anyWillDo: true, ...(first && { cutoff: first.limit * (1 + 1e-9) }) }),
      progress,
    },
    hooks,
  );
  const { best, nodes, status, bound } = result;
  if (best && (!single || best.value <= first.limit)) return { status: 'met', machine: best, nodes };
  if (single && Number.isFinite(bound) && bound > first.limit)
    return { status: 'never', reason: limitsMissed(request, limits, bound), nodes };
  if (status !== 'infeasible') return { status: 'open', nodes };
  // Where the area leaves no machine, or none has mappings whatever they cost, limits on networks are not what is missed.
  const none = whyEnded('infeasible', request, hooks);
  const why = single || limits.length === 0 || none?.kind === 'area' ? none : limitsMissed(request, limits, undefined);
  return { status: 'never', reason: why, nodes };
}

/** The search in a space of just one machine. */
export function onlyOn(
  point: DesignPoint,
  problem: TotalsProblem,
  options: Pick<SearchOptions, 'gap' | 'deadline' | 'cutoff'>,
  hooks: Omit<BestFirstHooks, 'learned'>,
): Promise<SearchResult> {
  const menus = { ...problem.space.menus, ...Object.fromEntries(parameters.map((p) => [p, [point[p]]])) };
  const { now, width, shapes, stopped } = hooks;
  return bestFirst(
    { ...problem, space: { ...problem.space, menus } },
    { ...options, known: [], bounds: new Map(), progress: () => {} },
    // What is learned of shapes is of those of the whole space.
    { now, width, shapes, stopped },
  );
}

export async function totals(
  session: Session,
  guesses: Beside,
  resume: Checkpoint | undefined,
): Promise<SearchOutcome> {
  const { request, hooks, progress } = session;
  const limits = limitsOf(request);
  const problem = asOne(totalsProblem(session));
  const valued = (machine: FoundMachine): FoundMachine => ({
    ...machine,
    value: problem.networks.reduce(
      (sum, weight, k) => sum + weight * valueOf(problem.objective, totalsOfMachine(problem, k, machine)),
      0,
    ),
  });
  // What a search before found last, with mappings within the limits.
  const settled = async (point: DesignPoint) =>
    (await onlyOn(point, problem, { gap: request.gap, deadline: session.deadline }, hooks)).best;
  let first = resume?.best && (await settled(resume.best));
  // What other limits were kept by has better mappings within these.
  const told = (hooks.learned?.machines.length ?? 0) > 0;
  const better = request.objective !== 'area' && told && limits.length > 0 ? guesses.best() : undefined;
  const own = better && (await settled(better.point));
  const beside: Beside = { best: () => lesser(guesses.best(), own), next: guesses.next };
  let nodes = 0;
  if (!first && !guesses.best() && !problem.isArea && limits.length > 0) {
    const met = await meetable(
      session,
      (state) => progress({ ...state, best: guesses.best(), bound: 0 }, () => []),
      guesses,
    );
    nodes = met.nodes;
    if (met.status === 'never' && !guesses.best())
      return {
        best: undefined,
        objective: Infinity,
        bound: Infinity,
        status: 'infeasible',
        reason: met.reason,
        nodes,
        shapes: 0,
      };
    if (met.status === 'met') first = lesser(first, valued(met.machine));
  }
  const found = await wholeSearch(session, problem, { known: first, beside, resume, nodes });
  if (found.status !== 'infeasible' || limits.length === 0) return found;
  // Of the smallest machine it is not known by how much limits were missed.
  const missed = await meetable(session, () => {});
  return missed.status === 'never' ? { ...found, reason: missed.reason } : found;
}
