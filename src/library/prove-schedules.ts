// Schedules of a network over the machines of a space, as `prove` asks for them: its tensors may stay in the global buffer.

import { nth } from '../base/invariant.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import type { Proven } from '../tuner/prove/prove.js';
import type { Candidates, ProveHooks, ProveRequest } from '../tuner/prove/prove-request.js';
import { spaceWithResidency } from '../model/space/design-space.js';
import type { SchedulesAsked } from './codesign-schedules.js';
import { schedulesInSpace } from './codesign-schedules.js';
import type { SchedulesOnMachine } from './prove-on-machine.js';
import { proveOnMachine } from './prove-on-machine.js';
import { asCodesignRequest } from './schedulable-to-prove.js';

export interface ProvenSchedules extends Proven {
  /** Of the witness; absent where there is none, or it keeps nothing. */
  readonly schedule?: ScheduleResult;
}

/** Machines of a space with residency and without. */
export const withResidency = (candidates: Candidates): Candidates =>
  candidates.kind === 'machine' ? candidates : { ...candidates, space: spaceWithResidency(candidates.space) };

/** Schedules on the machines of a space, or on the one of a request. */
export type ProveSchedulesAsked = SchedulesAsked | SchedulesOnMachine;

/**
 * Of a request about machines of a space with residency and without (`withResidency`), for what `schedulableToProve` lets pass, or
 * about one machine, for what `schedulableOnMachine` does.
 */
export async function proveSchedules(
  asked: ProveSchedulesAsked,
  request: ProveRequest,
  hooks: ProveHooks,
  prove: (request: ProveRequest, hooks: ProveHooks) => Promise<Proven>,
): Promise<ProvenSchedules> {
  if (!('space' in asked)) return proveOnMachine(asked, request, hooks, prove);
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
