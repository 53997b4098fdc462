// Chains of a random graph in bands of rows or of images, any number of them that do not overlap.

import type { Random } from '../../src/base/random.js';
import type { BandedChain } from '../../src/model/workload/row-bands.js';
import { imagesOf } from '../../src/model/workload/image-bands.js';
import { rowsOf, whyNoChain } from '../../src/model/workload/row-bands.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';

/** Mostly as long as they can be, so that there is something between their steps. */
export function randomChains(graph: NetworkGraph, chance: Random): readonly BandedChain[] {
  const chains: BandedChain[] = [];
  for (let first = 0; first < graph.steps.length; first++) {
    const images = imagesOf(graph, graph.steps[first]!);
    const of = images !== undefined && chance.below(2) === 0 ? 'images' : 'rows';
    const ends = graph.steps.flatMap((_, last) =>
      last >= first && last < first + 6 && whyNoChain(graph, { first, last, of }) === undefined ? [last] : [],
    );
    const last = chance.below(3) > 0 ? ends.at(-1) : ends.length > 0 ? chance.pick(ends) : undefined;
    if (last === undefined || chance.below(6) === 0) continue;
    const size = of === 'images' ? images! : rowsOf(graph, graph.steps[last]!.outputs[0]!)!;
    if (size < 2) continue;
    chains.push({ first, last, bands: 2 + chance.below(Math.min(size, 5) - 1), of });
    first = last;
  }
  return chains;
}
