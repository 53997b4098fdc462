// One machine: layers are tied together by the limits on the network alone.
//
// What a layer costs at least, by itself, is asked of `least.ts` and becomes a lemma; Z3 says whether the lemmas leave
// room for all requirements. As long as they do, and no mappings found so far meet them, more is asked: at prices on
// the limits, then step by step along the trade-off of each layer.

import { interrupted, timeLimit, unsettled } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { toNumber } from '../../base/rational.js';
import type { Weights } from '../../enumerate/item.js';
import type { Limits } from '../../model/cost/goal.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import { networkSums } from '../../model/cost/network-goal.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import type { CountedLayer } from '../../model/workload/network.js';
import { requirementName } from '../../smt/network-script.js';
import type { Verdict } from '../../smt/script.js';
import type { Decider, Decision, NetworkLimit } from './decider.js';
import { isNetwork, isOnSum, layerQuantityOf, limitsOn } from './decider.js';
import type { Chosen, Clock, Knowledge, MachineRequest } from './machine-knowledge.js';
import {
  anything,
  askLayer,
  isWithin,
  knowledgeOf,
  minimumOf,
  meets,
  pure,
  scriptOf,
  selection,
  totals,
} from './machine-knowledge.js';
import { adjusted, alike, weightsAt } from './prices.js';
import type { ProveHooks } from './prove-request.js';

/** Prices tried before trade-offs are followed step by step, and steps of all layers at most. */
const maxPrices = 12;
const maxSteps = 2000;
/**
 * Seconds for Z3 to choose from the trade-offs of all layers at once: a knapsack, which it decides soon or not at all.
 */
const choosing = 60;

const askedFirst: readonly NetworkQuantity[] = ['latency', 'edp', 'layer-edp', 'energy'];

export function machineDecider(request: MachineRequest, hooks: ProveHooks): Decider {
  const k = knowledgeOf(request, hooks);
  return {
    decide: (requirements, deadline) => decide(k, requirements, deadline),
    script: (requirements) => scriptOf(k, requirements),
    values: ({ parameter }) => k.facts.flatMap((f) => (f.of === parameter ? [f.value] : [])),
    settled: () => [...k.settled],
    min: (quantity) => minimumOf(k, quantity),
  };
}

/** Requirements to be met together, and what Z3 last said of them. */
interface Question {
  readonly requirements: readonly Requirement[];
  /** Those on the network as a whole, the quickest to ask first. */
  readonly network: readonly NetworkLimit[];
  readonly clock: Clock;
  readonly late: () => Decision;
  verdict: Verdict;
}

async function decide(k: Knowledge, requirements: readonly Requirement[], deadline: number): Promise<Decision> {
  const { hooks } = k;
  const clock: Clock = {
    over: () => hooks.stopped() || hooks.now() >= deadline,
    seconds: () => Math.max(0.1, (deadline - hooks.now()) / 1000),
  };
  const first = await hooks.ask(scriptOf(k, requirements), clock.seconds());
  // What the machine is may rule requirements out by itself.
  if (first.status === 'unsat') {
    invariant(k.lemmas.length > 0 || first.core.length > 0, 'the facts about the machine contradict each other');
    return infeasible(requirements, first);
  }
  const q: Question = {
    requirements,
    network: requirements
      .filter(isNetwork)
      .sort((x, y) => askedFirst.indexOf(x.quantity) - askedFirst.indexOf(y.quantity)),
    clock,
    late: () => ({ status: 'unknown', reason: hooks.stopped() ? interrupted : timeLimit }),
    verdict: first,
  };
  return (
    fromKnown(k, q) ??
    (await atPrices(k, q)) ??
    (await byProposals(k, q)) ??
    (clock.over()
      ? q.late()
      : { status: 'unknown', reason: { kind: 'time-limit', said: 'some layer has no mapping that was found in time' } })
  );
}

const infeasible = (requirements: readonly Requirement[], verdict: Verdict): Decision => ({
  status: 'infeasible',
  core: requirements.filter((r) => verdict.core.includes(requirementName(r))),
});

const feasible = ({ request, area }: Knowledge, chosen: Chosen): Decision => ({
  status: 'feasible',
  witness: {
    machine: request.candidates.machine,
    area,
    layers: chosen.map(({ layer, count, found }) => ({ layer, count, found })),
  },
});

/** The mappings that cost least by some weights, where they meet all limits. */
function chooseBy(k: Knowledge, q: Question, weights: Weights): Decision | undefined {
  const chosen = selection(k, q.requirements, weights);
  return chosen && meets(chosen, q.network) ? feasible(k, chosen) : undefined;
}

/** Mappings that were found for other requirements. */
function fromKnown(k: Knowledge, q: Question): Decision | undefined {
  for (const l of q.network) {
    const known = chooseBy(k, q, pure[layerQuantityOf[l.quantity] ?? 'edp']);
    if (known) return known;
  }
  return undefined;
}

/** Asks every layer for its least by some weights, where what is known does not do: does that settle the question? */
async function look(k: Knowledge, q: Question, weights: Weights): Promise<Decision | undefined> {
  const known = chooseBy(k, q, weights);
  if (known) return known;
  await Promise.all(k.layers.map((l) => askLayer(k, l, limitsOn(l.layer.name, q.requirements), weights, q.clock)));
  const found = chooseBy(k, q, weights);
  if (found) return found;
  q.verdict = await k.hooks.ask(scriptOf(k, q.requirements), q.clock.seconds());
  if (q.verdict.status === 'unsat') return infeasible(q.requirements, q.verdict);
  return q.clock.over() ? q.late() : undefined;
}

