// One machine whose mappings are enumerated: any number of limits settled exactly, by columns of every layer and the choice
// of one for every instance. docs/formulation.md, "Columns and the master".

import { interrupted } from '../../base/stop-reason.js';
import { invariant } from '../../base/diagnostics.js';
import type { MasterLimits } from '../../milp/master/master.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Limits } from '../../model/cost/goal.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { CountedLayer } from '../../model/workload/network.js';
import { networkScript, machineIn, requirementName } from '../../smt/network-script.js';
import type { Lemma } from '../../smt/network-script.js';
import { machineryName } from '../../model/machine/presets.js';
import { whyNotEnumerable } from '../enumeration.js';
import { LayerColumns } from '../network/layer-columns.js';
import { networkMin } from '../network/network-min.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from '../network/network-question.js';
import { columnsLemma } from './columns-lemma.js';
import type { Decider, Decision, NetworkLimit } from './decider.js';
import { isNetwork, layerQuantityOf, limitsOn } from './decider.js';
import type { MachineRequest } from './machine-knowledge.js';
import { knowledgeOf, pure } from './machine-knowledge.js';
import type { Needed } from './proof.js';
import { whyOpen } from './proof.js';
import type { ProveHooks } from './prove-request.js';

/** Seconds for Z3 to confirm in its own arithmetic what was walked to: a knapsack, which it decides soon or not at all. */
const confirming = 3;
/** Value and bound are the same but for the last digits of sums. */
const exactly = 1e-9;

const quantityOf: Readonly<Record<NetworkQuantity, keyof MasterLimits>> = {
  energy: 'energy',
  latency: 'cycles',
  edp: 'product',
  'layer-edp': 'both',
};
/** What is minimised. */
const objectiveOf: Readonly<Record<NetworkQuantity, NetworkQuestion['objective']>> = {
  energy: { energy: 1, cycles: 0, both: 0 },
  latency: { energy: 0, cycles: 1, both: 0 },
  edp: 'product',
  'layer-edp': { energy: 0, cycles: 0, both: 1 },
};
/** What is minimised where several are limited. */
const inOrder: readonly NetworkQuantity[] = ['energy', 'edp', 'layer-edp', 'latency'];

/** Whether the mappings of a machine are enumerated in closed form, so that its layers have columns. */
export function hasColumns({ candidates: { machine }, technology, conventions }: MachineRequest): boolean {
  const template = machine.kind === 'template' ? { template: machine.template, technology } : undefined;
  return whyNotEnumerable(template, conventions) === undefined;
}

