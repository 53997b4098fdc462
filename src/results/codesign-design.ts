// The machine that was found as a design: with the mappings of all networks, for rtl, simulate and synth.

import { whyText } from '../tuner/codesign/codesign-reason.js';
import { nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { totalsOf } from './design-check.js';
import { coverageOf, sumCoverage } from '../model/workload/coverage.js';
import type { Called, Design, MappedLayer } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { gapBetween, measure } from '../model/cost/goal.js';
import { sumOfLayers } from '../model/cost/network-goal.js';
import type { Layer } from '../model/workload/layer.js';
import type {
  CodesignBest,
  CodesignLayer,
  CodesignRequest,
  CodesignResult,
} from '../tuner/codesign/codesign-request.js';
import { layerKey } from '../tuner/codesign/codesign-problem.js';
import { layerObjective, limitsAsGiven } from './codesign-figures.js';
import type { ScheduleResult } from './schedule-result.js';
import { spaceOf } from './space-named.js';

export interface DesignedLayer {
  readonly mapped: MappedLayer;
  /** How often each network has it, in the request's order. */
  readonly counts: readonly number[];
  readonly from: CodesignLayer;
}

/**
 * Layers of schedules as they were found: steps of one layer may have several mappings. Else those of one network as they stand
 * in it; those of several are merged by shape and limits, in the order of first occurrence, each counted over all networks; a
 * name that is taken gets the network's in front.
 */
export function designLayers(request: CodesignRequest, best: CodesignBest): readonly DesignedLayer[] {
  const found = new Map(best.layers.map((l) => [layerKey(request, l.layer), l]));
  const from = (layer: Layer): CodesignLayer => {
    const mapped = found.get(layerKey(request, layer));
    invariant(mapped, `the answer lacks a mapping of ${layer.name}`);
    return mapped;
  };
  const designed = (layer: Layer, counts: readonly number[], own: CodesignLayer): DesignedLayer => {
    const count = counts.reduce((n, c) => n + c, 0);
    return { mapped: mappedLayer(request, layer, count, own), counts, from: own };
  };
  const networks = request.networks.map((n) => n.network);
  const names = new Set<string>();
  const named = (layer: Layer, network: string): Layer => {
    const name = freeName(layer.name, networks.length === 1 ? undefined : network, names);
    names.add(name);
    return { ...layer, name };
  };
  if (best.schedules)
    return best.layers.map((own) => {
      const first = own.counts.findIndex((n) => n > 0);
      return designed(named(own.layer, nth(networks, first).name), own.counts, own);
    });
  if (networks.length === 1)
    return nth(networks, 0).layers.map(({ layer, count }) => designed(layer, [count], from(layer)));
  const first = new Map<string, { readonly layer: Layer; readonly network: string }>();
  for (const { name, layers } of networks) {
    for (const { layer } of layers)
      if (!first.has(layerKey(request, layer))) first.set(layerKey(request, layer), { layer, network: name });
  }
  return [...first].map(([key, { layer, network }]) =>
    designed(
      named(layer, network),
      networks.map((n) => n.layers.reduce((sum, l) => sum + (layerKey(request, l.layer) === key ? l.count : 0), 0)),
      from(layer),
    ),
  );
}

/** As they are told apart where instances of a layer have several mappings; of several networks with the network's in front. */
function freeName(name: string, network: string | undefined, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const other = (n: number): string => (taken.has(`${name}~${n}`) ? other(n + 1) : `${name}~${n}`);
  if (network === undefined) return other(2);
  const long = `${network}.${name}`;
  const free = (n: number): string => (taken.has(`${long}.${n}`) ? free(n + 1) : `${long}.${n}`);
  return taken.has(long) ? free(2) : long;
}

/** Whether it is proven depends on what limits on networks left to the layer: then its gap is what EDP it could have alone. */
function mappedLayer(
  request: CodesignRequest,
  layer: Layer,
  count: number,
  { found, bound }: CodesignLayer,
): MappedLayer {
  const { energy, cycles } = found.evaluation;
  const objective = measure(layerObjective(request), found.evaluation);
  const proven = Math.min(objective, Math.max(0, bound));
  const gap = (objective - proven) / objective;
  return {
    layer,
    count,
    status: gap <= request.gap ? 'optimal' : 'feasible',
    objective,
    bound: proven,
    gap,
    energy,
    cycles,
    mapping: found.mapping,
  };
}

/** The answer of the search; `space` as it was named. */
type Found = CodesignResult & { readonly best: CodesignBest; readonly space: DesignSpace };

/** `schedules`: of each network, where tensors may stay in the global buffer. */
export function codesignDesign(
  request: CodesignRequest,
  found: Found,
  called: Called,
  schedules: readonly ScheduleResult[] = [],
): Design {
  const { best, bound, space } = found;
  const { networks, technology, conventions, limits, gap } = request;
  const names = networks.map((n) => n.network.name);
  const layers = designLayers(request, best).map((l) => l.mapped);
  // Limits of a design are per layer; those of a co-design are in its command line.
  const goal = { objective: sumOfLayers[layerObjective(request)], limits: {} };
  return {
    name: `${names.join('-')}-${best.template.name}`,
    machine: { kind: 'template', template: best.template },
    technology,
    conventions,
    goal,
    areaLimit: limits.area ?? null,
    layers,
    totals: totalsOf(goal, layers),
    provenance: {
      ...called,
      workload: names.join(', '),
      backend: 'codesign',
      gap,
      seed: 1,
    },
    ...(schedules.length > 0 && {
      schedules: schedules.map(({ network, keep }, k) => ({
        network,
        keep,
        runs: nth(best.schedules ?? [], k).steps,
      })),
    }),
    coverage: sumCoverage(networks.map((n) => coverageOf(n.network))),
    machineProof: {
      status: found.status === 'optimal' ? 'optimal' : 'feasible',
      goal: request.objective,
      objective: best.objective,
      bound: Math.max(0, bound),
      gap: gapBetween(best.objective, bound),
      space: spaceOf(space, request.space),
      limits: limitsAsGiven(request),
      networks: networks.map(({ network, weight }) => ({ name: network.name, weight })),
      reason: whyText(found),
      seconds: found.seconds,
    },
  };
}
