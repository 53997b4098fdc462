// The mapper's answers as the result file holds them.

import { stopText } from '../base/stop-reason.js';
import { hardwareOf } from '../interchange/hardware-file.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import { coverageOf } from '../model/workload/coverage.js';
import { gapOf } from '../search/strategy.js';
import type { Certification } from '../tuner/certify.js';
import { certifyReasonText } from '../tuner/certify-reason.js';
import type { LayerResult, MapRequest } from '../tuner/map-network.js';
import { networkObjectiveOf } from '../tuner/map-network.js';
import type { ConfigurationFile } from './configuration-field.js';
import { coverageFile } from './coverage-fields.js';
import { layerCosts, noCosts } from './layer-costs.js';
import { sumsOf } from './layer-sums.js';
import type { NamedLimits } from './limits-by-name.js';
import { limitsByName } from './limits-by-name.js';
import type { NetworkAnswer } from '../tuner/network/network-question.js';
import { wholeGap } from './whole-gap.js';
import type { MapResult, MapResultCertificate, MapResultLayer, MapResultNetwork } from './map-result.js';
import { mapResultSchema } from './map-result.js';

/** What was asked, with the machine as it was named. */
export interface MapAsked {
  readonly request: MapRequest;
  readonly machine: { readonly name: string; readonly machinery: Machinery; readonly technology: Technology };
  readonly limits: NamedLimits;
}

export const mapResult = (
  asked: MapAsked,
  results: readonly LayerResult[],
  network?: MapResultNetwork,
  configuration?: ConfigurationFile,
): MapResult => ({
  ...mapResultOf(
    asked,
    results.map((r) => mapResultLayer(asked.request, r)),
    network,
  ),
  ...(configuration && { configuration }),
});

/** `without`: layers that have no mapping at all. */
const noneText = (without: readonly string[]): string =>
  without.length === 0
    ? 'no mappings keep the limits together'
    : `${without.join(', ')} ${without.length === 1 ? 'has' : 'have'} no mapping, whatever the others take`;

/** What was found and proven of the network as a whole. */
export function mapResultNetwork(
  objective: MapResultNetwork['objective'],
  answer: NetworkAnswer,
  without: readonly string[] = [],
): MapResultNetwork {
  const none = { objective, value: null, gap: null };
  switch (answer.status) {
    case 'none':
      return { ...none, status: 'infeasible', bound: null, reason: noneText(without) };
    case 'unknown':
      return { ...none, status: 'unknown', bound: answer.bound, reason: stopText(answer.reason) };
    case 'found': {
      const gap = wholeGap(answer);
      const status = gap === 0 ? 'optimal' : 'feasible';
      return {
        objective,
        status,
        value: answer.value,
        bound: answer.bound,
        gap,
        reason: gap === 0 ? '' : 'tolerances',
      };
    }
  }
}

/** Totals are null unless every layer of the request is there with a mapping: a part must not pass for the whole. */
export function mapResultOf(
  { request, machine, limits }: MapAsked,
  layers: readonly MapResultLayer[],
  asked?: MapResultNetwork,
): MapResult {
  const { network, conventions } = request;
  const goal = networkObjectiveOf(request);
  const sums = layers.length === network.layers.length ? sumsOf(goal, layers) : null;
  return {
    schema: mapResultSchema,
    workload: network.name,
    arch: machine.name,
    goal,
    limits: limitsByName(limits),
    conventions: conventions.name,
    hardware: hardwareOf(machine.machinery, machine.technology),
    ...coverageFile(coverageOf(network)),
    layers,
    objective: sums?.objective ?? null,
    bound: sums && (asked?.bound ?? sums.bound),
    energy: sums?.energy ?? null,
    cycles: sums?.cycles ?? null,
    edp: sums?.edp ?? null,
    ...(asked && { network: asked }),
  };
}

const certificateFile = ({ status, eps, seconds, leaves, reason }: Certification): MapResultCertificate => ({
  status,
  eps,
  seconds,
  leaves,
  reason: certifyReasonText(reason),
});

export function mapResultLayer(
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
    certificate: c ? certificateFile(c) : null,
    ...(!best && { reason: stopText(answer.reason) }),
    ...(answer.reason && { stoppedBy: answer.reason.kind }),
  };
}
