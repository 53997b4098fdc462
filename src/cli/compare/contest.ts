// A run of a comparison as a task for a worker: what to call, with what, and how long to wait for it.

import { nth } from '../../base/invariant.js';
import type { ContestInput } from '../../tuner/compare/contest-task.js';
import type { MachineContestInput } from '../../tuner/compare/machine-contest.js';
import type { Turn } from '../../tuner/compare/turns.js';
import type { SolverName } from '../../tuner/map-layer.js';
import type { CompareJob } from './compare-job.js';
import type { CompareOptions } from './compare-options.js';

export type Contest =
  | { readonly kind: 'mappings'; readonly input: ContestInput }
  | { readonly kind: 'machines'; readonly input: MachineContestInput };

/** A strategy looks at its clock now and then: after its time and this many seconds more it is taken for hung. */
const grace = 60;

/** Seeds count the rounds; the referee has the first. */
export function contestOf(
  { question, request }: CompareJob,
  options: Pick<CompareOptions, 'time' | 'proofTime'>,
  { arena, round, strategy }: Turn,
): Contest {
  const [time, seed] = [round === 0 ? options.proofTime : options.time, Math.max(1, round)];
  if (question.kind === 'mappings')
    return {
      kind: 'mappings',
      input: {
        task: nth(question.tasks, arena),
        strategy: strategy as SolverName,
        budget: { time, gap: request.gap, seed },
      },
    };
  return { kind: 'machines', input: { strategy, seed, request: { ...question.codesign, timeLimit: time } } };
}

/** Its module is named from `src`, without its ending. */
export const taskOf = ({ kind, input }: Contest) =>
  kind === 'mappings'
    ? ({
        module: 'tuner/compare/contest-task',
        name: 'contestTask',
        input,
        patience: input.budget.time + grace,
      } as const)
    : ({
        module: 'tuner/compare/machine-contest',
        name: 'machineContestTask',
        input,
        patience: input.request.timeLimit + grace,
      } as const);
