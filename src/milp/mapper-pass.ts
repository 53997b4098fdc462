// One program of a layer on one arrangement, made as tight as what is known allows, and solved or relaxed.

import { defined, got, nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Goal } from '../model/cost/goal.js';
import { exponents } from '../model/cost/goal.js';
import { isOpen } from '../model/machine/keeping.js';
import type { Tensor } from '../model/workload/layer.js';
import { tensors } from '../model/workload/layer.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Backend } from '../program/milp.js';
import { judge } from '../search/mapping/point.js';
import type { Budget, Found, Task } from '../search/strategy.js';
import { encode } from './encode/encode.js';
import { padTo } from './encode/padding.js';
import { energyProgram } from './energy-program.js';
import { minCycles, minEnergy, maxCycles, roughly } from './first-principles.js';
import type { LastProgram, OuterOptions, OuterResult } from './outer.js';
import { outerApproximate, relaxedBound } from './outer.js';

/** The mapping of one layer on its way: the question, and what is known so far. */
export interface MapperRun {
  readonly backend: Backend;
  readonly task: Task;
  readonly budget: Budget;
  readonly deadline: number;
  best: Found | undefined;
  evaluations: number;
  /** What no mapping on a machine goes below: it bounds the cycles of those of interest. */
  readonly minEnergies: Map<Architecture, number>;
  /** What is proven of all ways to keep while one of them is settled. */
  ofAllWays: number;
  /** Of the last pass on each arrangement, where they are asked for. */
  readonly last: LastProgram[];
}

/** Values by the names of variables: tighter programs of one layer share those that are left. */
export type Point = ReadonlyMap<string, number>;

type How = Pick<OuterOptions, 'gap' | 'rounds' | 'deadline' | 'cutoff'> & {
  readonly start: Point | undefined;
  readonly padding: boolean;
};

export const bestValue = ({ best }: MapperRun): number => best?.objective ?? Infinity;

/** Seconds that a relaxation may take. */
const relaxing = ({ deadline, budget }: MapperRun): number =>
  Math.min(10, Math.max(0.01, (deadline - budget.now()) / 1000));

/** Solves a program around the best mapping known; the result, and the point of the best mapping that it found. */
export async function pass(
  run: MapperRun,
  a: Architecture,
  arrangement: number,
  how: How,
): Promise<{ readonly result: OuterResult; readonly point: Point | undefined }> {
  const { backend, budget, task, last } = run;
  const { layer, conventions, goal } = task;
  const known = bestValue(run);
  const around = run.best?.architecture === arrangement ? run.best : undefined;
  const encoding = encode(a, layer, {
    conventions,
    goal,
    padding: padTo(how.padding),
    // Only mappings that are better than the best are of interest: their cycles are few.
    cycles: { min: minCycles(task, a), max: maxCycles(task, a, known, got(run.minEnergies, a)) },
    known: around?.evaluation,
  });
  const { variables } = encoding.program;
  let point: Point | undefined;
  // What the first program had no variable for is not used in its mapping: zero, but for the bounds as they are.
  const start =
    how.start && variables.map((v) => defined(how.start).get(v.name) ?? (encoding.unpadded.includes(v.name) ? 1 : 0));
  const result = await outerApproximate(encoding.program, backend, {
    ...how,
    start,
    now: budget.now,
    known,
    scale: roughly(task, a),
    decisions: encoding.decisions,
    whole: goal.objective === 'latency',
    relaxes: a.tiling && encoding.timed ? 'the length of tiles' : undefined,
    attained: around !== undefined && how.padding === task.padding && keepsAs(a, around.mapping),
    judge(x) {
      run.evaluations++;
      const found = judge(goal, conventions, a, arrangement, layer, encoding.decode(x));
      const better = found && found.objective < bestValue(run);
      if (better) run.best = found;
      if (better || how.cutoff !== undefined) point = new Map(variables.map((v, i) => [v.name, nth(x, i)]));
      return found?.objective ?? Infinity;
    },
    progress: (value, bound) => budget.progress?.(value, how.cutoff === undefined ? bound : run.ofAllWays),
    last: budget.programs && ((program) => (last[arrangement] = program)),
  });
  return { result, point };
}

/** What mappings better than the best cost at least, of some tensors alone. */
export function relaxedPart(run: MapperRun, a: Architecture, only: readonly Tensor[]): Promise<number> {
  const { task, backend } = run;
  const known = bestValue(run);
  const { program } = encode(a, task.layer, {
    conventions: task.conventions,
    goal: task.goal,
    only,
    padding: padTo(task.padding),
    cycles: { min: minCycles(task, a), max: maxCycles(task, a, known, minEnergy(task, a)) },
  });
  const scale = Number.isFinite(known) && known > 0 ? known : roughly(task, a);
  return relaxedBound(program, backend, scale, relaxing(run));
}

/** No mapping takes less energy than the relaxation of the program for energy: that bounds the cycles of EDP. */
export async function relaxedEnergy(run: MapperRun, a: Architecture): Promise<number> {
  const { task, backend, budget, deadline } = run;
  const { energy, cycles } = exponents[task.goal.objective];
  if (energy === 0 || cycles === 0 || budget.now() >= deadline) return 0;
  const goal: Goal = { objective: 'energy', limits: {} };
  const bound = await relaxedBound(energyProgram(task, a), backend, roughly({ ...task, goal }, a), relaxing(run));
  return bound < Infinity ? bound : 0;
}

/** Whether a mapping keeps what a machine lets it keep, and goes by where that lets it go by. */
const keepsAs = (a: Architecture, mapping: Mapping): boolean =>
  a.levels.every((l, i) =>
    tensors.every((t) => isOpen(l, t) || l.keeps.includes(t) === nth(mapping.levels, i).keep.includes(t)),
  );
