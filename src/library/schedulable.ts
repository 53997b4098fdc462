// Which questions of co-design are answered with a schedule of each network, so that tensors stay in the global buffer: all that
// can be. What cannot be yet is named here, with the way out.

import { printDiagnostic } from '../base/diagnostics.js';
import { bits } from '../base/units.js';
import { whyNothingStays } from '../model/machine/parameters.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { shapesOf, spaceWithResidency } from '../model/space/design-space.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Metrics } from '../results/front-answer.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import { scheduleObjectives } from '../tuner/schedule/schedule-question.js';
import type { LoweredNetwork } from './lowered-networks.js';
import { loweredNetworks } from './lowered-networks.js';

/** Why a co-design has no schedules, and the way out, in words. */
export interface Unscheduled {
  readonly kind: 'unscheduled';
  readonly why: string;
  readonly way: string;
}

/** Networks as runs of the machines of a space, of which schedules are found; or why none are. */
export type Schedulable = { readonly kind: 'schedulable'; readonly networks: readonly LoweredNetwork[] } | Unscheduled;

/**
 * Whether `codesignWithSchedules` answers a request, or `codesignFrontWithSchedules` between two quantities. `graphs`: of each
 * network, undefined of a list of layers.
 */
export function schedulable(
  request: CodesignRequest,
  graphs: readonly (NetworkGraph | undefined)[],
  [min, along]: Metrics | readonly [objective: CodesignRequest['objective']] = [request.objective],
): Schedulable {
  const { networks, limits, layerLimits, space } = request;
  if (min === 'layer-edp')
    return unscheduled('schedules are not found for layer-edp', `minimise ${scheduleObjectives.join(', ')} or area`);
  const isLimited = along === 'layer-edp' || limits['layer-edp'] !== undefined;
  const limited = isLimited ? 'layer-edp' : layerLimits && 'single layers';
  if (limited !== undefined) return noLimitOn(limited);
  const list = networks.find((_, k) => !graphs[k]);
  if (list)
    return unscheduled(
      `${list.network.name} is a list of layers without an order`,
      'give a built-in network or an ONNX file',
    );
  const empty = whyEmpty(space);
  if (empty !== undefined) return unscheduled(empty, 'give other widths');
  const made = loweredNetworks(
    graphs.flatMap((graph) => graph ?? []),
    space,
  );
  return made.ok
    ? { kind: 'schedulable', networks: made.value }
    : unscheduled(made.diagnostics.map(printDiagnostic).join('; '), 'give other networks');
}

export const noLimitOn = (name: string): Unscheduled =>
  unscheduled(`no limit on ${name} is kept by schedules`, 'limit energy, latency, edp or area');

export const unscheduled = (why: string, way: string): Unscheduled => ({ kind: 'unscheduled', why, way });

/** Undefined where something can stay on some machine. */
function whyEmpty(space: DesignSpace): string | undefined {
  const shapes = shapesOf(spaceWithResidency(space));
  if (shapes.some((shape) => shape.residency === 1)) return undefined;
  const [shape] = shapes;
  const why = shape && whyNothingStays({ ...shape, globalBuffer: bits(shape.globalBuffer) });
  return `nothing can stay in the global buffer of any machine of ${space.name}${why === undefined ? '' : `: ${why}`}`;
}
