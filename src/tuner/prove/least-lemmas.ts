// What layers and networks cost at least on any machine of a space, as lemmas before any search: products alone, and each
// word once through DRAM. A limit below that is refuted at once.

import { shapesWithCosts } from '../../enumerate/item-costs.js';
import type { Weights } from '../../enumerate/item.js';
import { leastWork } from '../../enumerate/least-work.js';
import { amountOf, networkSums } from '../../model/cost/network-goal.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import type { Technology } from '../../model/machine/technology.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Lemma } from '../../smt/network-script.js';
import { requirementTerm } from '../../smt/network-script.js';
import { and, implies } from '../../smt/script.js';
import { layerLemma, quantityLemma } from './lemmas.js';

const weightsOf: Readonly<Record<CostQuantity, Weights>> = {
  energy: { both: 0, energy: 1, cycles: 0 },
  latency: { both: 0, energy: 0, cycles: 1 },
  edp: { both: 1, energy: 0, cycles: 0 },
};
/** Sums are in floating point. */
const belowRounding = 1 - 1e-9;
const comment = 'products alone, and each word once through DRAM';

/** One for each quantity that is limited, of a layer or of the network; `given` is what leaves these machines of a space. */
export function leastLemmas(
  within: DesignSpace,
  technology: Technology,
  layers: readonly CountedLayer[],
  requirements: readonly Requirement[],
  given: readonly Requirement[],
): readonly Lemma[] {
  const limited = requirements.filter((r) => r.kind === 'layer' || r.kind === 'network');
  if (limited.length === 0) return [];
  const maxArea = Math.min(Infinity, ...given.flatMap((r) => (r.kind === 'area' ? [r.max] : [])));
  const shapes = shapesWithCosts(within, technology).filter(({ costs }) => costs.min.area <= maxArea);
  return limited.map((r): Lemma => {
    const counted =
      r.kind === 'network'
        ? layers
        : layers.flatMap(({ layer }) => (layer.name === r.layer ? [{ layer, count: 1 }] : []));
    const bound = shapes.reduce((min, { costs }) => {
      const least = networkSums(counted.map(({ layer, count }) => ({ count, ...leastWork(layer, costs) })));
      return Math.min(min, amountOf(r.quantity, least));
    }, Infinity);
    const lemma =
      r.kind === 'layer'
        ? layerLemma(r.layer, {}, weightsOf[r.quantity], bound * belowRounding, comment)
        : quantityLemma([], r.quantity, bound * belowRounding, comment);
    return given.length === 0
      ? lemma
      : { ...lemma, term: implies(and(...given.map((g) => requirementTerm(g))), lemma.term) };
  });
}
