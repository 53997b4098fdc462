// What a co-designed machine comes to: per network, per layer, per part.

import { nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { peakMacs } from '../model/machine/architecture.js';
import type { Objective } from '../model/cost/goal.js';
import { goalUnit, measure } from '../model/cost/goal.js';
import type { NetworkQuantity, NetworkSums } from '../model/cost/network-goal.js';
import { amountOf, networkQuantities, networkSums, objectiveOfLayers } from '../model/cost/network-goal.js';
import type { CostQuantity } from '../model/cost/requirement.js';
import { layerKey } from '../tuner/codesign/codesign-problem.js';
import { got } from '../base/invariant.js';
import type { FrontMetric } from './codesign-result.js';
import { tensors } from '../model/workload/layer.js';
import { networkMacs } from '../model/workload/network.js';
import { lowerTemplate } from '../model/machine/template.js';
import type { RunFigures } from '../model/cost/run-figures.js';
import { everyLayer, limitsByName } from './limits-by-name.js';
import type { EnergyPart } from '../model/cost/energy-parts.js';
import { addParts, energyParts } from '../model/cost/energy-parts.js';
import type { CodesignBest, CodesignLayer, CodesignRequest } from '../tuner/codesign/codesign-request.js';
import { figuresOf } from '../model/cost/run-figures.js';

/** What the mappings of layers are held to: the objective, but EDP where that is no sum over layers, or where networks are limited. */
export const layerObjective = ({ objective, limits }: CodesignRequest): Objective =>
  objective === 'area' || networkQuantities.some((q) => limits[q] !== undefined) ? 'edp' : objectiveOfLayers[objective];

export const arrangementsOfBest = (request: CodesignRequest, best: CodesignBest): readonly Architecture[] =>
  lowerTemplate(best.template, request.technology);

const sumOver = (layers: readonly CodesignLayer[], network: number, of: (l: CodesignLayer) => number) =>
  layers.reduce((n, l) => n + (l.counts[network] ?? 0) * of(l), 0);

/** The wires that start at the outermost memory are on the chip. */
const dramEnergy = ({ found: { evaluation } }: CodesignLayer) =>
  tensors.reduce((n, t) => n + (nth(evaluation.levels, 0).dataspaces[t]?.energy ?? 0), 0);

/** One run of a network; pJ, cycles. */
export interface NetworkRun extends NetworkSums {
  readonly name: string;
  readonly weight: number;
  readonly figures: RunFigures;
}

export function networkRuns(request: CodesignRequest, best: CodesignBest): readonly NetworkRun[] {
  const machine = nth(arrangementsOfBest(request, best), 0);
  return request.networks.map(({ network, weight }, i) => {
    const sums = networkSums(best.layers.map(({ counts, found }) => ({ count: counts[i] ?? 0, ...found.evaluation })));
    return {
      name: network.name,
      weight,
      ...sums,
      figures: figuresOf({
        ...sums,
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

/** Under the names that they are given by. */
export const limitsAsGiven = ({ limits, layerLimits }: CodesignRequest): Readonly<Record<string, number>> => ({
  ...(limits as Readonly<Record<string, number>>),
  ...(layerLimits && limitsByName({ ...layerLimits, area: undefined })),
});

/** A limit and what the machine takes of it. */
export interface LimitUse {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  readonly used: number;
}

/** Area once, all else for the network or the layer that comes nearest to its limit. */
export function limitsUsed(request: CodesignRequest, best: CodesignBest): readonly LimitUse[] {
  const runs = networkRuns(request, best);
  const found = new Map(best.layers.map((l) => [layerKey(request, l.layer), l.found.evaluation]));
  const named = request.networks.flatMap(({ network }) =>
    network.layers.map(({ layer }) => ({ name: layer.name, evaluation: got(found, layerKey(request, layer)) })),
  );
  const usedBy = (name: string): readonly number[] => {
    const at = name.indexOf('@');
    if (name === 'area') return [best.area];
    if (at < 0) return runs.map((run) => amountOf(name as NetworkQuantity, run));
    const layer = name.slice(at + 1);
    return named
      .filter((l) => layer === everyLayer || l.name === layer)
      .map((l) => measure(name.slice(0, at) as CostQuantity, l.evaluation));
  };
  return Object.entries(limitsAsGiven(request)).map(([name, limit]) => ({
    name,
    unit: goalUnit(name),
    limit,
    used: Math.max(...usedBy(name)),
  }));
}

/** Weighted over networks, as the objective is. */
export function measureBest(request: CodesignRequest, metric: FrontMetric, best: CodesignBest): number {
  if (metric === 'area') return best.area;
  return networkRuns(request, best).reduce((n, run) => n + run.weight * amountOf(metric, run), 0);
}
