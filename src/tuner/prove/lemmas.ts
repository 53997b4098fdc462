// What is proven of layers and machines, as lemmas that Z3 reasons with.

import type { Weights } from '../../enumerate/item.js';
import type { Limits } from '../../model/cost/goal.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import type { Lemma } from '../../smt/network-script.js';
import { ofLayer, ofNetwork, requirementTerm } from '../../smt/network-script.js';
import type { Term } from '../../smt/script.js';
import { and, atLeast, atMost, implies, less, number, or, sum, times } from '../../smt/script.js';

const parts: readonly (readonly [CostQuantity, keyof Weights])[] = [
  ['edp', 'both'],
  ['energy', 'energy'],
  ['latency', 'cycles'],
];

const weighted = (w: Weights, of: (q: CostQuantity) => Term): Term =>
  sum(...parts.flatMap(([q, key]) => (w[key] === 0 ? [] : [times(number(w[key]), of(q))])));

/** Within `limits` a layer costs at least `bound` by the weights; +Infinity where nothing of it fits. */
export function layerLemma(layer: string, limits: Limits, w: Weights, bound: number, comment: string): Lemma {
  const within = Object.entries(limits).map(([q, max]): Term =>
    q === 'latency'
      ? less(ofLayer('latency', layer), number(Math.floor(max) + 1))
      : atMost(ofLayer(q as CostQuantity, layer), number(max)),
  );
  return {
    term: concluding(
      within,
      weighted(w, (q) => ofLayer(q, layer)),
      bound,
    ),
    comment,
  };
}

/** Where requirements hold the network has at least `bound` of a quantity. */
export const quantityLemma = (
  given: readonly Requirement[],
  quantity: NetworkQuantity,
  bound: number,
  comment: string,
): Lemma => ({
  term: concluding(
    given.map((r) => requirementTerm(r)),
    ofNetwork(quantity),
    bound,
  ),
  comment,
});

function concluding(given: readonly Term[], cost: Term, bound: number): Term {
  const conclusion = Number.isFinite(bound) ? atLeast(cost, number(bound)) : or();
  return given.length === 0 ? conclusion : implies(and(...given), conclusion);
}
