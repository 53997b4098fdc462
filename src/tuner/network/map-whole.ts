// A network mapped as a whole: one objective of its totals, limits on them, and a mapping for every instance, settled exactly.

import type { Objective } from '../../model/cost/goal.js';
import { measure } from '../../model/cost/goal.js';
import type { NetworkLimits, NetworkObjective } from '../../model/cost/network-goal.js';
import { toldApart } from '../../model/workload/network.js';
import type { MasterLimits } from '../../milp/master/master.js';
import { whyNotEnumerable } from '../enumeration.js';
import type { LayerResult, MapRequest } from '../map-network.js';
import { goalOf } from '../map-network.js';
import type { AskColumns } from './layer-columns.js';
import { LayerColumns } from './layer-columns.js';
import { networkMin } from './network-min.js';
import type { Chosen, NetworkAnswer, NetworkQuestion } from './network-question.js';

/** ED2P is of layers alone. */
export type WholeObjective = Exclude<NetworkObjective, 'ed2p'>;

/** What is minimised of a network as a whole, within limits on its totals. */
export interface WholeGoal {
  readonly objective: WholeObjective;
  /** pJ, cycles, pJ x cycles of one run. */
  readonly limits: NetworkLimits;
}

export interface MappedWhole {
  /** The network with layers of names of their own where instances of one have different mappings. */
  readonly request: MapRequest;
  readonly results: readonly LayerResult[];
  readonly answer: NetworkAnswer;
  /** Layers that have no mapping at all, within limits of their own. */
  readonly without: readonly string[];
}

interface WholeHooks {
  /** Milliseconds, monotone. */
  readonly now: () => number;
  readonly columns: AskColumns;
  readonly stopped: () => boolean;
}

/** Why the layers of a request have no columns, and the way out; undefined where they have. */
export const whyNoColumns = ({
  machine,
  conventions,
}: Pick<MapRequest, 'machine' | 'conventions'>): string | undefined =>
  whyNotEnumerable(machine, conventions)?.replace(/; leave out --solver enumerate.*$/, '');

/** What the master minimises. */
export const objectiveOf: Readonly<Record<WholeObjective, NetworkQuestion['objective']>> = {
  energy: { energy: 1, cycles: 0, both: 0 },
  latency: { energy: 0, cycles: 1, both: 0 },
  edp: 'product',
  'layer-edp': { energy: 0, cycles: 0, both: 1 },
};

const limitsOf = ({ energy, latency, edp, 'layer-edp': layerEdp }: NetworkLimits): MasterLimits => ({
  ...(energy !== undefined && { energy }),
  ...(latency !== undefined && { cycles: latency }),
  ...(edp !== undefined && { product: edp }),
  ...(layerEdp !== undefined && { both: layerEdp }),
});

/** The time limit of a layer stands for each of them. */
export async function mapWhole(
  request: MapRequest & { readonly machine: NonNullable<MapRequest['machine']> },
  { objective, limits }: WholeGoal,
  { now, columns, stopped }: WholeHooks,
): Promise<MappedWhole> {
  const { network, machine, conventions, padding, timeLimit } = request;
  const begin = now();
  const deadline = begin + timeLimit * 1000 * network.layers.length;
  const layers = network.layers.map(({ layer, count }) => ({
    layer,
    count,
    choices: count,
    columns: new LayerColumns({ layer, conventions, padding, goal: goalOf(request, layer), machine }, columns),
  }));
  const answer = await networkMin(
    { layers, objective: objectiveOf[objective], limits: limitsOf(limits) },
    { left: () => Math.max(0, (deadline - now()) / 1000), over: () => stopped() || now() >= deadline },
  );
  const without = layers.flatMap(({ layer, columns }) => (columns.isEmpty ? [layer.name] : []));
  if (answer.status !== 'found') return { request, results: [], answer, without };
  const chosen = toldApart(answer.chosen);
  const results = resultsOf(chosen, request.goal.objective, (now() - begin) / 1000);
  return {
    request: { ...request, network: { ...network, layers: chosen.map(({ layer, count }) => ({ layer, count })) } },
    results,
    answer: { ...answer, chosen },
    without,
  };
}

/** As if every layer had been mapped alone, in so many seconds for all. */
export const resultsOf = (chosen: Chosen, objective: Objective, seconds: number): readonly LayerResult[] =>
  chosen.map(({ layer, count, found }) => ({
    layer,
    count,
    seconds: seconds / chosen.length,
    answer: {
      // Of a layer alone nothing is proven: it is part of what is best together.
      status: 'feasible',
      best: { ...found, objective: measure(objective, found.evaluation) },
      bound: 0,
      solver: 'columns',
      evaluations: 0,
      nodes: 0,
      rounds: 0,
      columns: 0,
      rows: 0,
      reason: undefined,
    },
  }));
