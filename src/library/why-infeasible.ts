// Why a layer has no mapping: what its machine lacks, proven by Z3 where no single level tells, or a limit below what any
// mapping reaches.

import { nth } from '../base/invariant.js';
import type { Limits } from '../model/cost/goal.js';
import { objectiveUnits } from '../model/cost/goal.js';
import { magnitude } from '../report/tables/quantities.js';
import { whyNothingFits } from '../model/mapping/nothing-fits.js';
import type { Budget, Task } from '../search/strategy.js';
import { partingsOf, runTask } from '../tuner/in-parts.js';
import type { SolverName } from '../tuner/solver-names.js';
import type { LayerResult, MapRequest, Solve } from '../tuner/map-network.js';
import { budgetOf, taskOf } from '../tuner/map-network.js';
import { fit, shortagesIn } from '../tuner/prove/layer-fit.js';
import type { Ask } from '../tuner/prove/fit-question.js';

/** Seconds for one layer at most: the answer stands without its reason. */
const patience = 12;

/** What may be asked for a reason. */
export interface Explaining {
  readonly solve: Solve;
  readonly ask: Ask;
  /** Milliseconds, monotone. */
  readonly now: () => number;
}

const unsettled = (seconds: number) =>
  `no mapping meets all rules of the machine at once; which of them stand in the way was not settled in ${seconds} s`;

/** In words. Where limits are to blame, each is looked into by minimising what it limits. */
export async function whyInfeasible(
  task: Task,
  { solve, ask, now }: Explaining,
  solver: SolverName,
  budget: Omit<Budget, 'now' | 'progress'>,
): Promise<string> {
  const run = runTask(task, nth(partingsOf(task), 0));
  const perArrangement = run.architectures.map((a) => whyNothingFits(a, run.layer, run.conventions, run.padding));
  const atOnce = perArrangement.every((reasons) => reasons.length > 0) ? nth(perArrangement, 0).join('; ') : '';
  const seconds = Math.min(patience, budget.time);
  const limits = Object.entries(task.goal.limits) as [keyof Limits, number][];
  const reasons: string[] = [];
  let fits = false;
  if (atOnce !== '') return rules();
  for (const [objective, limit] of limits) {
    const answer = await solve(
      { ...task, goal: { objective, limits: {} } },
      solver,
      { ...budget, time: seconds },
      () => {},
    );
    if (answer.status === 'infeasible') return rules();
    fits ||= answer.best !== undefined;
    if (answer.bound <= limit) continue;
    const best = answer.best ? `; the best mapping has ${magnitude(answer.best.objective)}` : '';
    reasons.push(
      `the limit on ${objective} is ${magnitude(limit)} ${objectiveUnits[objective]}, ` +
        `and no mapping goes below ${magnitude(answer.bound)}${best}`,
    );
  }
  if (reasons.length > 0) return reasons.join('; ');
  if (!fits) return rules();
  return limits.length > 1 ? 'each limit can be met, but not all of them together' : 'no mapping keeps the limit';

  /** As `prove` says it; without a solver's time, what no level can hold even by itself. */
  async function rules(): Promise<string> {
    const answer = await fit({ ...task, goal: { ...task.goal, limits: {} } }, ask, { seconds, now });
    if (answer.status === 'never')
      return shortagesIn(task, answer)
        .map((s) => s.text)
        .join('; ');
    return atOnce !== '' ? atOnce : unsettled(seconds);
  }
}

/** An answer that nothing fits, with the reason, in what is left of its time. */
export async function explained(request: MapRequest, result: LayerResult, how: Explaining): Promise<LayerResult> {
  if (result.answer.status !== 'infeasible') return result;
  const { time, ...budget } = budgetOf(request);
  const left = { ...budget, time: Math.max(1, time - result.seconds) };
  const why = await whyInfeasible(taskOf(request, result.layer), how, request.solver, left);
  return { ...result, answer: { ...result.answer, reason: { kind: 'infeasible', why } } };
}
