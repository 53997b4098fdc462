// What a co-designed machine comes to: per network, per layer, per part.

import { nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { peakMacs } from '../../model/machine/architecture.js';
import type { Objective } from '../../model/cost/goal.js';
import { measure } from '../../model/cost/goal.js';
import { tensors } from '../../model/workload/layer.js';
import { networkMacs } from '../../model/workload/network.js';
import { lowerTemplate } from '../../model/machine/template.js';
import type { NetworkView } from '../../report/tables/codesign-table.js';
import type { EnergyPart } from '../../report/tables/energy-parts.js';
import { addParts, energyParts } from '../../report/tables/energy-parts.js';
import { figuresOf } from '../../report/tables/totals.js';
import type { CodesignBest, CodesignLayer, CodesignRequest } from '../../tuner/codesign/codesign-request.js';

/** What the mappings of layers are held to: the objective, but EDP where that is the area, or where networks are limited. */
export const layerObjective = ({ objective, limits }: CodesignRequest): Objective =>
  objective === 'area' || limits.energy !== undefined || limits.latency !== undefined || limits.edp !== undefined
    ? 'edp'
    : objective;

export const arrangementsOfBest = (request: CodesignRequest, best: CodesignBest): readonly Architecture[] =>
  lowerTemplate(best.template, request.technology);

const sumOver = (layers: readonly CodesignLayer[], network: number, of: (l: CodesignLayer) => number) =>
  layers.reduce((n, l) => n + (l.counts[network] ?? 0) * of(l), 0);

/** The wires that start at the outermost memory are on the chip. */
const dramEnergy = ({ found: { evaluation } }: CodesignLayer) =>
  tensors.reduce((n, t) => n + (nth(evaluation.levels, 0).dataspaces[t]?.energy ?? 0), 0);

export function networkViews(request: CodesignRequest, best: CodesignBest): readonly NetworkView[] {
  const machine = nth(arrangementsOfBest(request, best), 0);
  return request.networks.map(({ network, weight }, i) => {
    const energy = sumOver(best.layers, i, (l) => l.found.evaluation.energy);
    const cycles = sumOver(best.layers, i, (l) => l.found.evaluation.cycles);
    return {
      name: network.name,
      weight,
      energy,
      cycles,
      edp: sumOver(best.layers, i, (l) => measure('edp', l.found.evaluation)),
      figures: figuresOf({
        energy,
        cycles,
        dramEnergy: sumOver(best.layers, i, dramEnergy),
        macs: networkMacs(network),
        peakMacs: peakMacs(machine),
        clock: machine.clock,
        area: best.area,
      }),
    };
  });
}

/** How often a layer counts: over networks, weight x count. */
const weightOf = (request: CodesignRequest, { counts }: CodesignLayer): number =>
  request.networks.reduce((n, { weight }, i) => n + weight * (counts[i] ?? 0), 0);

/** Of all networks, each as often as its weight says. */
export function energyOfParts(request: CodesignRequest, best: CodesignBest): readonly EnergyPart[] {
  const arrangements = arrangementsOfBest(request, best);
  return addParts(
    best.layers.map(({ found }) => energyParts(nth(arrangements, found.architecture), found.evaluation)),
    best.layers.map((l) => weightOf(request, l)),
  );
}
