// What stands in the way of a layer: on a machine its own requirements, asked of Z3; in a
// space which layers fit nowhere.

import { arrangementsOf } from '../../model/space/design.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Machinery } from '../../model/machine/presets.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Task } from '../../search/strategy.js';
import { limitsOn } from './decider.js';
import { fit, shortagesIn } from './layer-fit.js';
import { machineDecider } from './machine-decider.js';
import type { Shortage } from './proof.js';
import type { ProveHooks, ProveRequest } from './prove-request.js';
import { spaceDecider } from './space-decider.js';

/**
 * Seconds for one layer that fits nowhere, and for one whose limits cannot be met: reasons are welcome,
 * the answer stands without them.
 */
const patience = { unlimited: 20, limited: 4 };

/**
 * `core` is what cannot be met: nothing at all, or limits on one layer. Of other cores there is nothing to say here.
 */
export async function shortagesOf(
  request: ProveRequest,
  core: readonly Requirement[],
  hooks: ProveHooks,
  deadline: number,
): Promise<readonly Shortage[]> {
  const { candidates, network } = request;
  const limited = new Set(core.map((r) => (r.kind === 'layer' ? r.layer : undefined)));
  if (limited.size > 1 || limited.has(undefined)) return [];
  const layers = network.layers.filter(({ layer }) => core.length === 0 || limited.has(layer.name));
  const found: Shortage[] = [];
  for (const counted of layers) {
    if (hooks.stopped() || hooks.now() >= deadline) break;
    hooks.progress(`what stands in the way of ${counted.layer.name}`);
    if (candidates.kind === 'machine')
      found.push(...(await onMachine(request, candidates.machine, counted, core, hooks, deadline)));
    else if (core.length === 0) found.push(...(await inSpace(request, counted, hooks, deadline)));
  }
  return found;
}

async function onMachine(
  request: ProveRequest,
  machine: Machinery,
  counted: CountedLayer,
  core: readonly Requirement[],
  hooks: ProveHooks,
  deadline: number,
): Promise<readonly Shortage[]> {
  const { technology, conventions, padding } = request;
  const { layer } = counted;
  const architectures = arrangementsOf(machine, technology);
  const task: Task = {
    architectures,
    layer,
    conventions,
    padding,
    goal: { objective: 'edp', limits: limitsOn(layer.name, core) },
  };
  const answer = await fit(task, hooks.ask, {
    seconds: Math.min(core.length > 0 ? patience.limited : patience.unlimited, (deadline - hooks.now()) / 1000),
    now: hooks.now,
    stopped: hooks.stopped,
  });
  // Limits are in the core already.
  if (answer.status === 'never')
    return shortagesIn(task, { ...answer, core: answer.core.filter((r) => r.kind !== 'limit') });
  if (answer.status === 'fits' || core.length > 0) return [];
  // Z3 had no time: what looking at all mappings says is known sooner.
  const decider = machineDecider(
    {
      ...request,
      candidates: { kind: 'machine', machine },
      network: { ...request.network, layers: [counted] },
      requirements: [],
    },
    hooks,
  );
  return (await decider.decide([], deadline)).status === 'infeasible'
    ? [{ layer: layer.name, text: 'no mapping of it fits the machine', needed: undefined }]
    : [];
}

async function inSpace(
  request: ProveRequest,
  counted: CountedLayer,
  hooks: ProveHooks,
  deadline: number,
): Promise<readonly Shortage[]> {
  const { candidates } = request;
  if (candidates.kind === 'machine') return [];
  const decider = spaceDecider(
    { ...request, candidates, network: { ...request.network, layers: [counted] }, requirements: [] },
    hooks,
  );
  return (await decider.decide([], deadline)).status === 'infeasible'
    ? [
        {
          layer: counted.layer.name,
          text: `no machine of ${candidates.space.name} has a mapping for it`,
          needed: undefined,
        },
      ]
    : [];
}
