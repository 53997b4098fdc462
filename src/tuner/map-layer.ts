// One layer by the solver that a user names; `auto` chooses by measurement.

import { clock } from '../base/clock.js';
import { defined, nth } from '../base/invariant.js';
import { openKeeps } from '../model/machine/keeping.js';
import { logSpaceSize } from '../model/mapping/mapping-space.js';
import { glpk, glpkInstalled } from '../milp/glpk.js';
import { highs } from '../milp/highs.js';
import { mapper } from '../milp/mapper.js';
import {
  annealing,
  bayesian,
  genetic,
  hillClimbing,
  randomPruned,
  randomSampling,
} from '../search/mapping/heuristics.js';
import { exhaustive, fewMappings, maxMappings, sizeOfSpace } from '../search/mapping/exhaustive.js';
import type { Answer, Budget, Strategy, Task } from '../search/strategy.js';
import { gapOf, heuristicAnswer, knowingMachine } from '../search/strategy.js';
import { enumeration, whyNotEnumerated } from './enumeration.js';
import { inParts } from './in-parts.js';
import { race } from './race/race.js';
import type { SolverName } from './solver-names.js';

/**
 * A short walk to start from: it sizes the program, the solver does the rest. What may be
 * kept or not is to be walked too.
 */
const quickStart: Strategy = {
  name: 'quick start',
  find: (task, budget) =>
    annealing.find(task, {
      ...budget,
      evaluations: 400 * (1 + Math.max(...task.architectures.map((a) => openKeeps(a).length))),
    }),
};

const byHighs = mapper(highs, quickStart);

/** Looked at before anything else is tried: it takes a fraction of a second. */
const veryFew = 3e4;
/** Of what can be looked at in the time that there is, by a processor that has others to serve. */
const looksPerSecond = 3e4;

/**
 * All mappings where these are few. Otherwise the enumeration where the machine and the question allow it, seconds for
 * what takes the program a minute; then all mappings, where a look at them fits in the time; then the program.
 */
const auto: Strategy = {
  name: 'auto',
  async find(task, budget) {
    if (budget.programs !== undefined) return byHighs.find(task, budget);
    const end = budget.now() + budget.time * 1000;
    const left = () => Math.max(0, (end - budget.now()) / 1000);
    const {
      machine,
      conventions,
      goal: { objective },
    } = task;
    const has = (max: number) => sizeOfSpace(task, max).looks <= max;
    const isEnumerated = whyNotEnumerated({ machine, conventions, objective }) === undefined;
    // To count many mappings takes longer than to enumerate: they are counted where that settled nothing.
    const steps = [
      { by: exhaustive, share: 1, fits: () => has(veryFew) },
      { by: enumeration, share: 1, fits: () => isEnumerated },
      { by: exhaustive, share: 0.5, fits: () => has(Math.min(fewMappings, budget.time * looksPerSecond)) },
      { by: byHighs, share: 1, fits: () => true },
    ];
    let answer: Answer | undefined;
    for (const { by, share, fits } of steps) {
      if (answer && (isSettled(answer) || left() === 0)) break;
      if (!fits()) continue;
      const next = await by.find(task, { ...budget, time: left() * share });
      answer = answer ? together(answer, next, budget.gap) : next;
    }
    return defined(answer);
  },
};

const isSettled = ({ status }: Answer): boolean => status === 'optimal' || status === 'infeasible';

/** What two strategies found and proved of one task, told as the second one's answer. */
function together(first: Answer, second: Answer, gap: number): Answer {
  const best = !second.best || (first.best && first.best.objective <= second.best.objective) ? first.best : second.best;
  const answer: Answer = {
    ...second,
    best,
    bound: Math.min(Math.max(first.bound, second.bound), best?.objective ?? Infinity),
    evaluations: first.evaluations + second.evaluations,
  };
  if (!best) return answer;
  return gapOf(answer) <= gap ? { ...answer, status: 'optimal', reason: undefined } : { ...answer, status: 'feasible' };
}

/** By HiGHS and GLPK at once, in threads that end with the layer. */
const raced: Strategy = {
  name: 'race',
  async find(task, budget) {
    const backend = race();
    try {
      return await mapper(backend, quickStart).find(task, budget);
    } finally {
      await backend.end();
    }
  },
};

/** By the solver that the user's machine has. */
const native: Strategy = {
  name: 'native',
  async find(task, budget) {
    const { findNativeSolver, nativeBackend, whyNoNativeSolver } = await import('./native/native-backend.js');
    const solver = await findNativeSolver();
    if (solver) return mapper(nativeBackend(solver), quickStart).find(task, budget);
    return {
      ...heuristicAnswer('native', undefined, 0),
      reason: { kind: 'unsuited', message: (await whyNoNativeSolver()) ?? '' },
    };
  },
};

const strategies: Readonly<Record<SolverName, Strategy>> = {
  auto,
  highs: byHighs,
  glpk: mapper(glpk, quickStart),
  race: raced,
  native,
  enumerate: enumeration,
  exhaustive,
  annealing,
  genetic,
  bayesian,
  'hill-climbing': hillClimbing,
  'random-pruned': randomPruned,
  random: randomSampling,
};

/** Whether a solver's answers rest on a program, which other solvers can be given. */
export const hasPrograms = (solver: SolverName): boolean =>
  ['auto', 'highs', 'glpk', 'race', 'native'].includes(solver);

/** Why a solver cannot be used here, and the way out; undefined where it can. */
export async function whyUnavailable(solver: SolverName): Promise<string | undefined> {
  if (solver === 'native') return (await import('./native/native-backend.js')).whyNoNativeSolver();
  if (solver !== 'glpk' || (await glpkInstalled())) return undefined;
  return (
    'glpk.js is not installed: it is an optional dependency under GPL-3.0; npm install glpk.js, ' +
    'or leave out --solver glpk for HiGHS'
  );
}

/** Why a solver cannot answer a question, whatever the layer, and the way out; undefined where it can. */
export const whyUnsuited = (
  solver: SolverName,
  { machine, conventions, goal: { objective } }: Pick<Task, 'machine' | 'conventions' | 'goal'>,
): string | undefined => (solver === 'enumerate' ? whyNotEnumerated({ machine, conventions, objective }) : undefined);

/** Why a solver cannot answer it of this layer, and the way out; undefined where it can. */
export function whyTooLarge(solver: SolverName, task: Task, max = maxMappings): string | undefined {
  if (solver !== 'exhaustive' || sizeOfSpace(task, max).looks < Infinity) return undefined;
  const log = Math.max(...task.architectures.map((a) => logSpaceSize(a, task.layer, task.padding)));
  return (
    `${task.layer.name} has about 10^${log.toFixed(1)} mappings on ${nth(task.architectures, 0).name}, ` +
    `and no more than ${max.toLocaleString('en-US')} are looked at one by one; leave out --solver exhaustive`
  );
}

/**
 * The best mapping of one layer, by the solver that is named. What is left out of the budget is as for the command: a minute, to
 * 0.01 %, and any number of mappings looked at.
 */
export const mapLayer = (task: Task, solver: SolverName = 'auto', budget: Partial<Budget> = {}): Promise<Answer> =>
  inParts(strategies[solver]).find(knowingMachine(task), {
    now: clock,
    time: 60,
    evaluations: Infinity,
    gap: 1e-4,
    seed: 1,
    ...budget,
  });
