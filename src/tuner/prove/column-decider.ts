// One machine whose mappings are enumerated: any number of limits settled exactly, by columns of every layer and the choice
// of one for every instance. docs/formulation.md, "Columns and the master".

import { interrupted } from '../../base/stop-reason.js';
import { invariant } from '../../base/diagnostics.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { Requirement } from '../../model/cost/requirement.js';
import { requirementName } from '../../smt/network-script.js';
import type { Lemma } from '../../smt/network-script.js';
import { whyNotEnumerable } from '../enumeration.js';
import { networkMin } from '../network/network-min.js';
import { masterLimits, masterObjective } from '../codesign/codesign-problem.js';
import type { NetworkAnswer, Patience } from '../network/network-question.js';
import type { Decider, Decision, NetworkLimit } from './decider.js';
import { isNetwork, limitsOnNetwork } from './decider.js';
import { MachineColumns } from './machine-columns.js';
import type { Knowledge, MachineRequest } from './machine-knowledge.js';
import { knowledgeOf, scriptOf } from './machine-knowledge.js';
import type { Needed } from './proof.js';
import { whyOpen } from './proof.js';
import type { ProveHooks } from './prove-request.js';

/** Seconds for Z3 to confirm in its own arithmetic what was walked to: a knapsack, which it decides soon or not at all. */
const confirming = 3;
/** Value and bound are the same but for the last digits of sums. */
const exactly = 1e-9;

/** What is minimised where several are limited. */
const inOrder: readonly NetworkQuantity[] = ['energy', 'edp', 'layer-edp', 'latency'];

/** Whether the mappings of a machine are enumerated in closed form, so that its layers have columns. */
export function hasColumns({ candidates: { machine }, technology, conventions }: MachineRequest): boolean {
  const template = machine.kind === 'template' ? { template: machine.template, technology } : undefined;
  return whyNotEnumerable(template, conventions) === undefined;
}

/** A question about one machine, and what is known towards its answer. */
interface Settling {
  readonly request: MachineRequest;
  readonly hooks: ProveHooks;
  readonly columns: MachineColumns;
  readonly facts: Knowledge['facts'];
  readonly area: number | undefined;
  /** What is proven, in words. */
  readonly settled: Set<string>;
  /** Whether Z3 was asked if it agrees. */
  isConfirmed: boolean;
}

export function columnDecider(request: MachineRequest, hooks: ProveHooks): Decider {
  const { technology, candidates } = request;
  invariant(candidates.machine.kind === 'template', 'a hierarchy has no columns');
  const { facts, area } = knowledgeOf(request, hooks);
  const machine = { template: candidates.machine.template, technology };
  const columns = new MachineColumns(request, machine, hooks.columns);
  const s: Settling = { request, hooks, columns, facts, area, settled: new Set(), isConfirmed: false };
  return {
    decide: (requirements, deadline) => decide(s, requirements, deadline),
    script: (requirements) => scriptWith(s, requirements, columns.lemmas(requirements)),
    values: ({ parameter }) => facts.flatMap((f) => (f.of === parameter ? [f.value] : [])),
    settled: () => [...s.settled],
    min: (quantity) => columns.minima(quantity),
    needs: (member, rest, deadline) => needs(s, member, rest, deadline),
  };
}

async function decide(s: Settling, requirements: readonly Requirement[], deadline: number): Promise<Decision> {
  const { hooks, area } = s;
  if (requirements.some((r) => r.kind === 'area' || r.kind === 'parameter')) {
    // What the machine is may rule requirements out by itself.
    const { status, core } = await hooks.ask(scriptWith(s, requirements, []), seconds(s, deadline));
    if (status === 'unsat') return { status: 'infeasible', core: named(requirements, core) };
  }
  const main = mainOf(requirements);
  const answer = await minWithin(s, requirements, main?.quantity ?? 'layer-edp', main, deadline);
  switch (answer.status) {
    case 'found':
      return {
        status: 'feasible',
        witness: { machine: s.request.candidates.machine, area, layers: answer.chosen },
      };
    case 'unknown':
      return { status: 'unknown', reason: hooks.stopped() ? interrupted : answer.reason };
    case 'none':
      return { status: 'infeasible', core: await coreOf(s, requirements, deadline) };
  }
}

