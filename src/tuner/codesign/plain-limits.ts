// Limits that no machine of a space can keep, seen before any search: products alone take more time, or they and each
// word of DRAM once more energy, than a layer or a network may.

import { nth } from '../../base/invariant.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import { shapesWithCosts } from '../../enumerate/item-costs.js';
import { exceeds, limitSlack } from '../../enumerate/item.js';
import { leastWork } from '../../enumerate/least-work.js';
import { amountOf, networkQuantities, networkSums } from '../../model/cost/network-goal.js';
import type { UniqueLayer } from './codesign-problem.js';
import type { CodesignRequest } from './codesign-request.js';

/** Whose limits every shape within the area is beyond for certain; undefined where there may be a machine. */
export function plainlyBeyond(
  { space, technology, networks, limits: { area = Infinity, ...limits } }: CodesignRequest,
  layers: readonly UniqueLayer[],
): 'layers' | 'networks' | undefined {
  const own = layers.filter(({ limits }) => Object.keys(limits).length > 0);
  if (own.length === 0 && networkQuantities.every((q) => limits[q] === undefined)) return undefined;
  const shapes = shapesWithCosts(space, technology).filter(({ costs }) => costs.min.area <= area);
  if (shapes.length === 0) return undefined;
  if (own.length > 0 && shapes.every(({ costs }) => own.some((l) => isBeyond(l, costs)))) return 'layers';
  return shapes.every(({ costs }) => networks.some((_, k) => networkIsBeyond(k, costs))) ? 'networks' : undefined;

  function isBeyond({ layer, limits: max }: UniqueLayer, costs: ShapeCosts): boolean {
    const least = leastWork(layer, costs);
    return exceeds(max, least.energy, least.cycles);
  }

  function networkIsBeyond(k: number, costs: ShapeCosts): boolean {
    const least = networkSums(
      layers.map(({ layer, counts }) => ({ count: nth(counts, k), ...leastWork(layer, costs) })),
    );
    return networkQuantities.some((q) => amountOf(q, least) > (limits[q] ?? Infinity) * (1 + limitSlack));
  }
}
