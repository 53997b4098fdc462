// Which questions of `prove`, about a space or one machine, are answered with schedules, told without what answers them.

import { printDiagnostic } from '../base/diagnostics.js';
import { magnetConventions } from '../model/cost/conventions.js';
import { whyNothingStays } from '../model/machine/parameters.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import { limitsOnNetwork } from '../tuner/prove/decider.js';
import type { ProveRequest } from '../tuner/prove/prove-request.js';
import type { SchedulesAsked } from './codesign-schedules.js';
import { loweredOver } from './lowered-networks.js';
import type { SchedulesOnMachine } from './prove-on-machine.js';
import type { Schedulable, Unscheduled } from './schedulable.js';
import { noLimitOn, schedulable, unscheduled } from './schedulable.js';

/** Where no limit is on what tensors that stay could save, which goes without saying where nobody asks for schedules. */
export const nothingToSave = ({ requirements }: ProveRequest): Unscheduled | undefined =>
  requirements.every((r) => r.kind === 'area' || r.kind === 'parameter')
    ? unscheduled('schedules are for limits on energy, latency or edp of the network', 'give one')
    : undefined;

/**
 * Whether `prove` answers a request about the machines of a space with schedules. `graph`: of its network, undefined of a list of
 * layers.
 */
export const schedulableToProve = (
  request: ProveRequest,
  space: DesignSpace,
  graph: NetworkGraph | undefined,
): Schedulable =>
  request.requirements.some((r) => r.kind === 'layer')
    ? noLimitOn('single layers')
    : schedulable(asCodesignRequest(request, space), [graph]);

/** Of a machine that meets the requirements any schedule within the limits will do. */
export const asCodesignRequest = (
  { network, technology, conventions, padding, requirements, timeLimit }: ProveRequest,
  space: DesignSpace,
): CodesignRequest => ({
  ...{ space, technology, conventions, padding, timeLimit },
  networks: [{ network, weight: 1 }],
  limits: limitsOnNetwork(requirements),
  objective: 'area',
  gap: 0,
});

/**
 * Whether `prove` answers a request about one machine with schedules; why not, and the way out. `graph`: of its network, undefined of
 * a list of layers.
 */
export function schedulableOnMachine(
  { network, requirements, candidates, conventions, sharedMappings }: ProveRequest,
  graph: NetworkGraph | undefined,
): { readonly kind: 'schedulable'; readonly graph: NetworkGraph } | Unscheduled {
  if (candidates.kind === 'space') throw new Error('invariant: a space is no machine');
  const { machine } = candidates;
  if (machine.kind === 'hierarchy')
    return unscheduled('tensors stay in the global buffer of machines of the template alone', 'name one of these');
  if (conventions.name !== magnetConventions.name)
    return unscheduled(`conventions of ${conventions.name} know no tensors that stay`, 'take those of magnet');
  if (requirements.some((r) => r.kind === 'layer')) return noLimitOn('single layers');
  if (requirements.some((r) => r.kind === 'network' && r.quantity === 'layer-edp')) return noLimitOn('layer-edp');
  if (sharedMappings) return unscheduled('each run of a schedule has a mapping of its own', 'share none');
  const why = whyNothingStays(machine.template);
  if (why !== undefined)
    return unscheduled(
      `nothing can stay in the global buffer of ${machine.template.name}: ${why}`,
      'give other widths',
    );
  if (!graph)
    return unscheduled(
      `${network.name} is a list of layers without an order`,
      'give a built-in network or an ONNX file',
    );
  const made = loweredOver(graph, [machine.template.inputPrecision]);
  return made.ok
    ? { kind: 'schedulable', graph }
    : unscheduled(made.diagnostics.map(printDiagnostic).join('; '), 'give another network');
}

/**
 * Where one machine is named and nobody would think of schedules, so that it goes without saying: of a list of layers (`listed`), whose
 * asker asks about layers, of machines that are not made from the template, and as other tools count. Undefined elsewhere.
 */
export function beyondSchedules(request: ProveRequest, listed: boolean): Unscheduled | undefined {
  const { candidates, conventions } = request;
  if (candidates.kind === 'space') return undefined;
  if (!listed && candidates.machine.kind !== 'hierarchy' && conventions.name === magnetConventions.name)
    return undefined;
  const may = schedulableOnMachine(request, undefined);
  return may.kind === 'unscheduled' ? may : undefined;
}

/** Whether `prove` answers a request about a space or about one machine with schedules: `schedulableToProve` or `schedulableOnMachine`. */
export const schedulableIn = (
  request: ProveRequest,
  graph: NetworkGraph | undefined,
): ReturnType<typeof schedulableToProve> | ReturnType<typeof schedulableOnMachine> =>
  request.candidates.kind === 'space'
    ? schedulableToProve(request, request.candidates.space, graph)
    : schedulableOnMachine(request, graph);

/** What is asked with schedules then. */
export function schedulesToAsk(
  request: ProveRequest,
  graph: NetworkGraph | undefined,
  folds: boolean,
): { readonly kind: 'schedulable'; readonly asked: SchedulesAsked | SchedulesOnMachine } | Unscheduled {
  const may = schedulableIn(request, graph);
  if (may.kind === 'unscheduled') return may;
  const { candidates } = request;
  if (candidates.kind === 'space' && 'networks' in may)
    return { kind: may.kind, asked: { space: candidates.space, networks: may.networks, folds } };
  if ('graph' in may) return { kind: may.kind, asked: { graph: may.graph, folds } };
  throw new Error('invariant: schedules of a space have networks');
}
