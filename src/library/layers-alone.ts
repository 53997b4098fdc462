// Layers of a design as each runs alone: what its schedule has in the global buffer comes from DRAM there and goes to it.

import { nth } from '../base/invariant.js';
import { picojoules, cycles as inCycles } from '../base/units.js';
import { evaluate } from '../model/cost/evaluate.js';
import { measure } from '../model/cost/goal.js';
import { objectiveOfLayers } from '../model/cost/network-goal.js';
import { loweredFrom } from '../model/machine/template.js';
import { breaches } from '../model/mapping/legality.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Design, DesignLayer } from '../model/space/design.js';
import { arrangementFor, arrangementsOf } from '../model/space/design.js';
import type { Layer } from '../model/workload/layer.js';
import type { Solve } from '../tuner/map-network.js';
import { mappingBudget } from './network-mappings.js';

/** Those of some numbers, or all, whose schedule has something in the global buffer. */
export const scheduledLayers = ({ layers }: Pick<Design, 'layers'>, which?: readonly number[]): readonly number[] =>
  layers.flatMap(({ layer, mapping }, i) => (mapping && layer.resident && which?.includes(i) !== false ? [i] : []));

/**
 * The design with these layers plain: each with its own mapping where all of its tiles find room, mapped anew where they do not,
 * and without one where there is none.
 */
export async function layersAlone<D extends Design>(design: D, which: readonly number[], solve: Solve): Promise<D> {
  const layers: DesignLayer[] = [...design.layers];
  for (const i of which) {
    const { layer, count, mapping } = nth(design.layers, i);
    const { resident: _, ...plain } = layer;
    layers[i] = asMapped(design, { layer: plain, count }, (await mappingFor(design, plain, mapping, solve)) ?? null);
  }
  return { ...design, layers };
}

async function mappingFor(
  { machine, technology, conventions }: Design,
  layer: Layer,
  own: Mapping | null,
  solve: Solve,
): Promise<Mapping | undefined> {
  const architecture = own && arrangementFor({ machine, technology }, own);
  if (architecture && breaches(architecture, layer, own, conventions).length === 0) return own;
  const architectures = arrangementsOf(machine, technology);
  const goal = { objective: 'edp' as const, limits: {} };
  const task = { architectures, layer, conventions, goal, padding: true, machine: loweredFrom(architectures) };
  return (await solve(task, 'enumerate', mappingBudget, () => {})).best?.mapping;
}

function asMapped(design: Design, of: Pick<DesignLayer, 'layer' | 'count'>, mapping: Mapping | null): DesignLayer {
  const architecture = mapping && arrangementFor(design, mapping);
  if (!architecture)
    return {
      ...of,
      status: 'unknown',
      objective: null,
      bound: null,
      gap: null,
      energy: null,
      cycles: null,
      mapping: null,
    };
  const now = evaluate(architecture, of.layer, mapping, design.conventions);
  return {
    ...of,
    status: 'feasible',
    objective: measure(objectiveOfLayers[design.goal.objective], now),
    bound: 0,
    gap: 1,
    energy: picojoules(now.energy),
    cycles: inCycles(now.cycles),
    mapping,
  };
}
