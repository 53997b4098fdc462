// Schedules of a network over the machines of a space, as `prove` asks for them: its tensors may stay in the global buffer.

import { nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import { limitsOnNetwork } from '../tuner/prove/decider.js';
import type { Proven } from '../tuner/prove/prove.js';
import type { Candidates, ProveHooks, ProveRequest } from '../tuner/prove/prove-request.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { SchedulesAsked } from './codesign-schedules.js';
import { schedulesInSpace, spaceWithResidency } from './codesign-schedules.js';
import type { Schedulable, Unscheduled } from './schedulable.js';
import { noLimitOn, schedulable, unscheduled } from './schedulable.js';

export interface ProvenSchedules extends Proven {
  /** Of the witness; absent where there is none, or it keeps nothing. */
  readonly schedule?: ScheduleResult;
}

/** Machines of a space with residency and without. */
export const withResidency = (candidates: Candidates): Candidates =>
  candidates.kind === 'machine' ? candidates : { ...candidates, space: spaceWithResidency(candidates.space) };

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
const asCodesignRequest = (
  { network, technology, conventions, padding, requirements, timeLimit }: ProveRequest,
  space: DesignSpace,
): CodesignRequest => ({
  ...{ space, technology, conventions, padding, timeLimit },
  networks: [{ network, weight: 1 }],
  limits: limitsOnNetwork(requirements),
  objective: 'area',
  gap: 0,
});

/** Of a request about machines of a space with residency and without (`withResidency`), for what `schedulableToProve` lets pass. */
export async function proveSchedules(
  asked: SchedulesAsked,
  request: ProveRequest,
  hooks: ProveHooks,
  prove: (request: ProveRequest, hooks: ProveHooks) => Promise<Proven>,
): Promise<ProvenSchedules> {
  const { space, over, layers, on, told } = schedulesInSpace(asked);
  const onMachines = asCodesignRequest(request, space);
  const machines = on(onMachines, hooks.columns, hooks);
  const placed: typeof machines.placed = (...found) => machines.placed(...found);
  const proven = await prove(request, { ...hooks, schedules: { over: nth(over, 0), layers, placed } });
  const { proof } = proven;
  if (proof.status !== 'feasible' || !proof.witness.scheduled) return proven;
  const { scheduled, layers: own } = proof.witness;
  const nothingProven = { bound: 0, seconds: proof.seconds };
  const schedule = told(onMachines, hooks.columns, { ...scheduled, layers: own }, 0, nothingProven);
  return { ...proven, schedule: { ...schedule, reason: 'what is proven is that the limits can be met' } };
}
