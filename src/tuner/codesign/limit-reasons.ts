// Why limits on single layers cannot be kept: of each quantity that is limited, the least that any machine reaches.

import { entry, nth } from '../../base/invariant.js';
import { goalUnit } from '../../model/cost/goal.js';
import type { CostQuantity } from '../../model/cost/requirement.js';
import { costQuantities } from '../../model/cost/requirement.js';
import { bestFirst } from './best-first.js';
import type { CodesignProblem, UniqueLayer } from './codesign-problem.js';
import { uniqueLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignRequest } from './codesign-request.js';

type Hooks = Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped'>;

/** Bounds are this much below what is attained, by the rounding of sums. */
const rounding = 1e-9;

/** One for each layer whose limits no machine within the area keeps; until `end`, on the clock of the hooks. */
export async function limitReasons(request: CodesignRequest, hooks: Hooks, end: number): Promise<readonly string[]> {
  const reasons: string[] = [];
  const where =
    `no machine of ${request.space.name}` +
    (request.limits.area === undefined ? '' : ` within ${request.limits.area} mm2`);
  const limited = uniqueLayers(request.networks, request.layerLimits).filter((l) => Object.keys(l.limits).length > 0);
  for (const unique of limited) {
    if (hooks.now() >= end || hooks.stopped()) break;
    const { layer, limits } = unique;
    const given = costQuantities.filter((q) => limits[q] !== undefined);
    const own: string[] = [];
    for (const quantity of given) {
      const max = entry(limits, quantity);
      const { best, bound } = await min(request, unique, quantity, {}, hooks, end, max);
      if (best === undefined && bound === Infinity) continue;
      if (bound > max * (1 + rounding))
        own.push(
          `${where} has ${quantity} of ${layer.name} ` +
            `below ${Number(bound.toPrecision(6))} ${goalUnit(quantity)}, ${percentAbove(bound, max)} more than ` +
            `its limit of ${max} ${goalUnit(quantity)}`,
        );
    }
    if (own.length === 0 && given.length > 1) {
      const { best, bound } = await min(request, unique, nth(given, 0), limits, hooks, end);
      if (best === undefined && bound === Infinity)
        own.push(
          `${where} keeps ` +
            given.map((q) => `${q} of ${layer.name} at most ${entry(limits, q)} ${goalUnit(q)}`).join(' and ') +
            '; together they cannot be met',
        );
    }
    reasons.push(...own);
  }
  return reasons;
}

const percentAbove = (value: number, limit: number): string => `${((value / limit - 1) * 100).toPrecision(3)} %`;

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
  const weights = {
    both: quantity === 'edp' ? 1 : 0,
    energy: quantity === 'energy' ? 1 : 0,
    cycles: quantity === 'latency' ? 1 : 0,
  };
  const problem: CodesignProblem = { space, technology, padding, area, terms: [{ layer, weights, limits }] };
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
