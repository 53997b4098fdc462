// One layer by the solver that a user names; `auto` chooses by measurement.

import { glpk, glpkInstalled } from '../milp/glpk.js';
import { highs } from '../milp/highs.js';
import { mapper } from '../milp/mapper.js';
import { annealing, randomSampling } from '../search/heuristics.js';
import type { Answer, Budget, Strategy, Task } from '../search/strategy.js';

export const solverNames = ['auto', 'highs', 'glpk', 'annealing', 'random'] as const;
export type SolverName = (typeof solverNames)[number];

/** A short walk to start from: it sizes the program, the solver does the rest. */
const quickStart: Strategy = {
  name: 'quick start',
  find: (task, budget) => annealing.find(task, { ...budget, evaluations: 400 }),
};

export const strategies: Readonly<Record<SolverName, Strategy>> = {
  auto: mapper(highs, quickStart),
  highs: mapper(highs, quickStart),
  glpk: mapper(glpk, quickStart),
  annealing,
  random: randomSampling,
};

/** Why a solver cannot be used here, and the way out; undefined where it can. */
export const whyUnavailable = async (solver: SolverName): Promise<string | undefined> =>
  solver === 'glpk' && !(await glpkInstalled())
    ? 'glpk.js is not installed: it is an optional dependency under GPL-3.0; npm install glpk.js, or leave out --solver glpk for HiGHS'
    : undefined;

export const mapLayer = (task: Task, solver: SolverName, budget: Budget): Promise<Answer> => strategies[solver].find(task, budget);