/** The minimum of a quantity where all requirements but one hold; that one only ends what cannot meet it. */
async function minWithin(
  s: Settling,
  requirements: readonly Requirement[],
  quantity: NetworkQuantity,
  asCutoff: NetworkLimit | undefined,
  deadline: number,
): Promise<NetworkAnswer> {
  const { hooks } = s;
  const limits = requirements.filter(isNetwork).filter((l) => l !== asCutoff);
  const others = limits.map((l) => l.text).join(', ');
  const patience: Patience = {
    left: () => seconds(s, deadline),
    over: () => hooks.stopped() || hooks.now() >= deadline,
  };
  hooks.progress(`the minimum ${quantity} of the network${others === '' ? '' : ` with ${others}`}`);
  const answer = await networkMin(
    {
      layers: s.columns.under(requirements),
      objective: masterObjective[quantity],
      limits: masterLimits(limitsOnNetwork(limits)),
      ...(asCutoff && { cutoff: asCutoff.max, anyWillDo: true }),
    },
    patience,
  );
  if (answer.status !== 'none' && answer.bound > 0)
    s.settled.add(
      `the ${quantity} of the network is at least ${answer.bound.toPrecision(10)}${others === '' ? '' : `, with ${others}`}`,
    );
  return answer;
}

/** Z3 is asked once whether it agrees; a core of its own is a start. */
async function coreOf(
  s: Settling,
  requirements: readonly Requirement[],
  deadline: number,
): Promise<readonly Requirement[]> {
  const ofCosts = requirements.filter((r) => r.kind === 'network' || r.kind === 'layer');
  if (s.isConfirmed) return ofCosts;
  s.isConfirmed = true;
  const script = scriptWith(s, ofCosts, s.columns.lemmas(ofCosts));
  const { status, core } = await s.hooks.ask(script, Math.min(confirming, seconds(s, deadline)));
  invariant(status !== 'sat', 'Z3 finds room where the walk over columns has none');
  return status === 'unsat' ? named(ofCosts, core) : ofCosts;
}

async function needs(
  s: Settling,
  member: NetworkLimit,
  rest: readonly Requirement[],
  deadline: number,
): Promise<Needed> {
  const answer = await minWithin(s, rest, member.quantity, undefined, deadline);
  if (answer.status === 'none') return { kind: 'never' };
  const from = Math.max(member.max, answer.bound);
  if (answer.status === 'unknown') {
    const reason = whyOpen(s.hooks.now() >= deadline, answer.reason);
    return { kind: 'between', from, to: undefined, reason };
  }
  const { value } = answer;
  if (value - answer.bound <= exactly * value) return { kind: 'exact', value };
  const reason = 'there are too many totals to go through, and the solver that chose among them has tolerances';
  return { kind: 'between', from, to: value, reason };
}

const scriptWith = ({ request, facts }: Settling, requirements: readonly Requirement[], lemmas: readonly Lemma[]) =>
  scriptOf({ request, facts, lemmas }, requirements, true);

const named = (requirements: readonly Requirement[], core: readonly string[]): readonly Requirement[] =>
  requirements.filter((r) => core.includes(requirementName(r)));

const seconds = ({ hooks }: Settling, deadline: number): number => Math.max(0.1, (deadline - hooks.now()) / 1000);

const mainOf = (requirements: readonly Requirement[]): NetworkLimit | undefined =>
  requirements.filter(isNetwork).sort((x, y) => inOrder.indexOf(x.quantity) - inOrder.indexOf(y.quantity))[0];
