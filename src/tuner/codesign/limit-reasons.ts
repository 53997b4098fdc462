// Why limits on single layers cannot be kept: of each quantity that is limited, the least that any machine reaches.

import { entry, nth } from '../../base/invariant.js';
import type { CostQuantity } from '../../model/cost/requirement.js';
import { costQuantities } from '../../model/cost/requirement.js';
import { bestFirst } from './best-first.js';
import type { TotalsProblem, UniqueLayer } from './codesign-problem.js';
import { uniqueLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignCause } from './codesign-reason.js';
import type { CodesignRequest } from './codesign-request.js';

type Hooks = Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped'>;

/** Bounds are this much below what is attained, by the rounding of sums. */
const rounding = 1e-9;

/** One for each layer whose limits no machine within the area keeps; until `end`, on the clock of the hooks. */
export async function limitReasons(
  request: CodesignRequest,
  hooks: Hooks,
  end: number,
): Promise<readonly CodesignCause[]> {
  const reasons: CodesignCause[] = [];
  const among = { space: request.space.name, area: request.limits.area };
  const limited = uniqueLayers(request.networks, request.layerLimits).filter((l) => Object.keys(l.limits).length > 0);
  for (const unique of limited) {
    if (hooks.now() >= end || hooks.stopped()) break;
    const { layer, limits } = unique;
    const given = costQuantities.filter((q) => limits[q] !== undefined);
    const own: CodesignCause[] = [];
    for (const quantity of given) {
      const max = entry(limits, quantity);
      const { best, bound } = await min(request, unique, quantity, {}, hooks, end, max);
      if (best === undefined && bound === Infinity) continue;
      if (bound > max * (1 + rounding))
        own.push({ kind: 'layer-limit', ...among, layer: layer.name, quantity, min: bound, max });
    }
    if (own.length === 0 && given.length > 1) {
      const { best, bound } = await min(request, unique, nth(given, 0), limits, hooks, end);
      if (best === undefined && bound === Infinity)
        own.push({ kind: 'layer-limits', ...among, layer: layer.name, limits });
    }
    reasons.push(...own);
  }
  return reasons;
}

/** Of one layer on any machine within the area; `max` ends the search once it is reached. */
function min(
  { space, technology, padding, limits: { area = Infinity } }: CodesignRequest,
  { layer }: UniqueLayer,
  quantity: CostQuantity,
  limits: UniqueLayer['limits'],
  hooks: Hooks,
  end: number,
  max = Infinity,
) {
  const objective = {
    both: quantity === 'edp' ? 1 : 0,
    energy: quantity === 'energy' ? 1 : 0,
    cycles: quantity === 'latency' ? 1 : 0,
  };
  const layers = [{ layer, counts: [1], limits }];
  const problem: TotalsProblem = {
    ...{ space, technology, padding, area, layers },
    ...{ networks: [1], objective, limits: {}, tolerance: 0 },
  };
  return bestFirst(
    problem,
    {
      gap: 0,
      deadline: end,
      known: [],
      bounds: new Map(),
      enough: (best) => best !== undefined && best.value <= max,
      progress: () => {},
    },
    hooks,
  );
}
