// Every layer of a network mapped, each with its own proof; layers are independent, so they run side by side.

import type { Architecture } from '../model/architecture.js';
import type { Conventions } from '../model/conventions.js';
import type { Goal } from '../model/goal.js';
import type { CountedLayer, Network } from '../model/network.js';
import type { Answer, Budget, Task } from '../search/strategy.js';
import type { SolverName } from './map-layer.js';
import { mapLayer } from './map-layer.js';

export interface MapRequest {
  readonly network: Network;
  /** Arrangements of one machine. */
  readonly architectures: readonly Architecture[];
  readonly conventions: Conventions;
  readonly goal: Goal;
  readonly padding: boolean;
  /** (best - bound) / best at which a layer counts as proven. */
  readonly gap: number;
  /** Seconds per layer. */
  readonly timeLimit: number;
  readonly seed: number;
  readonly solver: SolverName;
}

export interface LayerResult extends CountedLayer {
  readonly answer: Answer;
  /** Wall time of this layer. */
  readonly seconds: number;
}

export type MapEvent =
  | { readonly kind: 'started'; readonly index: number }
  | { readonly kind: 'progress'; readonly index: number; readonly best: number; readonly bound: number }
  | { readonly kind: 'finished'; readonly index: number; readonly result: LayerResult };

/** Solves one layer somewhere: in this thread, or in a worker. Never rejects for a reason that lies in the layer. */
export type Solve = (task: Task, solver: SolverName, budget: Omit<Budget, 'now' | 'progress'>, progress: (best: number, bound: number) => void) => Promise<Answer>;

export interface MapHooks {
  /** Milliseconds, monotone. */
  readonly now: () => number;
  /** How many layers are solved at a time. */
  readonly width: number;
  readonly solve: Solve;
  readonly event: (event: MapEvent) => void;
  /** Once true, no further layer is begun. */
  readonly stopped: () => boolean;
}

/** In this thread. */
export const solveHere =
  (now: () => number): Solve =>
  (task, solver, budget, progress) =>
    mapLayer(task, solver, { ...budget, now, progress });

/** Results in the network's order; layers that were not begun before a stop are left out. */
export async function mapNetwork(request: MapRequest, hooks: MapHooks): Promise<readonly LayerResult[]> {
  const { network, architectures, conventions, goal, padding, gap, timeLimit, seed, solver } = request;
  const results: (LayerResult | undefined)[] = network.layers.map(() => undefined);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < network.layers.length && !hooks.stopped()) {
      const index = next++;
      const { layer, count } = network.layers[index]!;
      hooks.event({ kind: 'started', index });
      const begin = hooks.now();
      const task: Task = { architectures, layer, conventions, goal, padding };
      const budget = { time: timeLimit, evaluations: Infinity, gap, seed };
      const answer = await hooks.solve(task, solver, budget, (best, bound) => hooks.event({ kind: 'progress', index, best, bound }));
      const result = { layer, count, answer, seconds: (hooks.now() - begin) / 1000 };
      results[index] = result;
      hooks.event({ kind: 'finished', index, result });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, hooks.width) }, lane));
  return results.filter((r) => r !== undefined);
}

/** Count-weighted totals of a mapped network; undefined where a layer has no mapping. */
export interface NetworkTotals {
  /** Sum over layers of count x layer objective. */
  readonly objective: number;
  /** Sum over layers of count x layer bound: proven, because the layers are independent. */
  readonly bound: number;
  readonly energy: number;
  readonly cycles: number;
  /** (sum of energy) x (sum of cycles), which is not the objective. */
  readonly edpOfTotals: number;
}

export function totals(results: readonly LayerResult[]): NetworkTotals | undefined {
  if (results.some((r) => !r.answer.best)) return undefined;
  const weighted = (f: (r: LayerResult) => number) => results.reduce((n, r) => n + r.count * f(r), 0);
  const energy = weighted((r) => r.answer.best!.evaluation.energy);
  const cycles = weighted((r) => r.answer.best!.evaluation.cycles);
  return { objective: weighted((r) => r.answer.best!.objective), bound: weighted((r) => r.answer.bound), energy, cycles, edpOfTotals: energy * cycles };
}
