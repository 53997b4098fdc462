// A co-design's answer as tables show it.

import { got, nth } from '../../base/invariant.js';
import { goalUnit, objectiveUnits, measure } from '../../model/cost/goal.js';
import { peakMacs } from '../../model/machine/architecture.js';
import type { DesignSpace, Parameter } from '../../model/space/design-space.js';
import { countMachines, parameters } from '../../model/space/design-space.js';
import { printShape } from '../../model/workload/layer.js';
import { partsText } from '../../model/workload/layer-parts.js';
import { printValue } from '../../interchange/template-fields.js';
import type { CodesignView, LayerView, LimitView, ParameterView } from '../../report/tables/codesign-table.js';
import type { CodesignBest, CodesignRequest, CodesignResult } from '../../tuner/codesign/codesign-request.js';
import type { CostQuantity } from '../../model/cost/requirement.js';
import { layerKey } from '../../tuner/codesign/codesign-problem.js';
import { everyLayer } from '../read-limits.js';
import { limitsAsGiven } from './limits.js';
import type { DesignedLayer } from './codesign-design.js';
import { designLayers } from './codesign-design.js';
import { arrangementsOfBest, energyOfParts, networkViews } from './figures.js';

export const unitOf = (objective: CodesignRequest['objective'] | 'area'): string =>
  objective === 'area' ? 'mm2' : objectiveUnits[objective];

/** The objective in words. */
export function goalText({ objective, networks }: CodesignRequest): string {
  if (objective === 'area') return 'area of the chip';
  const weighted = networks.length > 1 || networks.some((n) => n.weight !== 1);
  return `sum of ${weighted ? 'weight x ' : ''}count x ${objective}`;
}

export function codesignView(request: CodesignRequest, result: CodesignResult, best: CodesignBest): CodesignView {
  const machine = nth(arrangementsOfBest(request, best), 0);
  const networks = networkViews(request, best);
  const shareOf = request.objective === 'area' ? 'edp' : request.objective;
  const layers = designLayers(request, best);
  const cost = ({ mapped, counts }: DesignedLayer) =>
    measure(shareOf, mapped) * counts.reduce((n, count, i) => n + count * nth(request.networks, i).weight, 0);
  const whole = layers.reduce((n, l) => n + cost(l), 0);
  return {
    machine: {
      space: request.space.name,
      parameters: parameters.map((p) => parameterView(request.space, best, p)),
      pes: best.template.rows * best.template.columns,
      mostPes: request.space.mostPes,
      macs: peakMacs(machine),
      clock: machine.clock,
      area: best.area,
      peak: nth(networks, 0).figures.topsPeak,
    },
    search: {
      status: result.status,
      goal: goalText(request),
      unit: unitOf(request.objective),
      objective: best.objective,
      bound: result.bound,
      gap: request.gap,
      limits: limitViews(request, best),
      nodes: result.nodes,
      shapes: result.shapes,
      machines: countMachines(request.space),
      seconds: result.seconds,
      reason: result.reason,
    },
    networks,
    area: machine.area,
    energy: energyOfParts(request, best),
    shareOf: shareOf === 'edp' ? 'EDP' : shareOf,
    layers: layers.map((l): LayerView => ({
      name: l.mapped.layer.name,
      shape: `${printShape(l.mapped.layer)}${partsText(l.mapped.mapping)}`,
      counts: l.counts,
      energy: l.mapped.energy,
      cycles: l.mapped.cycles,
      utilization: l.from.found.evaluation.utilization,
      share: cost(l) / whole,
    })),
  };
}

/** Buffers hold whole lines: where that is less than the menu says, both are shown. */
function parameterView({ menus }: DesignSpace, best: CodesignBest, p: Parameter): ParameterView {
  const [chosen, built] = [best.point[p], best.template[p]];
  const value = printValue(p, chosen);
  return {
    name: p,
    value: built === chosen ? value : `${printValue(p, built)} of ${value}`,
    menu: menus[p].map((v) => printValue(p, v)),
    index: menus[p].indexOf(chosen),
  };
}

/** Area once, all else for the network or the layer that comes nearest to its limit. */
export function limitViews(request: CodesignRequest, best: CodesignBest): readonly LimitView[] {
  const views = networkViews(request, best);
  const used = {
    area: [best.area],
    energy: views.map((n) => n.energy),
    latency: views.map((n) => n.cycles),
    edp: views.map((n) => n.edp),
  };
  const found = new Map(best.layers.map((l) => [layerKey(request, l.layer), l.found.evaluation]));
  const named = request.networks.flatMap(({ network }) =>
    network.layers.map(({ layer }) => ({ name: layer.name, evaluation: got(found, layerKey(request, layer)) })),
  );
  const usedBy = (name: string): readonly number[] => {
    const at = name.indexOf('@');
    if (at < 0) return used[name as keyof typeof used];
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
