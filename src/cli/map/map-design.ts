// The mapper's answers as a design: the machine with a mapping per layer.

import type { Design, DesignLayer } from '../../model/space/design.js';
import { totalsOf } from '../../results/design-check.js';
import { coverageOf } from '../../model/workload/coverage.js';
import type { CountedLayer } from '../../model/workload/network.js';
import { gapOf } from '../../search/strategy.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import type { Io } from '../io.js';
import type { Machine } from '../read-machine.js';
import type { MapOptions } from './map-options.js';
import { mapLine } from './map-options.js';

interface Mapped {
  readonly request: MapRequest;
  readonly machine: Machine;
  readonly areaLimit: number | undefined;
  readonly results: readonly LayerResult[];
}

/** Layers that were not reached stand there as unknown: a part must not pass for the whole. */
export function mapDesign(
  io: Pick<Io, 'version' | 'node'>,
  given: string,
  options: MapOptions,
  { request, machine, areaLimit, results }: Mapped,
): Design {
  const { network, conventions, goal, gap, seed } = request;
  const layers = network.layers.map((counted) =>
    designLayer(
      counted,
      results.find((r) => r.layer === counted.layer),
    ),
  );
  const backends = [...new Set(results.map((r) => r.answer.solver))].sort();
  return {
    name: `${network.name}-${machine.name}`,
    machine: machine.machinery,
    technology: machine.technology,
    conventions,
    goal,
    areaLimit: areaLimit ?? null,
    layers,
    totals: totalsOf(layers),
    provenance: {
      magnet: io.version,
      node: io.node,
      command: mapLine(given, options),
      workload: network.name,
      backend: backends.length > 0 ? backends.join(', ') : options.solver,
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
