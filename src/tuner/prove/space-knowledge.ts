// What is proven of the machines of a space, as lemmas for Z3 and in words: it grows from question to question.

import { minArea } from '../../enumerate/item-costs.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Lemma } from '../../smt/network-script.js';
import { machineIn, networkScript, ofMachine, requirementTerm } from '../../smt/network-script.js';
import type { Script } from '../../smt/script.js';
import { and, atLeast, implies, not, number } from '../../smt/script.js';
import { leastLemmas } from './least-lemmas.js';
import { quantityLemma } from './lemmas.js';
import { menuLemmas } from './machines-within.js';
import type { ProveHooks, ProveRequest, ProveSchedules } from './prove-request.js';

export type SpaceRequest = ProveRequest & {
  readonly candidates: { readonly kind: 'space'; readonly space: DesignSpace };
};

export interface SpaceKnowledge {
  readonly request: SpaceRequest;
  readonly hooks: ProveHooks;
  /** Where tensors may stay in the global buffer. */
  readonly schedules: ProveSchedules | undefined;
  readonly lemmas: Lemma[];
  /** The lemmas that were searched for, in words. */
  readonly settled: Set<string>;
  /** The requirements of parameters, as text, under which the minimum area is known. */
  readonly areas: Set<string>;
  /** What was asked for, as text, when the least of layers and the network was made a lemma. */
  readonly least: Set<string>;
}

export const spaceKnowledge = (
  request: SpaceRequest,
  hooks: ProveHooks,
  schedules: ProveSchedules | undefined,
): SpaceKnowledge => ({
  request,
  hooks,
  schedules,
  lemmas: menuLemmas(request.candidates.space, request.requirements),
  settled: new Set(),
  areas: new Set(),
  least: new Set(),
});

/** All that is known, with requirements. */
export function scriptOf({ request, lemmas }: SpaceKnowledge, requirements: readonly Requirement[]): Script {
  const { network, candidates } = request;
  return networkScript({
    title: [
      `${network.name} on the machines of ${candidates.space.name}: sat where what is known leaves room for all ` +
        'requirements, unsat where nothing meets them',
    ],
    layers: network.layers,
    machine: machineIn(request.requirements),
    facts: [],
    lemmas,
    requirements,
  });
}

/** No machine meets some requirements together. */
export function learnNone(
  { lemmas, settled }: SpaceKnowledge,
  requirements: readonly Requirement[],
  how: string,
): void {
  lemmas.push({ term: not(and(...requirements.map((r) => requirementTerm(r)))), comment: how });
  const given = requirements.map((r) => r.text).join(', ');
  settled.add(`no machine has a mapping for every layer${given === '' ? '' : ` where ${given}`}`);
}

/** A bound on a quantity of the network, on machines and mappings that meet all requirements but those on it. */
export function learnBound(
  { lemmas, settled }: SpaceKnowledge,
  requirements: readonly Requirement[],
  quantity: NetworkQuantity,
  bound: number,
): void {
  if (!(bound > 0) || !Number.isFinite(bound)) return;
  const given = requirements.filter((r) => r.kind !== 'network' || r.quantity !== quantity);
  lemmas.push(quantityLemma(given, quantity, bound, 'boxes of machines'));
  const where = given.length === 0 ? '' : ` where ${given.map((r) => r.text).join(', ')}`;
  settled.add(`${quantity} of the network is at least ${bound.toPrecision(6)}${where}`);
}

/** Menus leave values, but none of them make a machine together. */
export function learnNoMachine(
  { request, lemmas, settled }: SpaceKnowledge,
  requirements: readonly Requirement[],
): void {
  const parameters = ofParameters(requirements);
  lemmas.push({
    term: not(and(...parameters.map((r) => requirementTerm(r)))),
    comment: 'no values within these make a machine',
  });
  settled.add(`no machine of ${request.candidates.space.name} has ${parameters.map((r) => r.text).join(', ')}`);
}

/** The minimum area that parameters leave, where areas are limited. */
export function learnArea(
  { request, lemmas, settled, areas }: SpaceKnowledge,
  within: DesignSpace,
  requirements: readonly Requirement[],
): void {
  const parameters = ofParameters(requirements);
  const key = parameters.map((r) => r.text).join();
  if (areas.has(key) || !requirements.some((r) => r.kind === 'area')) return;
  areas.add(key);
  const min = minArea(within, request.technology);
  lemmas.push(areaLemma(parameters, min));
  settled.add(`no machine takes less than ${min.toPrecision(5)} mm2${key === '' ? '' : ` where ${key}`}`);
}

/** What limited layers, and the network, cost at least on the machines that area and parameters leave: through DRAM alone. */
export function learnLeast(
  { request, schedules, lemmas, least }: SpaceKnowledge,
  within: DesignSpace,
  requirements: readonly Requirement[],
): void {
  if (schedules) return;
  const given = requirements.filter((r) => r.kind === 'area' || r.kind === 'parameter');
  const fresh = requirements.filter((r) => {
    if (r.kind !== 'layer' && r.kind !== 'network') return false;
    const key = [r.quantity, r.kind === 'layer' ? `@${r.layer}` : '', ...given.map((g) => g.text)].join();
    const known = least.has(key);
    least.add(key);
    return !known;
  });
  lemmas.push(...leastLemmas(within, request.technology, request.network.layers, fresh, given));
}

const ofParameters = (requirements: readonly Requirement[]) => requirements.filter((r) => r.kind === 'parameter');

/** Areas are sums in floating point. */
const areaLemma = (given: readonly Requirement[], min: number): Lemma => {
  const conclusion = atLeast(ofMachine('area'), number(min * (1 - 1e-12)));
  return {
    term: given.length === 0 ? conclusion : implies(and(...given.map((r) => requirementTerm(r))), conclusion),
    comment: 'the smallest machine',
  };
};
