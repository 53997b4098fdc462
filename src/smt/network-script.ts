// What is required of a machine and of all layers of a network, as assertions that a core can name.
//
// Constants are what is not known: parameters and area of the machine, energy, cycles and EDP of every layer. What is
// known of them are lemmas, background to every question. All numbers are exact: doubles are rationals.

import type { CountedLayer } from '../model/workload/network.js';
import type { NetworkQuantity } from '../model/cost/network-goal.js';
import { networkQuantities } from '../model/cost/network-goal.js';
import type { CostQuantity, LimitedParameter, Requirement } from '../model/cost/requirement.js';
import { costQuantities } from '../model/cost/requirement.js';
import type { Assertion, Declaration, Script, Term } from './script.js';
import { atLeast, atMost, equal, less, number, sum, symbol, times } from './script.js';

/** Something proven elsewhere, with how. */
export interface Lemma {
  /** Constants of its own. */
  readonly declarations?: readonly Declaration[];
  readonly term: Term;
  readonly comment: string;
}

/** What a machine has for sure. */
export interface Fact {
  readonly of: LimitedParameter | 'area';
  readonly value: number;
}

export interface NetworkQuestion {
  readonly title: readonly string[];
  readonly layers: readonly CountedLayer[];
  /** What of the machine facts, lemmas and requirements speak of. */
  readonly machine: readonly (LimitedParameter | 'area')[];
  readonly facts: readonly Fact[];
  readonly lemmas: readonly Lemma[];
  readonly requirements: readonly Requirement[];
  /**
   * Whether instances of a layer may have different mappings: then what the layer costs is their mean, and limits on it are
   * on each of them. Otherwise all are alike.
   */
  readonly areApart?: boolean;
}

/** Sums over the layers, of what. */
const sums = [
  { of: 'energy', each: 'energy', unit: 'pJ' },
  { of: 'latency', each: 'latency', unit: 'cycles' },
  { of: 'layer-edp', each: 'edp', unit: 'pJ*cycles' },
] as const satisfies readonly { of: NetworkQuantity; each: CostQuantity; unit: string }[];

export const ofLayer = (quantity: CostQuantity, layer: string): Term => symbol(`${quantity}@${layer}`);
/** Of each of a layer's instances: what the dearest costs. */
export const ofEach = (quantity: CostQuantity, layer: string): Term => symbol(eachName(quantity, layer));
const eachName = (quantity: CostQuantity, layer: string) => `${quantity}@${layer}, each`;
export const ofNetwork = (quantity: NetworkQuantity): Term => symbol(quantity);
export const ofMachine = (of: LimitedParameter | 'area'): Term => symbol(of);

/**
 * A requirement as a term; of whole numbers of cycles "at most n" is "below n + 1", which lemmas use to say the same.
 */
export function requirementTerm(r: Requirement, areApart = false): Term {
  switch (r.kind) {
    case 'area':
      return atMost(ofMachine('area'), number(r.max));
    case 'network':
      return atMost(ofNetwork(r.quantity), number(r.max));
    case 'layer': {
      const cost = (areApart ? ofEach : ofLayer)(r.quantity, r.layer);
      return r.quantity === 'latency' ? less(cost, number(Math.floor(r.max) + 1)) : atMost(cost, number(r.max));
    }
    case 'parameter':
      return (r.bound === 'max' ? atMost : atLeast)(ofMachine(r.parameter), number(r.value));
  }
}

/** What of the machine requirements speak of. */
export const machineIn = (requirements: readonly Requirement[]): readonly (LimitedParameter | 'area')[] => [
  ...new Set(
    requirements.flatMap((r) => (r.kind === 'area' ? ['area' as const] : r.kind === 'parameter' ? [r.parameter] : [])),
  ),
];

/** Names of requirements in cores, and back. */
export const requirementName = (r: Requirement): string => `limit ${r.text}`;

export function networkScript(question: NetworkQuestion): Script {
  const { title, layers, machine, facts, lemmas, requirements, areApart = false } = question;
  const dearest = areApart ? layers.flatMap(({ layer }) => costQuantities.map((q) => ({ q, name: layer.name }))) : [];
  const declarations: Declaration[] = [
    ...machine.map((name): Declaration => ({ name, sort: name === 'area' || name === 'clock' ? 'Real' : 'Int' })),
    ...networkQuantities.map((name): Declaration => ({ name, sort: 'Real' })),
    ...layers.flatMap(({ layer }) =>
      costQuantities.map((q): Declaration => ({ name: `${q}@${layer.name}`, sort: 'Real' })),
    ),
    ...dearest.map(({ q, name }): Declaration => ({ name: eachName(q, name), sort: 'Real' })),
    ...lemmas.flatMap((l) => l.declarations ?? []),
  ];
  const assertions: Assertion[] = [
    ...facts.map(({ of, value }): Assertion => ({
      term: equal(ofMachine(of), number(value)),
      comment: `the machine's ${of}${of === 'area' ? ', mm2' : ''}`,
    })),
    ...sums.map(({ of, each, unit }): Assertion => ({
      term: equal(
        ofNetwork(of),
        sum(...layers.map(({ layer, count }) => times(number(count), ofLayer(each, layer.name)))),
      ),
      comment: `${of} of the network, ${unit}: every layer as often as it occurs`,
    })),
    // A product of what is not known is harder than all the rest: only where it is asked about.
    ...(requirements.some((r) => r.kind === 'network' && r.quantity === 'edp')
      ? [
          {
            term: equal(ofNetwork('edp'), times(ofNetwork('energy'), ofNetwork('latency'))),
            comment: 'edp of the network, pJ*cycles: of its totals',
          },
        ]
      : []),
    ...dearest.map(({ q, name }): Assertion => ({ term: atMost(ofLayer(q, name), ofEach(q, name)) })),
    ...lemmas.map(({ term, comment }): Assertion => ({ term, comment })),
    ...requirements.map((r): Assertion => ({ term: requirementTerm(r, areApart), name: requirementName(r) })),
  ];
  return { title, declarations, assertions };
}