export function columnDecider(request: MachineRequest, hooks: ProveHooks): Decider {
  const { network, conventions, padding, technology, sharedMappings = false } = request;
  const { machine } = request.candidates;
  invariant(machine.kind === 'template', 'a hierarchy has no columns');
  const { architectures, facts, area } = knowledgeOf(request, hooks);
  /** By shape and limits: equal questions about equal layers are asked once. */
  const store = new Map<string, LayerColumns>();
  const settled = new Set<string>();
  let isConfirmed = false;

  const columnsOf = ({ layer }: CountedLayer, limits: Limits): LayerColumns => {
    const key = JSON.stringify([shapeKey(layer), Object.entries(limits).sort()]);
    const goal = { objective: 'edp' as const, limits };
    const task = {
      architectures,
      layer,
      conventions,
      padding,
      goal,
      machine: { template: machine.template, technology },
    };
    const columns = store.get(key) ?? new LayerColumns(task, hooks.columns);
    store.set(key, columns);
    return columns;
  };
  const layersUnder = (requirements: readonly Requirement[]): NetworkQuestion['layers'] =>
    network.layers.map((l) => ({
      ...l,
      columns: columnsOf(l, limitsOn(l.layer.name, requirements)),
      choices: sharedMappings ? 1 : l.count,
    }));
  const script: Decider['script'] = (requirements) => scriptWith(requirements, lemmasOf(requirements));
  const values: Decider['values'] = ({ parameter }) => facts.flatMap((f) => (f.of === parameter ? [f.value] : []));

  return { decide, script, values, settled: () => [...settled], min, needs };

  async function decide(requirements: readonly Requirement[], deadline: number): Promise<Decision> {
    if (requirements.some((r) => r.kind === 'area' || r.kind === 'parameter')) {
      // What the machine is may rule requirements out by itself.
      const { status, core } = await hooks.ask(scriptWith(requirements, []), seconds(deadline));
      if (status === 'unsat')
        return { status: 'infeasible', core: requirements.filter((r) => core.includes(requirementName(r))) };
    }
    const main = mainOf(requirements);
    const answer = await minWithin(requirements, main?.quantity ?? 'layer-edp', main, deadline);
    switch (answer.status) {
      case 'found':
        return { status: 'feasible', witness: { machine, area, layers: answer.chosen } };
      case 'unknown':
        return { status: 'unknown', reason: hooks.stopped() ? interrupted : answer.reason };
      case 'none':
        return { status: 'infeasible', core: await coreOf(requirements, deadline) };
    }
  }

  /** The minimum of a quantity where all requirements but one hold; that one only ends what cannot meet it. */
  async function minWithin(
    requirements: readonly Requirement[],
    quantity: NetworkQuantity,
    asCutoff: NetworkLimit | undefined,
    deadline: number,
  ): Promise<NetworkAnswer> {
    const limits = requirements.filter(isNetwork).filter((l) => l !== asCutoff);
    const patience: Patience = {
      left: () => seconds(deadline),
      over: () => hooks.stopped() || hooks.now() >= deadline,
    };
    hooks.progress(
      `the least ${quantity} of the network${limits.length === 0 ? '' : ` with ${limits.map((l) => l.text).join(', ')}`}`,
    );
    const answer = await networkMin(
      {
        layers: layersUnder(requirements),
        objective: objectiveOf[quantity],
        limits: Object.fromEntries(limits.map((l) => [quantityOf[l.quantity], l.max])),
        ...(asCutoff && { cutoff: asCutoff.max, anyWillDo: true }),
      },
      patience,
    );
    if (answer.status !== 'none' && answer.bound > 0)
      settled.add(
        `the ${quantity} of the network is at least ${answer.bound.toPrecision(10)}${limits.map((l) => `, with ${l.text}`).join('')}`,
      );
    return answer;
  }

  /** Z3 is asked once whether it agrees; a core of its own is a start. */
  async function coreOf(requirements: readonly Requirement[], deadline: number): Promise<readonly Requirement[]> {
    const ofCosts = requirements.filter((r) => r.kind === 'network' || r.kind === 'layer');
    if (isConfirmed) return ofCosts;
    isConfirmed = true;
    const { status, core } = await hooks.ask(script(ofCosts), Math.min(confirming, seconds(deadline)));
    invariant(status !== 'sat', 'Z3 finds room where the walk over columns has none');
    return status === 'unsat' ? ofCosts.filter((r) => core.includes(requirementName(r))) : ofCosts;
  }

  async function needs(member: NetworkLimit, rest: readonly Requirement[], deadline: number): Promise<Needed> {
    const answer = await minWithin(rest, member.quantity, undefined, deadline);
    if (answer.status === 'none') return { kind: 'never' };
    const from = Math.max(member.max, answer.bound);
    if (answer.status === 'unknown')
      return { kind: 'between', from, to: undefined, reason: whyOpen(hooks.now() >= deadline, answer.reason) };
    const { value } = answer;
    return value - answer.bound <= exactly * value
      ? { kind: 'exact', value }
      : {
          kind: 'between',
          from,
          to: value,
          reason: 'a solver that has tolerances chose among too many totals to go through',
        };
  }

  function min(quantity: NetworkQuantity) {
    const own = layerQuantityOf[quantity];
    if (own === undefined) return [];
    return network.layers.flatMap((l) => {
      const bound = columnsOf(l, {}).minSettled(pure[own]);
      return bound === undefined ? [] : [{ ...l, quantity: own, bound }];
    });
  }

  function lemmasOf(requirements: readonly Requirement[]): readonly Lemma[] {
    return layersUnder(requirements).map((l) => columnsLemma(l, limitsOn(l.layer.name, requirements)));
  }

  function scriptWith(requirements: readonly Requirement[], lemmas: readonly Lemma[]) {
    return networkScript({
      title: [
        `${network.name} on ${machineryName(machine)}: sat where what is known leaves room for all ` +
          'requirements, unsat where nothing meets them',
      ],
      layers: network.layers,
      machine: machineIn(request.requirements),
      facts,
      lemmas,
      requirements,
      areApart: true,
    });
  }

  function seconds(deadline: number): number {
    return Math.max(0.1, (deadline - hooks.now()) / 1000);
  }
}

const mainOf = (requirements: readonly Requirement[]): NetworkLimit | undefined =>
  requirements.filter(isNetwork).sort((x, y) => inOrder.indexOf(x.quantity) - inOrder.indexOf(y.quantity))[0];
