// All machines of a design space: branch and bound over shapes and sizes whose boxes are bounded within all limits, ended as
// soon as a machine meets them or it is proven that none does. What is proven is a lemma for Z3.

import type { StopReason } from '../../base/stop-reason.js';
import { interrupted, stopText, timeLimit, unsettled } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { whyUnbounded } from '../../enumerate/item-costs.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { templateAt } from '../../model/space/design-space.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { Requirement } from '../../model/cost/requirement.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { requirementName } from '../../smt/network-script.js';
import type { SearchOptions, SearchResult, SearchState } from '../codesign/best-first.js';
import { bestFirst } from '../codesign/best-first.js';
import type { TotalsProblem } from '../codesign/codesign-problem.js';
import { masterLimits, masterObjective } from '../codesign/codesign-problem.js';
import { layersOfSchedules } from '../codesign/schedules/scheduled-machine.js';
import { placing } from '../codesign/schedules/schedule-strategy.js';
import type { FoundMachine } from '../codesign/shape-task.js';
import type { CountedLayer } from '../../model/workload/network.js';
import { withOwnNames } from '../../model/workload/network.js';
import type { AreaLimit, Decider, Decision, NetworkLimit } from './decider.js';
import { isNetwork, limitsOn, limitsOnNetwork, totalOf } from './decider.js';
import { machinesWithin, pesOf } from './machines-within.js';
import type { Needed, Witness } from './proof.js';
import type { ProveHooks, ProveSchedules } from './prove-request.js';
import type { SpaceKnowledge, SpaceRequest } from './space-knowledge.js';
import {
  learnArea,
  learnBound,
  learnLeast,
  learnNoMachine,
  learnNone,
  scriptOf,
  spaceKnowledge,
} from './space-knowledge.js';

/** Any machine will do; what it is good at does not matter. */
const anything: NetworkQuantity = 'latency';
/**
 * The search sums areas in another order than the area model: it looks so much further,
 * and machines found are measured.
 */
const areaSlack = 1e-12;
/** What is not below a limit and this is beyond it: sums are in floating point. */
const beyondRounding = 1 + 1e-9;
/** What a bound is lowered by before it is a lemma, for the same reason. */
const belowRounding = 1 - 1e-9;
/** Value and bound are the same but for the last digits of sums. */
const exactly = 1e-9;
/** Bounds of boxes need not be better than to this share where a limit alone is in question. */
const tolerance = 1e-4;

/** `schedules`: where tensors may stay in the global buffer, and no single layer is limited, nor the sum of their EDPs. */
export function spaceDecider(request: SpaceRequest, hooks: ProveHooks, schedules?: ProveSchedules): Decider {
  const { space } = request.candidates;
  const k = spaceKnowledge(request, hooks, schedules);
  const unbounded = whyUnbounded(space, request.technology);
  return {
    decide: (requirements, deadline) =>
      unbounded === undefined
        ? decide(k, requirements, deadline)
        : Promise.resolve({ status: 'unknown', reason: unsettled(unbounded) }),
    script: (requirements) => scriptOf(k, requirements),
    values: ({ parameter }) => (parameter === 'pes' ? pesOf(space) : space.menus[parameter]),
    settled: () => [...k.settled],
    min: () => [],
    needs: (member, rest, deadline) => needs(k, member, rest, deadline),
    needsArea: (member, rest, deadline) => needs(k, member, rest, deadline),
  };
}

/** Requirements to be met together on the machines that those of parameters leave. */
interface Question {
  readonly requirements: readonly Requirement[];
  readonly within: DesignSpace;
  readonly deadline: number;
}

async function decide(k: SpaceKnowledge, requirements: readonly Requirement[], deadline: number): Promise<Decision> {
  const within = machinesWithin(k.request.candidates.space, requirements);
  if (within) {
    learnArea(k, within, requirements);
    learnLeast(k, within, requirements);
  }
  const atOnce = await refuted(k, requirements, deadline);
  if (atOnce.decision) return atOnce.decision;
  if (within) return searched(k, { requirements, within, deadline });
  learnNoMachine(k, requirements);
  const { decision, failure } = await refuted(k, requirements, deadline);
  const late: StopReason = { kind: 'time-limit', said: 'Z3 gave no answer in time' };
  return decision ?? { status: 'unknown', reason: failure ?? late };
}

/** Whether what is known leaves no room for requirements; or why Z3 could not be asked. */
async function refuted(
  k: SpaceKnowledge,
  requirements: readonly Requirement[],
  deadline: number,
): Promise<{ readonly decision?: Decision; readonly failure?: StopReason }> {
  const seconds = Math.max(0.1, (deadline - k.hooks.now()) / 1000);
  const { status, core, reason } = await k.hooks.ask(scriptOf(k, requirements), seconds);
  if (status === 'unsat')
    return { decision: { status: 'infeasible', core: requirements.filter((r) => core.includes(requirementName(r))) } };
  return reason?.kind === 'failed' ? { failure: reason } : {};
}

/** One limited quantity is minimised within the limits on all others, until a machine meets them all or none can. */
async function searched(k: SpaceKnowledge, q: Question): Promise<Decision> {
  const { requirements, deadline } = q;
  const network = requirements.filter(isNetwork);
  const main = network[0]?.quantity;
  const max = main && limitsOnNetwork(requirements)[main];
  const result = await search(k, q, problemAt(k, q, main ?? anything, tolerance), {
    gap: 0,
    anyWillDo: true,
    ...(max !== undefined && { cutoff: max * beyondRounding }),
  });
  if (result.best && meets(k, q, result.best)) return { status: 'feasible', witness: witnessOf(k, q, result.best) };
  if (result.status === 'infeasible') learnNone(k, requirements, `${result.nodes} boxes of machines`);
  else if (main && network.length === 1) learnBound(k, requirements, main, result.bound * belowRounding);
  const { decision, failure } = await refuted(k, requirements, deadline);
  return decision ?? { status: 'unknown', reason: failure ?? whyOpen(k, deadline) };
}

