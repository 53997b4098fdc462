// Schedules of a network on one machine, as `prove` asks for them: whichever keep tensors, fold layers, run chains in bands or keep
// weights, as `schedule` finds the best of them.

import { printDiagnostic } from '../base/diagnostics.js';
import { groupBy } from '../base/group-by.js';
import { got, nth } from '../base/invariant.js';
import { timeLimit as timeIsOver } from '../base/stop-reason.js';
import { chipArea } from '../model/machine/template-parts.js';
import type { Network } from '../model/workload/network.js';
import { withOwnNames } from '../model/workload/network.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import type { Chosen } from '../tuner/network/network-question.js';
import type { Witness } from '../tuner/prove/proof.js';
import type { Proven } from '../tuner/prove/prove.js';
import type { ProveHooks, ProveRequest, SchedulesOfMachine } from '../tuner/prove/prove-request.js';
import { calledBy } from './called.js';
import { keepingMachine, scheduleWith } from './schedule.js';

/** The network as steps in order, on the machine of the request. */
export interface SchedulesOnMachine {
  readonly graph: NetworkGraph;
  /** Whether layers that read an input of the network may be folded. */
  readonly folds: boolean;
}

/** Of what `schedulableOnMachine` lets pass. A network that does not run rejects with a sentence. */
export async function proveOnMachine(
  { graph, folds }: SchedulesOnMachine,
  request: ProveRequest,
  hooks: ProveHooks,
  prove: (request: ProveRequest, hooks: ProveHooks) => Promise<Proven>,
): Promise<Proven & { readonly schedule?: ScheduleResult }> {
  const { candidates, technology, padding, network } = request;
  if (candidates.kind === 'space' || candidates.machine.kind === 'hierarchy')
    throw new Error('invariant: no machine of the template');
  const keeping = keepingMachine(candidates.machine.template);
  if (!keeping.ok) throw new Error(keeping.diagnostics.map(printDiagnostic).join('; '));
  const template = keeping.value;
  const area = chipArea(template, technology);
  const told = new WeakMap<Witness, ScheduleResult>();
  const least: SchedulesOfMachine['least'] = async (quantity, limits, enough, seconds) => {
    const found = await scheduleWith(
      {
        ...{ graph, template, technology, padding, folds, limits, enough },
        arch: template.name,
        objective: quantity,
        residency: true,
        bands: true,
        weights: true,
        timeLimit: seconds,
      },
      calledBy('prove'),
      hooks,
    );
    if (!found.ok) throw new Error(found.diagnostics.map(printDiagnostic).join('; '));
    const { result, chosen } = found.value;
    const { value, bound } = result;
    if (!chosen || value === null || bound === null)
      return result.status === 'infeasible' ? { status: 'none' } : { status: 'unknown', reason: timeIsOver };
    const witness: Witness = { machine: { kind: 'template', template }, area, ...layersOf(network, chosen) };
    told.set(witness, { ...result, status: 'feasible', reason: 'what is proven is that the limits can be met' });
    return { status: 'found', value, bound, witness };
  };
  const proven = await prove(request, { ...hooks, ofMachine: { template, area, least } });
  const schedule = proven.proof.status === 'feasible' ? told.get(proven.proof.witness) : undefined;
  return { ...proven, ...(schedule && { schedule }) };
}

/** Runs of one mapping are a layer that occurs so often. */
function layersOf(network: Network, chosen: Chosen): Required<Pick<Witness, 'layers' | 'runs'>> {
  const each = [...groupBy(chosen, ({ found }) => found)];
  const places = new Map(each.map(([found], i) => [found, i]));
  const counted = each.map(([, own]) => ({ layer: nth(own, 0).layer, count: own.length }));
  const { layers } = withOwnNames({ ...network, layers: counted });
  return {
    layers: layers.map((l, i) => ({ ...l, found: nth(each, i)[0] })),
    runs: chosen.map(({ found }) => got(places, found)),
  };
}
