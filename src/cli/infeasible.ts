// Why a layer has no mapping: a capacity that holds no tile, or a limit below what any mapping reaches.

import type { Limits } from '../model/goal.js';
import { objectiveUnits } from '../model/goal.js';
import { magnitude } from '../report/quantities.js';
import { whyNothingFits } from '../report/reason.js';
import type { Budget, Task } from '../search/strategy.js';
import type { SolverName } from '../tuner/map-layer.js';
import type { Solve } from '../tuner/map-network.js';

const unruly = 'no mapping meets all rules of the machine at once';

/** In words. Where limits are to blame, each is looked into by minimising what it limits. */
export async function whyInfeasible(task: Task, solve: Solve, solver: SolverName, budget: Omit<Budget, 'now' | 'progress'>): Promise<string> {
  const perArrangement = task.architectures.map((a) => whyNothingFits(a, task.layer, task.conventions, task.padding));
  if (perArrangement.every((reasons) => reasons.length > 0)) return perArrangement[0]!.join('; ');
  const limits = Object.entries(task.goal.limits) as [keyof Limits, number][];
  const reasons: string[] = [];
  for (const [objective, limit] of limits) {
    const answer = await solve({ ...task, goal: { objective, limits: {} } }, solver, budget, () => {});
    if (answer.status === 'infeasible') return unruly;
    if (answer.bound <= limit) continue;
    const best = answer.best ? `; the best mapping has ${magnitude(answer.best.objective)}` : '';
    reasons.push(`the limit on ${objective} is ${magnitude(limit)} ${objectiveUnits[objective]}, and no mapping goes below ${magnitude(answer.bound)}${best}`);
  }
  if (reasons.length > 0) return reasons.join('; ');
  return limits.length > 1 ? 'each limit can be met, but not all of them together' : unruly;
}
