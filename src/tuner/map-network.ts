// Every layer of a network mapped, each with its own proof; layers are independent, so they run side by side.

import { clock } from '../base/clock.js';
import { eachAtOnce } from '../base/each-at-once.js';
import { entry } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { loweredFrom } from '../model/machine/template.js';
import type { Conventions } from '../model/cost/conventions.js';
import type { Goal, Limits } from '../model/cost/goal.js';
import type { NetworkObjective, NetworkTotals } from '../model/cost/network-goal.js';
import { networkTotals, sumOfLayers } from '../model/cost/network-goal.js';
import type { Layer } from '../model/workload/layer.js';
import type { CountedLayer, Network } from '../model/workload/network.js';
import type { Answer, Budget, ProgramFormat, Task } from '../search/strategy.js';
import { certify } from './certify.js';
import type { Certification } from './certify.js';
import type { CertifyBudget } from './certify-task.js';
import type { SolverName } from './solver-names.js';
import { mapLayer } from './map-layer.js';

/** A network, a machine, and what is asked of every layer. */
export interface MapRequest {
  readonly network: Network;
  /** Arrangements of one machine. */
  readonly architectures: readonly Architecture[];
  /** Where it is one of the template; found where it is left out. */
  readonly machine?: Task['machine'];
  readonly conventions: Conventions;
  /** Of every layer. */
  readonly goal: Goal;
  /** What of the network is minimised so, or was where it was mapped as a whole; the sum of what its layers minimise. */
  readonly objective?: NetworkObjective;
  /** Of single layers, by name, in place of the goal's. */
  readonly layerLimits?: Readonly<Record<string, Limits>>;
  /** Whether bounds of layers may be padded. */
  readonly padding: boolean;
  /** (best - bound) / best at which a layer counts as proven. */
  readonly gap: number;
  /** Seconds per layer. */
  readonly timeLimit: number;
  /** Of heuristics. */
  readonly seed: number;
  readonly solver: SolverName;
  /** Answers are to be certified, to what and how long. */
  readonly certify?: CertifyBudget;
  /** Formats in which answers bring their last programs along. */
  readonly programs?: readonly ProgramFormat[];
}

/** What of the network is minimised. */
export const networkObjectiveOf = ({ goal, objective }: Pick<MapRequest, 'goal' | 'objective'>): NetworkObjective =>
  objective ?? sumOfLayers[goal.objective];

/** What is asked of one layer. */
export const goalOf = (
  { goal, layerLimits = {} }: Pick<MapRequest, 'goal' | 'layerLimits'>,
  { name }: Pick<Layer, 'name'>,
): Goal => (Object.hasOwn(layerLimits, name) ? { ...goal, limits: entry(layerLimits, name) } : goal);

export const taskOf = (request: MapRequest, layer: Layer): Task => {
  const { architectures, conventions, padding, machine } = request;
  return { architectures, layer, conventions, goal: goalOf(request, layer), padding, machine };
};

/** What one layer may take. */
export const budgetOf = ({ timeLimit, gap, seed }: MapRequest): Omit<Budget, 'now' | 'progress'> => ({
  time: timeLimit,
  evaluations: Infinity,
  gap,
  seed,
});

/** A layer of a network with its answer. */
export interface LayerResult extends CountedLayer {
  readonly answer: Answer;
  /** Wall time of mapping this layer. */
  readonly seconds: number;
  /** Absent where none was asked for, or there was a stop before it. */
  readonly certificate?: Certification;
}

/** What happens to the layer at `index` of the request, as `mapNetwork` and `map` tell it. */
export type MapEvent =
  | { readonly kind: 'started'; readonly index: number }
  | { readonly kind: 'progress'; readonly index: number; readonly best: number; readonly bound: number }
  /** Its certificate is still to come. */
  | { readonly kind: 'mapped'; readonly index: number; readonly result: LayerResult }
  | { readonly kind: 'certifying'; readonly index: number; readonly eps: number }
  | { readonly kind: 'finished'; readonly index: number; readonly result: LayerResult };

/** Solves one layer somewhere: in this thread, or in a worker. Never rejects for a reason that lies in the layer. */
export type Solve = (
  task: Task,
  solver: SolverName,
  budget: Omit<Budget, 'now' | 'progress'>,
  progress: (best: number, bound: number) => void,
) => Promise<Answer>;

/** Certifies one answer somewhere, likewise. */
export type Certify = (
  task: Task,
  answer: Pick<Answer, 'status' | 'best'>,
  budget: CertifyBudget,
  progress: (eps: number) => void,
) => Promise<Certification>;

/** Where layers are solved, and who hears of it: without any, one after the other in this thread, in silence. */
export interface MapHooks {
  /** Milliseconds, monotone. */
  readonly now?: () => number;
  /** How many layers are solved at a time: 1. */
  readonly width?: number;
  readonly solve?: Solve;
  readonly certify?: Certify;
  readonly event?: (event: MapEvent) => void;
  /** Once true, no further layer is begun. */
  readonly stopped?: () => boolean;
}

/** In this thread. */
export const solveHere =
  (now: () => number): Solve =>
  (task, solver, budget, progress) =>
    mapLayer(task, solver, { ...budget, now, progress });

const certifyHere =
  (now: () => number): Certify =>
  (task, answer, budget, progress) =>
    certify(task, answer, { ...budget, now, progress });

/**
 * The best mapping of every layer, each with its own proof. Results are in the network's order; layers that were not begun before
 * a stop are left out.
 */
export async function mapNetwork(given: MapRequest, hooks: MapHooks = {}): Promise<readonly LayerResult[]> {
  const { network, architectures, solver, programs } = given;
  const { now = clock, width = 1, event = () => {}, stopped = () => false } = hooks;
  const { solve = solveHere(now), certify: certifySomewhere = certifyHere(now) } = hooks;
  const request = { ...given, machine: given.machine ?? loweredFrom(architectures) };
  const results: (LayerResult | undefined)[] = network.layers.map(() => undefined);
  const one = async ({ layer, count }: CountedLayer, index: number): Promise<void> => {
    event({ kind: 'started', index });
    const begin = now();
    const task = taskOf(request, layer);
    const budget = { ...budgetOf(request), programs };
    const answer = await solve(task, solver, budget, (best, bound) => event({ kind: 'progress', index, best, bound }));
    const mapped: LayerResult = { layer, count, answer, seconds: (now() - begin) / 1000 };
    const result = request.certify ? await certified(index, task, mapped, request.certify) : mapped;
    results[index] = result;
    event({ kind: 'finished', index, result });
  };
  const certified = async (
    index: number,
    task: Task,
    mapped: LayerResult,
    budget: CertifyBudget,
  ): Promise<LayerResult> => {
    event({ kind: 'mapped', index, result: mapped });
    const { status, best } = mapped.answer;
    return {
      ...mapped,
      certificate: await certifySomewhere(task, { status, best }, budget, (eps) =>
        event({ kind: 'certifying', index, eps }),
      ),
    };
  };
  await eachAtOnce(width, network.layers, one, stopped);
  return results.filter((r) => r !== undefined);
}

/** Count-weighted totals of a mapped network; undefined where a layer has no mapping. */
export function totals(goal: NetworkObjective, results: readonly LayerResult[]): NetworkTotals | undefined {
  const mapped = results.flatMap(({ count, answer: { best, bound } }) =>
    best ? [{ count, objective: best.objective, bound, ...best.evaluation }] : [],
  );
  return mapped.length < results.length ? undefined : networkTotals(goal, mapped);
}
