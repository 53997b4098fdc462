// Limits that no machine of a space can keep, seen before any search: products alone take more time, or they and each
// word of DRAM once more energy, than a layer or a network may.

import { nth } from '../../base/invariant.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import { shapesWithCosts } from '../../enumerate/item-costs.js';
import { exceeds, limitSlack } from '../../enumerate/item.js';
import { leastWork } from '../../enumerate/least-work.js';
import { amountOf, networkQuantities, networkSums } from '../../model/cost/network-goal.js';
import type { UniqueLayer } from './codesign-problem.js';
import { limitsLayers } from './codesign-problem.js';
import type { CodesignRequest } from './codesign-request.js';

/** Whose limits every shape within the area is beyond for certain; undefined where there may be a machine. */
export function plainlyBeyond(
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
): 'layers' | 'networks' | undefined {
  const { space, technology, limits } = request;
  if (!limitsLayers(request) && networkQuantities.every((q) => limits[q] === undefined)) return undefined;
  const shapes = shapesWithCosts(space, technology).filter(({ costs }) => costs.min.area <= (limits.area ?? Infinity));
  if (shapes.length === 0) return undefined;
  if (shapes.every(({ costs }) => layersAreBeyond(layers, costs))) return 'layers';
  return shapes.every(({ costs }) => networksAreBeyond(request, layers, costs)) ? 'networks' : undefined;
}

/** Whether no machine of a shape keeps the limits, for certain. */
export const isPlainlyBeyond = (request: CodesignRequest, layers: readonly UniqueLayer[], costs: ShapeCosts): boolean =>
  layersAreBeyond(layers, costs) || networksAreBeyond(request, layers, costs);

const layersAreBeyond = (layers: readonly UniqueLayer[], costs: ShapeCosts): boolean =>
  layers.some(({ layer, limits }) => {
    if (Object.keys(limits).length === 0) return false;
    const least = leastWork(layer, costs);
    return exceeds(limits, least.energy, least.cycles);
  });

const networksAreBeyond = (
  { networks, limits }: CodesignRequest,
  layers: readonly UniqueLayer[],
  costs: ShapeCosts,
): boolean =>
  networks.some((_, k) => {
    const least = networkSums(
      layers.map(({ layer, counts }) => ({ count: nth(counts, k), ...leastWork(layer, costs) })),
    );
    return networkQuantities.some((q) => amountOf(q, least) > (limits[q] ?? Infinity) * (1 + limitSlack));
  });