/** What a limit has to be is the minimum of its quantity where the rest holds: the smallest machine too is searched for as such. */
async function needs(
  k: SpaceKnowledge,
  member: NetworkLimit | AreaLimit,
  rest: readonly Requirement[],
  deadline: number,
): Promise<Needed> {
  const within = machinesWithin(k.request.candidates.space, rest);
  if (!within) return { kind: 'never' };
  const q: Question = { requirements: rest, within, deadline };
  const isArea = member.kind === 'area';
  const quantity = isArea ? (rest.find(isNetwork)?.quantity ?? anything) : member.quantity;
  const problem = { ...problemAt(k, q, quantity, 0), isArea };
  const { best, bound, status } = await search(k, q, problem, { gap: exactly });
  if (status === 'infeasible') return { kind: 'never' };
  const from = Math.max(member.max, bound * belowRounding);
  if (!best || !meets(k, q, best))
    return { kind: 'between', from, to: undefined, reason: stopText(whyOpen(k, deadline)) };
  const value = isArea ? defined(witnessOf(k, q, best).area) : totalOf(member.quantity, layersOf(k, best));
  if (value - bound <= 2 * exactly * value) return { kind: 'exact', value };
  return { kind: 'between', from, to: value, reason: stopText(whyOpen(k, deadline)) };
}

const whyOpen = ({ hooks, schedules }: SpaceKnowledge, deadline: number): StopReason =>
  hooks.stopped() ? interrupted : hooks.now() >= deadline ? timeLimit : schedules ? noPlaces : tooClose;

const tooClose: StopReason = unsettled(
  'the best machine is so close to the limits that the last digits of sums do not settle which side it is on',
);

/** On a machine where images of the best schedule have no places the best that has is above the bound. */
const noPlaces: StopReason = unsettled(
  'the last digits of sums do not settle which side of the limits the best machine is on, or what its best schedule keeps ' +
    'has no places in the global buffer',
);

function search(
  k: SpaceKnowledge,
  { deadline }: Question,
  problem: TotalsProblem,
  how: Pick<SearchOptions, 'gap' | 'anyWillDo' | 'cutoff'>,
): Promise<SearchResult> {
  const { schedules } = k;
  const hooks = schedules ? { ...k.hooks, shapes: placing(k.hooks.shapes, schedules.placed, deadline) } : k.hooks;
  const progress = (state: SearchState) => hooks.progress(`the minimum over all machines: ${progressText(state)}`);
  return bestFirst(problem, { deadline, known: [], bounds: new Map(), progress, ...how }, hooks);
}

const progressText = ({ shapes, unbounded, open, nodes }: SearchState): string =>
  unbounded > 0
    ? `bounding shapes, ${shapes - unbounded} of ${shapes}`
    : `${shapes - open} of ${shapes} shapes closed, ${nodes} boxes of machines`;

/** The least of a quantity of the network within all requirements. */
function problemAt(
  { request, schedules }: SpaceKnowledge,
  { within, requirements }: Question,
  quantity: NetworkQuantity,
  ofBounds: number,
): TotalsProblem {
  const { network, technology, padding } = request;
  const layers =
    schedules?.layers ??
    network.layers.map(({ layer, count }) => ({ layer, counts: [count], limits: limitsOn(layer.name, requirements) }));
  const maxArea = Math.min(Infinity, ...requirements.flatMap((r) => (r.kind === 'area' ? [r.max] : [])));
  return {
    space: within,
    technology,
    padding,
    area: maxArea * (1 + areaSlack),
    layers,
    ...(schedules && { schedules: [schedules.over] }),
    networks: [1],
    objective: masterObjective[quantity],
    limits: masterLimits(limitsOnNetwork(requirements)),
    tolerance: ofBounds,
  };
}

/** Whether a machine found meets all limits, its area by the area model itself. */
function meets(k: SpaceKnowledge, q: Question, machine: FoundMachine): boolean {
  const { area, layers } = witnessOf(k, q, machine);
  return (
    q.requirements.every((r) => r.kind !== 'area' || defined(area) <= r.max) &&
    q.requirements.filter(isNetwork).every((l) => totalOf(l.quantity, layers) <= l.max)
  );
}

function witnessOf(k: SpaceKnowledge, { within }: Question, machine: FoundMachine): Witness {
  const template = templateAt(within, machine.point);
  invariant(template, 'the machine found is none');
  return {
    machine: { kind: 'template', template },
    area: chipArea(template, k.request.technology),
    layers: layersOf(k, machine),
    ...(machine.schedules && { scheduled: { point: machine.point, schedules: machine.schedules.networks } }),
  };
}

const layersOf = ({ request }: SpaceKnowledge, machine: FoundMachine) =>
  layersIn(request, machine).map((l, i) => ({ ...l, found: nth(machine.found, i) }));

/** Steps of one layer may have several mappings, each of which needs a name of its own. */
const layersIn = ({ network }: SpaceRequest, machine: FoundMachine): readonly CountedLayer[] =>
  machine.schedules
    ? withOwnNames({
        ...network,
        layers: layersOfSchedules(machine).map(({ layer, counts }) => ({ layer, count: nth(counts, 0) })),
      }).layers
    : network.layers;
