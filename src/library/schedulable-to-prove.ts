// Which questions of `prove` about a space are answered with schedules, told without what answers them.

import type { DesignSpace } from '../model/space/design-space.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import { limitsOnNetwork } from '../tuner/prove/decider.js';
import type { ProveRequest } from '../tuner/prove/prove-request.js';
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
