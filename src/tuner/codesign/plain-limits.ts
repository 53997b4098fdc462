// Limits that no machine of a space can keep, seen before any search: products alone take more time, or they and each
// word of DRAM once more energy, than a layer or a network may.

import { nth } from '../../base/invariant.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import { shapesWithCosts } from '../../enumerate/item-costs.js';
import { exceeds } from '../../enumerate/item.js';
import { leastWork } from '../../enumerate/least-work.js';
import type { UniqueLayer } from './codesign-problem.js';
import type { CodesignRequest } from './codesign-request.js';

/** Whose limits every shape within the area is beyond for certain; undefined where there may be a machine. */
export function plainlyBeyond(
  { space, technology, networks, limits: { area = Infinity, energy, latency, edp } }: CodesignRequest,
  layers: readonly UniqueLayer[],
): 'layers' | 'networks' | undefined {
  const own = layers.filter(({ limits }) => Object.keys(limits).length > 0);
  if (own.length === 0 && energy === undefined && latency === undefined && edp === undefined) return undefined;
  const shapes = shapesWithCosts(space, technology).filter(({ costs }) => costs.min.area <= area);
  if (shapes.length === 0) return undefined;
  if (own.length > 0 && shapes.every(({ costs }) => own.some((l) => isBeyond(l, costs)))) return 'layers';
  return shapes.every(({ costs }) => networks.some((_, k) => networkIsBeyond(k, costs))) ? 'networks' : undefined;

  function isBeyond({ layer, limits }: UniqueLayer, costs: ShapeCosts): boolean {
    const least = leastWork(layer, costs);
    return exceeds(limits, least.energy, least.cycles);
  }

  /** The EDP of a network is here the sum of those of its layers. */
  function networkIsBeyond(k: number, costs: ShapeCosts): boolean {
    let [e, t, both] = [0, 0, 0];
    for (const { layer, counts } of layers) {
      const least = leastWork(layer, costs);
      e += nth(counts, k) * least.energy;
      t += nth(counts, k) * least.cycles;
      both += nth(counts, k) * least.energy * least.cycles;
    }
    return (
      exceeds({ energy: energy ?? Infinity, latency: latency ?? Infinity }, e, t) ||
      exceeds({ edp: edp ?? Infinity }, both, 1)
    );
  }
}
