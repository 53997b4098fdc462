// A run of a comparison as a task for a worker: what is asked, and how it is run.

import { nth } from '../../base/invariant.js';
import type { Runner } from '../../pool/tasks.js';
import type { Run } from '../../tuner/compare/contest-run.js';
import type { ContestInput } from '../../tuner/compare/contest-task.js';
import type { MachineContestInput } from '../../tuner/compare/machine-contest.js';
import type { Turn } from '../../tuner/compare/turns.js';
import type { SolverName } from '../../tuner/map-layer.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import type { CompareJob } from './compare-job.js';
import type { CompareOptions } from '../../options/compare-table.js';

export type Contest =
  | { readonly kind: 'mappings'; readonly input: ContestInput }
  | { readonly kind: 'machines'; readonly input: MachineContestInput };

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

/** By a worker of its own: what others have left in one would count for who comes next. */
export const runContest = (
  { run }: Pick<Runner<TunerTasks>, 'run'>,
  { kind, input }: Contest,
  progress: (best: number) => void,
): Promise<Run> =>
  kind === 'mappings'
    ? run('contest', input, { progress, fresh: true })
    : run('machineContest', input, { progress, fresh: true });
