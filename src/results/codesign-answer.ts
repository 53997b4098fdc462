// A co-design's answer as the result file holds it.

import { nth } from '../base/invariant.js';
import type { CodesignResultFile, CodesignResultLayer, CodesignResultNetwork } from './codesign-result.js';
import { codesignResultSchema } from './codesign-result.js';
import type { AccuracyLimit } from './accuracy-limit-field.js';
import type { ConfigurationFile } from './configuration-field.js';
import { coverageFile } from './coverage-fields.js';
import { hardwareFile } from '../interchange/hardware-file.js';
import { coverageOf } from '../model/workload/coverage.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { gapBetween } from '../model/cost/goal.js';
import type { DesignElasticity } from '../tuner/codesign/elasticities.js';
import type { CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { whyText } from '../tuner/codesign/codesign-reason.js';
import type { ParameterStep, StepCost } from '../tuner/codesign/parameter-steps.js';
import { layerCosts } from './layer-costs.js';
import { designLayers } from './codesign-design.js';
import { arrangementsOfBest, energyOfParts, networkRuns, limitsAsGiven } from './codesign-figures.js';
import type { ScheduleResult } from './schedule-result.js';
import { withinResult } from './schedule-result.js';
import { spaceOf } from './space-named.js';

/** What JSON has no word for is null. */
export const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

export interface Explained {
  readonly steps: readonly ParameterStep[];
  readonly elasticities: readonly DesignElasticity[] | undefined;
}

/** What is told of a machine beside what was searched for. */
export interface ToldBeside {
  readonly explained?: Explained | undefined;
  /** Of each network. */
  readonly configuration?: readonly ConfigurationFile[];
  readonly accuracy?: AccuracyLimit | undefined;
  readonly schedules?: readonly ScheduleResult[];
  readonly unscheduled?: string | undefined;
}

export function codesignResult(
  request: CodesignRequest,
  named: DesignSpace,
  result: CodesignResult,
  { explained, configuration = [], accuracy, schedules = [], unscheduled }: ToldBeside = {},
): CodesignResultFile {
  const { best } = result;
  return {
    schema: codesignResultSchema,
    networks: networksOf(request, result).map((n, i) => ({
      ...n,
      ...(configuration[i] && { configuration: configuration[i] }),
    })),
    space: spaceOf(named, request.space),
    objective: best?.objective ?? null,
    goal: request.objective,
    limits: limitsAsGiven(request),
    status: result.status,
    bound: finite(result.bound),
    gap: best ? gapBetween(best.objective, result.bound) : null,
    reason: whyText(result),
    nodes: result.nodes,
    shapes: result.shapes,
    seconds: result.seconds,
    curve: result.curve.map((n) => ({ seconds: n.seconds, best: finite(n.best), bound: finite(n.bound) })),
    point: best?.point ?? null,
    hardware: best
      ? hardwareFile({ machine: { kind: 'template', template: best.template }, technology: request.technology })
      : null,
    conventions: request.conventions.name,
    area: best ? nth(arrangementsOfBest(request, best), 0).area.map(({ part, area }) => ({ part, mm2: area })) : [],
    energy: best ? energyOfParts(request, best) : [],
    layers: layersOf(request, result),
    ...(explained && {
      steps: explained.steps.map(({ parameter, down, up }) => ({
        parameter,
        ...(down && { down: stepOf(down) }),
        ...(up && { up: stepOf(up) }),
      })),
      ...(explained.elasticities && { elasticities: explained.elasticities }),
    }),
    ...(accuracy && { accuracy }),
    ...(schedules.length > 0 && { schedules: schedules.map(withinResult) }),
    ...(unscheduled !== undefined && { unscheduled }),
  };
}

const stepOf = ({ value, objective, bound, area, feasible }: StepCost) => ({
  value,
  objective: finite(objective),
  bound: finite(bound),
  area,
  feasible,
});

function networksOf(request: CodesignRequest, { best }: CodesignResult): readonly CodesignResultNetwork[] {
  if (!best) {
    const none = {
      energy: null,
      cycles: null,
      edp: null,
      layerEdp: null,
      fjPerOp: null,
      fjPerOpWithDram: null,
      time: null,
      utilization: null,
      tops: null,
      topsPeak: null,
      topsPerMm2: null,
      topsPerMm2Peak: null,
    };
    return request.networks.map(({ network, weight }) => ({
      name: network.name,
      weight,
      ...none,
      ...coverageFile(coverageOf(network)),
    }));
  }
  return networkRuns(request, best).map(({ name, weight, energy, cycles, edp, layerEdp, figures: f }, i) => ({
    name,
    weight,
    energy,
    cycles,
    edp,
    layerEdp,
    fjPerOp: f.fjPerOp,
    fjPerOpWithDram: f.fjPerOpWithDram,
    time: f.seconds,
    utilization: f.utilization,
    tops: f.tops,
    topsPeak: f.topsPeak,
    topsPerMm2: f.topsPerMm2 ?? null,
    topsPerMm2Peak: f.topsPerMm2Peak ?? null,
    ...coverageFile(coverageOf(nth(request.networks, i).network)),
  }));
}

/** In the order and under the names of the design file. */
function layersOf(request: CodesignRequest, { best }: CodesignResult): readonly CodesignResultLayer[] {
  if (!best) return [];
  const arrangements = arrangementsOfBest(request, best);
  return designLayers(request, best).map(({ mapped, counts, from }) => ({
    name: mapped.layer.name,
    count: mapped.count,
    counts,
    status: mapped.status,
    objective: mapped.objective,
    bound: mapped.bound,
    gap: mapped.gap,
    ...layerCosts(arrangements, mapped.layer, from.found),
  }));
}