/** All limits together first, which mostly finds mappings where there are some; then each alone; then other prices. */
async function atPrices(k: Knowledge, q: Question): Promise<Decision | undefined> {
  const network = q.network.filter(isOnSum);
  let prices = alike(network);
  const together = network.length > 1 ? [weightsAt(prices, network)] : [];
  const each = [...new Set(q.network.flatMap(({ quantity }) => quantitiesOf[quantity]))].map((of) => pure[of]);
  const questions = q.network.length === 0 ? [anything] : [...together, ...each];
  for (const weights of questions) {
    const settles = await look(k, q, weights);
    if (settles) return settles;
  }
  for (let round = 0; network.length > 1 && round < maxPrices; round++) {
    const chosen = selection(k, q.requirements, weightsAt(prices, network));
    if (!chosen) return undefined;
    const reached = network.map((l) => totals(chosen, l));
    prices = adjusted(prices, reached, network, round);
    const settles = await look(k, q, weightsAt(prices, network));
    if (settles) return settles;
  }
  return network.length < q.network.length ? alongHull(k, q) : undefined;
}

/**
 * A limit on energy x cycles of the totals: each in turn is priced at what the best mappings by the last prices have of
 * them, until these stay the same. Where the product is least, it is least by its own prices.
 */
async function alongHull(k: Knowledge, q: Question): Promise<Decision | undefined> {
  let price = 0;
  for (let round = 0; round < maxPrices; round++) {
    const chosen = selection(k, q.requirements, { both: 0, energy: 1, cycles: price });
    if (!chosen) return undefined;
    const { energy, cycles } = networkSums(chosen.map(({ count, found }) => ({ count, ...found.evaluation })));
    if (energy / cycles === price) return undefined;
    price = energy / cycles;
    const settles = await look(k, q, { both: 0, energy: 1, cycles: price });
    if (settles) return settles;
  }
  return undefined;
}

/** What layers are asked about where so much of the network is limited. */
const quantitiesOf: Readonly<Record<NetworkQuantity, readonly CostQuantity[]>> = {
  energy: ['energy'],
  latency: ['latency'],
  edp: ['energy', 'latency'],
  'layer-edp': ['edp'],
};

/** Z3 proposes what each layer may cost; each is asked whether it can. */
async function byProposals(k: Knowledge, q: Question): Promise<Decision | undefined> {
  const { network, requirements, clock } = q;
  const asked = network.flatMap((l) => quantitiesOf[l.quantity]);
  const main = (['energy', 'edp', 'latency'] as const).find((quantity) => asked.includes(quantity));
  if (main === undefined) return undefined;
  for (let step = 0; step < maxSteps && !clock.over(); step++) {
    if (q.verdict.status === 'unknown')
      return clock.over() ? q.late() : { status: 'unknown', reason: unsettled(noChoice) };
    const proposed = k.layers.map((l) => proposal(l, q));
    const fitting = k.layers.map((l, i) => l.found.find((f) => isWithin(f, nth(proposed, i))));
    if (fitting.every((f) => f)) {
      const chosen = k.layers.map((l, i) => ({ ...l, found: defined(fitting[i]) }));
      return meets(chosen, network) ? feasible(k, chosen) : { status: 'unknown', reason: unsettled(missedByAHair) };
    }
    const before = k.lemmas.length;
    await Promise.all(
      k.layers.map(async (l, i) => {
        if (fitting[i]) return;
        // The minimum of the main quantity is asked for: of it only the layer's own limit holds.
        const limits = { ...nth(proposed, i), [main]: limitsOn(l.layer.name, requirements)[main] };
        await askLayer(k, l, limits, pure[main], clock);
      }),
    );
    if (k.lemmas.length === before) {
      const open = nth(k.layers, fitting.indexOf(undefined)).layer.name;
      return clock.over()
        ? q.late()
        : { status: 'unknown', reason: unsettled(`what ${open} costs at least is known only from below`) };
    }
    q.verdict = await k.hooks.ask(scriptOf(k, requirements), Math.min(choosing, clock.seconds()));
    if (q.verdict.status === 'unsat') return infeasible(requirements, q.verdict);
  }
  return undefined;
}

const noChoice =
  'between the trade-offs of the layers Z3 finds neither a choice that meets the limits nor a proof that there is none';
const missedByAHair = 'a limit is missed by less than the arithmetic of the search can tell';

/** What Z3 lets a layer cost, of what is limited. */
function proposal({ layer }: CountedLayer, { network, verdict, requirements }: Question): Limits {
  const limits: Partial<Record<CostQuantity, number>> = { ...limitsOn(layer.name, requirements) };
  for (const quantity of new Set(network.flatMap((l) => quantitiesOf[l.quantity]))) {
    const allowed = verdict.values.get(`${quantity}@${layer.name}`);
    if (allowed === undefined) continue;
    // Lemmas on sums of products are lowered by a billionth: so much more is taken to be
    // allowed, and the sum is checked.
    const max = quantity === 'latency' ? Math.floor(toNumber(allowed) * (1 + 1e-14)) : toNumber(allowed) * (1 + 2e-9);
    limits[quantity] = Math.min(max, limits[quantity] ?? Infinity);
  }
  return limits;
}
