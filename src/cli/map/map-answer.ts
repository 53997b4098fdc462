// The mapper's answers as what is written and shown: the result file, the rows of the table, the totals.

import { defined, nth } from '../../base/invariant.js';
import { coverageFile } from '../../results/coverage-fields.js';
import type { MapResult, MapResultLayer } from '../../results/map-result.js';
import { mapResultSchema } from '../../results/map-result.js';
import { peakMacs } from '../../model/machine/architecture.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { macs, printShape, tensors } from '../../model/workload/layer.js';
import { partsText } from '../../model/workload/layer-parts.js';
import { logSpaceSize } from '../../model/mapping/mapping-space.js';
import { areaOfMachine } from '../../report/tables/listings.js';
import type { MapRow } from '../../report/tables/map-table.js';
import type { TotalsView } from '../../report/tables/totals.js';
import { gapOf } from '../../search/strategy.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import { totals } from '../../tuner/map-network.js';
import { layerCosts, noCosts } from '../layer-costs.js';
import type { LayerLimits } from '../layer-limits.js';
import { limitsByName } from '../layer-limits.js';
import type { Machine } from '../read-machine.js';
import { hardwareOf } from '../read-machine.js';

/** Totals are null unless every layer of the request is there with a mapping: a part must not pass for the whole. */
export function mapResult(
  {
    request,
    machine,
    limits,
  }: { readonly request: MapRequest; readonly machine: Machine; readonly limits: LayerLimits },
  results: readonly LayerResult[],
): MapResult {
  const sums = results.length === request.network.layers.length ? totals(results) : undefined;
  return {
    schema: mapResultSchema,
    workload: request.network.name,
    arch: machine.name,
    goal: request.goal.objective,
    limits: limitsByName(limits),
    conventions: request.conventions.name,
    hardware: hardwareOf(machine.machinery, machine.technology),
    ...coverageFile(coverageOf(request.network)),
    layers: results.map((r) => layerOf(request, r)),
    objective: sums?.objective ?? null,
    bound: sums?.bound ?? null,
    energy: sums?.energy ?? null,
    cycles: sums?.cycles ?? null,
    edpOfTotals: sums?.edpOfTotals ?? null,
  };
}

export function layerOf(
  { architectures }: Pick<MapRequest, 'architectures'>,
  { layer, count, answer, seconds, certificate: c }: LayerResult,
): MapResultLayer {
  const { best } = answer;
  return {
    name: layer.name,
    count,
    status: answer.status,
    objective: best?.objective ?? null,
    bound: Number.isFinite(answer.bound) ? answer.bound : null,
    gap: best ? gapOf(answer) : null,
    ...(best ? layerCosts(architectures, layer, best) : noCosts(layer)),
    seconds,
    solver: answer.solver,
    nodes: answer.nodes,
    certificate: c ? { status: c.status, eps: c.eps, seconds: c.seconds, leaves: c.leaves, reason: c.reason } : null,
    ...(!best && { reason: answer.reason }),
  };
}

export const mapRows = (request: MapRequest, results: readonly LayerResult[]): readonly MapRow[] =>
  results.map(({ layer, count, answer, seconds, certificate }) => ({
    name: layer.name,
    shape: `${printShape(layer)}${answer.best ? partsText(answer.best.mapping) : ''}`,
    count,
    status: answer.status,
    energy: answer.best?.evaluation.energy,
    cycles: answer.best?.evaluation.cycles,
    utilization: answer.best?.evaluation.utilization,
    gap: answer.best && gapOf(answer),
    seconds,
    certificate,
    // Arrangements are separate spaces of about one size.
    space:
      Math.max(...request.architectures.map((a) => logSpaceSize(a, layer, request.padding))) +
      Math.log10(request.architectures.length),
  }));

/** Undefined where a layer has no mapping. */
export function totalsView(request: MapRequest, results: readonly LayerResult[]): TotalsView | undefined {
  const sums = totals(results);
  const machine = nth(request.architectures, 0);
  if (!sums) return undefined;
  // The wires that start at the outermost memory are on the chip.
  const dram = ({ answer }: LayerResult) =>
    tensors.reduce((n, t) => n + (nth(defined(answer.best).evaluation.levels, 0).dataspaces[t]?.energy ?? 0), 0);
  return {
    goal: request.goal.objective,
    ...sums,
    dramEnergy: results.reduce((n, r) => n + r.count * dram(r), 0),
    macs: results.reduce((n, r) => n + r.count * macs(r.layer), 0),
    peakMacs: peakMacs(machine),
    clock: machine.clock,
    area: areaOfMachine(machine),
  };
}
