// All machines of a design space: branch and bound over shapes and sizes, ended as soon as a machine meets the limits
// or it is proven that none does. Limits on the network count together, at prices; what is proven is a lemma for Z3.

import type { StopReason } from '../../base/stop-reason.js';
import { interrupted, timeLimit, unsettled } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { whyUnbounded } from '../../enumerate/item-costs.js';
import type { Weights } from '../../enumerate/item.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { templateAt } from '../../model/space/design-space.js';
import type { NetworkQuantity, NetworkSums } from '../../model/cost/network-goal.js';
import { networkSums } from '../../model/cost/network-goal.js';
import type { Requirement } from '../../model/cost/requirement.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { requirementName } from '../../smt/network-script.js';
import type { SearchResult, SearchState } from '../codesign/best-first.js';
import { bestFirst } from '../codesign/best-first.js';
import type { TotalsProblem } from '../codesign/codesign-problem.js';
import type { FoundMachine } from '../codesign/shape-task.js';
import type { Decider, Decision, SumLimit } from './decider.js';
import { isNetwork, isOnSum, limitsOn, totalOf } from './decider.js';
import { ProductLines, boundProduct } from '../network/product-lines.js';
import { machinesWithin, pesOf } from './machines-within.js';
import { adjusted, alike, weightsAt } from './prices.js';
import type { Witness } from './proof.js';
import type { ProveHooks } from './prove-request.js';
import type { SpaceKnowledge, SpaceRequest } from './space-knowledge.js';
import {
  learnArea,
  learnBound,
  learnLeast,
  learnNoMachine,
  learnProduct,
  scriptOf,
  spaceKnowledge,
} from './space-knowledge.js';

const maxPrices = 10;
/** Any machine will do; what it is good at does not matter. */
const anything: Weights = { both: 0, energy: 0, cycles: 1 };
/**
 * The search sums areas in another order than the area model: it looks so much further,
 * and machines found are measured.
 */
const areaSlack = 1e-12;
/** What a bound must be above the sum of the prices to prove something: sums are in floating point. */
const beyondRounding = 1 + 1e-9;
/** What a bound is lowered by before it is a lemma, for the same reason. */
const belowRounding = 1 - 1e-9;
/** One limit is decided by the search itself, however close; prices on several are a first try. */
const gapOfTries = 1e-3;

export function spaceDecider(request: SpaceRequest, hooks: ProveHooks): Decider {
  const { space } = request.candidates;
  const k = spaceKnowledge(request, hooks);
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
  };
}

/** Requirements to be met together on the machines that those of parameters leave. */
interface Question {
  readonly requirements: readonly Requirement[];
  /** Those on sums over the network's layers, which are priced. */
  readonly limits: readonly SumLimit[];
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
  if (atOnce) return atOnce;
  if (within) {
    const q: Question = { requirements, limits: requirements.filter(isOnSum), within, deadline };
    const product = await atLines(k, q);
    return product && (product.status !== 'unknown' || q.limits.length === 0) ? product : atPrices(k, q);
  }
  learnNoMachine(k, requirements);
  return (
    (await refuted(k, requirements, deadline)) ?? {
      status: 'unknown',
      reason: { kind: 'time-limit', said: 'Z3 gave no answer in time' },
    }
  );
}

/** Whether what is known leaves no room for requirements. */
async function refuted(
  k: SpaceKnowledge,
  requirements: readonly Requirement[],
  deadline: number,
): Promise<Decision | undefined> {
  const seconds = Math.max(0.1, (deadline - k.hooks.now()) / 1000);
  const { status, core } = await k.hooks.ask(scriptOf(k, requirements), seconds);
  return status === 'unsat'
    ? { status: 'infeasible', core: requirements.filter((r) => core.includes(requirementName(r))) }
    : undefined;
}

/**
 * A limit on energy x cycles of the totals: lines below the totals of all machines, until none is left within it or a machine
 * meets all limits; undefined where there is no such limit.
 */
async function atLines(k: SpaceKnowledge, q: Question): Promise<Decision | undefined> {
  const { hooks } = k;
  const { requirements, deadline } = q;
  const network = requirements.filter(isNetwork);
  const maxOf = (quantity: NetworkQuantity) =>
    network.reduce((max, l) => (l.quantity === quantity ? Math.min(max, l.max) : max), Infinity);
  const max = maxOf('edp');
  if (max === Infinity) return undefined;
  const lines = new ProductLines({ energy: maxOf('energy'), cycles: maxOf('latency') });
  let witness: FoundMachine | undefined;
  let nearest: NetworkSums | undefined;
  const over = () => witness !== undefined || hooks.stopped() || hooks.now() >= deadline;
  await boundProduct({
    lines,
    over,
    target: () => max * beyondRounding,
    best: () => nearest,
    ask: async (weights, enough) => {
      const result = await search(k, q, weights, 0, (bound) => bound >= enough);
      if (!result.best) return result.status === 'infeasible' ? Infinity : result.bound;
      if (meets(k, q, result.best)) witness = result.best;
      const sums = networkSums(layersOf(k, result.best).map(({ count, found }) => ({ count, ...found.evaluation })));
      if (sums.edp < (nearest?.edp ?? Infinity)) nearest = sums;
      return result.bound;
    },
  });
  if (witness) return { status: 'feasible', witness: witnessOf(k, q, witness) };
  const given = requirements.filter((r) => !isNetwork(r) || r.quantity === 'energy' || r.quantity === 'latency');
  learnProduct(k, given, lines.least(max * beyondRounding).product * belowRounding);
  const proven = await refuted(k, requirements, deadline);
  if (proven) return proven;
  return {
    status: 'unknown',
    reason: hooks.stopped()
      ? interrupted
      : hooks.now() >= deadline
        ? timeLimit
        : network.length < 2
          ? tooClose
          : betweenPrices,
  };
}

