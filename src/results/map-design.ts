// The mapper's answers as a design: the machine with a mapping per layer.

import { totalsOf } from './design-check.js';
import type { Machinery } from '../model/machine/presets.js';
import { machineryName } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import type { Called, Design, DesignLayer } from '../model/space/design.js';
import { coverageOf } from '../model/workload/coverage.js';
import type { CountedLayer } from '../model/workload/network.js';
import { gapOf } from '../search/strategy.js';
import type { LayerResult, MapRequest } from '../tuner/map-network.js';
import { networkObjectiveOf } from '../tuner/map-network.js';

interface Asked {
  readonly request: Pick<MapRequest, 'network' | 'conventions' | 'goal' | 'objective' | 'solver' | 'gap' | 'seed'>;
  readonly machine: { readonly machinery: Machinery; readonly technology: Technology };
  readonly limits?: { readonly area: number | undefined };
}

/** Layers that were not reached stand there as unknown: a part must not pass for the whole. */
export function mapDesign(
  { request, machine: { machinery, technology }, limits }: Asked,
  results: readonly LayerResult[],
  called: Called,
): Design {
  const { network, conventions, goal, solver, gap, seed } = request;
  const asked = { objective: networkObjectiveOf(request), limits: goal.limits };
  const layers = network.layers.map((counted) =>
    designLayer(
      counted,
      results.find((r) => r.layer === counted.layer),
    ),
  );
  const backends = [...new Set(results.map((r) => r.answer.solver))].sort();
  return {
    name: `${network.name}-${machineryName(machinery)}`,
    machine: machinery,
    technology,
    conventions,
    goal: asked,
    areaLimit: limits?.area ?? null,
    layers,
    totals: totalsOf(asked, layers),
    provenance: {
      ...called,
      workload: network.name,
      backend: backends.length > 0 ? backends.join(', ') : solver,
      gap,
      seed,
    },
    coverage: coverageOf(network),
  };
}

function designLayer({ layer, count }: CountedLayer, result: LayerResult | undefined): DesignLayer {
  const none = { layer, count, objective: null, gap: null, energy: null, cycles: null, mapping: null };
  if (!result) return { ...none, status: 'unknown', bound: null };
  const { status, best, bound } = result.answer;
  if (!best || status === 'infeasible' || status === 'unknown') {
    return {
      ...none,
      status: status === 'infeasible' ? status : 'unknown',
      bound: Number.isFinite(bound) ? bound : null,
    };
  }
  const { energy, cycles } = best.evaluation;
  return {
    layer,
    count,
    status,
    objective: best.objective,
    bound,
    gap: gapOf(result.answer),
    energy,
    cycles,
    mapping: best.mapping,
  };
}
