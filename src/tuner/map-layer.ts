// One layer by the solver that a user names; `auto` chooses by measurement.

import { glpk, glpkInstalled } from '../milp/glpk.js';
import { highs } from '../milp/highs.js';
import { mapper } from '../milp/mapper.js';
import { annealing, bayesian, genetic, hillClimbing, randomPruned, randomSampling } from '../search/heuristics.js';
import type { Answer, Budget, Strategy, Task } from '../search/strategy.js';
import { gapOf } from '../search/strategy.js';
import { enumeration, whyNotEnumerated } from './enumeration.js';
import { inParts } from './in-parts.js';

export const solverNames = ['auto', 'highs', 'glpk', 'enumerate', 'annealing', 'genetic', 'bayesian', 'hill-climbing', 'random-pruned', 'random'] as const;
export type SolverName = (typeof solverNames)[number];

/** A short walk to start from: it sizes the program, the solver does the rest. */
const quickStart: Strategy = {
  name: 'quick start',
  find: (task, budget) => annealing.find(task, { ...budget, evaluations: 400 }),
};

const byHighs = mapper(highs, quickStart);

/**
 * The enumeration where the machine and the question allow it, seconds for what takes the program a minute; the program
 * where they do not, where it leaves a gap, and where programs are asked for.
 */
const auto: Strategy = {
  name: 'auto',
  async find(task, budget) {
    const end = budget.now() + budget.time * 1000;
    const { machine, conventions, goal: { objective } } = task;
    if (budget.programs !== undefined || whyNotEnumerated({ machine, conventions, objective }) !== undefined) return byHighs.find(task, budget);
    const first = await enumeration.find(task, budget);
    const left = (end - budget.now()) / 1000;
    if (first.status === 'optimal' || first.status === 'infeasible' || left <= 0) return first;
    const second = await byHighs.find(task, { ...budget, time: left });
    const best = !second.best || (first.best && first.best.objective <= second.best.objective) ? first.best : second.best;
    const answer: Answer = { ...second, best, bound: Math.min(Math.max(first.bound, second.bound), best?.objective ?? Infinity), evaluations: first.evaluations + second.evaluations };
    if (!best) return answer;
    return gapOf(answer) <= budget.gap ? { ...answer, status: 'optimal', reason: '' } : { ...answer, status: 'feasible' };
  },
};

const strategies: Readonly<Record<SolverName, Strategy>> = {
  auto,
  highs: byHighs,
  glpk: mapper(glpk, quickStart),
  enumerate: enumeration,
  annealing,
  genetic,
  bayesian,
  'hill-climbing': hillClimbing,
  'random-pruned': randomPruned,
  random: randomSampling,
};

/** Whether a solver's answers rest on a program, which other solvers can be given. */
export const hasPrograms = (solver: SolverName): boolean => solver === 'auto' || solver === 'highs' || solver === 'glpk';

/** Why a solver cannot be used here, and the way out; undefined where it can. */
export const whyUnavailable = async (solver: SolverName): Promise<string | undefined> =>
  solver === 'glpk' && !(await glpkInstalled())
    ? 'glpk.js is not installed: it is an optional dependency under GPL-3.0; npm install glpk.js, or leave out --solver glpk for HiGHS'
    : undefined;

/** Why a solver cannot answer a question, whatever the layer, and the way out; undefined where it can. */
export const whyUnsuited = (solver: SolverName, { machine, conventions, goal: { objective } }: Pick<Task, 'machine' | 'conventions' | 'goal'>): string | undefined =>
  solver === 'enumerate' ? whyNotEnumerated({ machine, conventions, objective }) : undefined;

export const mapLayer = (task: Task, solver: SolverName, budget: Budget): Promise<Answer> => inParts(strategies[solver]).find(task, budget);
