// What solvers and heuristics share: a layer, a machine and a goal in; the best mapping found and what is proven out.

import type { StopReason } from '../base/stop-reason.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Conventions } from '../model/cost/conventions.js';
import type { Evaluation } from '../model/cost/evaluate.js';
import type { Goal } from '../model/cost/goal.js';
import { gapBetween } from '../model/cost/goal.js';
import type { Layer } from '../model/workload/layer.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { TemplateMachine } from '../model/machine/template.js';
import { loweredFrom } from '../model/machine/template.js';

/** One question: the best mapping of a layer on any of some arrangements of a machine. */
export interface Task {
  /** Arrangements of one machine (orders of its collectors); most machines have one. */
  readonly architectures: readonly Architecture[];
  readonly layer: Layer;
  readonly conventions: Conventions;
  readonly goal: Goal;
  /** Whether bounds may be padded (`paddedBounds`). */
  readonly padding: boolean;
  /** Where the machine is one of the template: what it was lowered from. `knowingMachine` finds it where it is left out. */
  readonly machine?: TemplateMachine | undefined;
}

/** With the machine that the architectures were lowered from, where they can tell. */
export const knowingMachine = (task: Task): Task =>
  task.machine ? task : { ...task, machine: loweredFrom(task.architectures) };

/** A legal mapping within the limits, and what the cost model says of it. */
export interface Found {
  readonly mapping: Mapping;
  /** Which arrangement it is for. */
  readonly architecture: number;
  readonly evaluation: Evaluation;
  /** The goal's objective, evaluated. */
  readonly objective: number;
}

/** Formats of programs that any MILP solver reads. */
export const programFormats = ['lp', 'mps'] as const;
/** CPLEX LP or MPS. */
export type ProgramFormat = (typeof programFormats)[number];

/** A solver's last program for an arrangement, as text. */
export interface WrittenProgram {
  readonly format: ProgramFormat;
  readonly arrangement: number;
  readonly text: string;
}

/** What a strategy found and proved of a task. */
export interface Answer {
  /** `optimal`: objective within the asked gap of the bound. `feasible`: found, not proven. */
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  readonly best: Found | undefined;
  /** Proven lower bound of the objective over all mappings; 0 where a strategy proves nothing. */
  readonly bound: number;
  /** Which solver or heuristic answered. */
  readonly solver: string;
  /** Mappings that were evaluated. */
  readonly evaluations: number;
  /** Of all search trees. */
  readonly nodes: number;
  /** How often programs were solved, with tangents added in between (docs/formulation.md). */
  readonly rounds: number;
  /** Of the programs, those of all arrangements together; `rows` likewise. */
  readonly columns: number;
  readonly rows: number;
  /** Why it stopped, where that is not plain. */
  readonly reason: StopReason | undefined;
  /** Where the budget asks for them and the strategy has any. */
  readonly programs?: readonly WrittenProgram[];
}

/** What a strategy may spend, and whom it tells. */
export interface Budget {
  /** Seconds. */
  readonly time: number;
  /** Mappings (of a `DesignTask`: machines) to evaluate at most (heuristics). */
  readonly evaluations: number;
  /** (best - bound) / best to stop at (solvers). */
  readonly gap: number;
  /** The same seed and the same number of evaluations give the same answer. */
  readonly seed: number;
  /** Milliseconds, monotone. */
  readonly now: () => number;
  /** Told when something better is found or proven; in the unit of the objective. */
  readonly progress?: (best: number, bound: number) => void;
  /** Formats in which the answer is to bring the last programs along: they are large. */
  readonly programs?: readonly ProgramFormat[] | undefined;
}

/** Whoever answers a task: a solver, an enumeration or a heuristic. */
export interface Strategy<T = Task, A = Answer> {
  readonly name: string;
  find: (task: T, budget: Budget) => Promise<A>;
}

/** (best - bound) / best; 1 where nothing is known. */
export const gapOf = (answer: Pick<Answer, 'best' | 'bound'>): number =>
  gapBetween(answer.best?.objective ?? Infinity, answer.bound);

export const heuristicAnswer = (solver: string, best: Found | undefined, evaluations: number): Answer => ({
  status: best ? 'feasible' : 'unknown',
  best,
  bound: 0,
  solver,
  evaluations,
  nodes: 0,
  rounds: 0,
  columns: 0,
  rows: 0,
  reason: best ? undefined : { kind: 'nothing-found' },
});