/** Searches for the best machine at prices on the limits, and moves the prices by what it misses. */
async function atPrices(k: SpaceKnowledge, q: Question): Promise<Decision> {
  const { hooks } = k;
  const { requirements, limits, deadline } = q;
  let prices = alike(limits);
  for (let round = 0; round <= maxPrices; round++) {
    const weights = limits.length === 0 ? anything : weightsAt(prices, limits);
    const result = await searchAt(k, q, weights, prices);
    if (result.best && meets(k, q, result.best)) return { status: 'feasible', witness: witnessOf(k, q, result.best) };
    learnFrom(k, q, weights, result);
    const proven = await refuted(k, requirements, deadline);
    if (proven) return proven;
    if (hooks.stopped() || hooks.now() >= deadline)
      return { status: 'unknown', reason: hooks.stopped() ? interrupted : timeLimit };
    if (limits.length < 2 || !result.best) break;
    const layers = layersOf(k, result.best);
    const reached = limits.map((l) => totalOf(l.quantity, layers));
    prices = adjusted(prices, reached, limits, round);
  }
  return { status: 'unknown', reason: limits.length < 2 ? tooClose : betweenPrices };
}

const tooClose: StopReason = unsettled(
  'the best machine is so close to the limit that its bound on cycles does not settle which side it is on',
);
const betweenPrices: StopReason = unsettled(
  'a duality gap remains that prices on the limits cannot close; widen or drop one of them',
);

/** Goes on until a machine meets all limits, or until the bound is above what any such machine costs at these prices. */
function searchAt(k: SpaceKnowledge, q: Question, weights: Weights, prices: readonly number[]): Promise<SearchResult> {
  const { limits } = q;
  const priced = limits.reduce((total, _, i) => total + nth(prices, i), 0);
  // Where several limits are priced alike, a machine below the sum of the prices may still miss one of them.
  return search(
    k,
    q,
    weights,
    limits.length < 2 ? 0 : gapOfTries,
    (bound) => limits.length > 0 && bound > priced * beyondRounding,
  );
}

/** The least by some weights over all machines, until one meets all limits or the bound is enough. */
function search(
  k: SpaceKnowledge,
  q: Question,
  weights: Weights,
  gap: number,
  isEnough: (bound: number) => boolean,
): Promise<SearchResult> {
  const { hooks } = k;
  const options = {
    gap,
    deadline: q.deadline,
    known: [],
    bounds: new Map(),
    enough: (best: FoundMachine | undefined, bound: number) =>
      (best !== undefined && meets(k, q, best)) || isEnough(bound),
    progress: (state: SearchState) => hooks.progress(`the minimum over all machines: ${progressText(state)}`),
  };
  const engine = { now: hooks.now, width: hooks.width, shapes: hooks.shapes, stopped: hooks.stopped };
  return bestFirst(problemAt(k, q, weights), options, engine);
}

function learnFrom(
  k: SpaceKnowledge,
  { requirements, limits }: Question,
  weights: Weights,
  result: SearchResult,
): void {
  const given = requirements.filter((r) => !isNetwork(r));
  if (result.status === 'infeasible')
    learnBound(k, given, anything, Infinity, 'no machine has a mapping for every layer within these');
  else if (limits.length > 0 && result.bound > 0)
    learnBound(k, given, weights, result.bound * belowRounding, `${result.nodes} boxes of machines`);
}

const progressText = ({ shapes, unbounded, open, nodes }: SearchState): string =>
  unbounded > 0
    ? `bounding shapes, ${shapes - unbounded} of ${shapes}`
    : `${shapes - open} of ${shapes} shapes closed, ${nodes} boxes of machines`;

function problemAt({ request }: SpaceKnowledge, { within, requirements }: Question, weights: Weights): TotalsProblem {
  const { network, technology, padding } = request;
  const maxArea = Math.min(Infinity, ...requirements.flatMap((r) => (r.kind === 'area' ? [r.max] : [])));
  return {
    space: within,
    technology,
    padding,
    area: maxArea * (1 + areaSlack),
    layers: network.layers.map(({ layer, count }) => ({
      layer,
      counts: [count],
      limits: limitsOn(layer.name, requirements),
    })),
    networks: [1],
    objective: weights,
    limits: {},
    tolerance: 0,
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
  };
}

const layersOf = ({ request }: SpaceKnowledge, machine: FoundMachine) =>
  request.network.layers.map((l, i) => ({ ...l, found: nth(machine.found, i) }));
