// A run of a comparison as a task for a worker: what is asked, how it is run, and what becomes of one that is lost.

import { nth } from '../../base/invariant.js';
import type { Runner } from '../../pool/tasks.js';
import type { Task } from '../../search/strategy.js';
import type { CodesignRequest } from '../codesign/codesign-request.js';
import type { SolverName } from '../solver-names.js';
import type { TunerTasks } from '../tuner-tasks.js';
import type { CompareRequest } from './compete.js';
import type { Run } from './contest-run.js';
import { lostRun } from './contest-run.js';
import type { ContestInput } from './contest-task.js';
import type { MachineContestInput } from './machine-contest.js';
import type { Turn } from './turns.js';

/** What every arena asks. */
export type CompareQuestion =
  | { readonly kind: 'mappings'; readonly tasks: readonly Task[] }
  | { readonly kind: 'machines'; readonly codesign: CodesignRequest };

export type Contest =
  | { readonly kind: 'mappings'; readonly input: ContestInput }
  | { readonly kind: 'machines'; readonly input: MachineContestInput };

/** Seeds count the rounds; the referee has the first. Times are in seconds. */
export function contestOf(
  question: CompareQuestion,
  { gap }: Pick<CompareRequest, 'gap'>,
  times: { readonly time: number; readonly proofTime: number },
  { arena, round, strategy }: Turn,
): Contest {
  const [time, seed] = [round === 0 ? times.proofTime : times.time, Math.max(1, round)];
  if (question.kind === 'mappings')
    return {
      kind: 'mappings',
      input: { task: nth(question.tasks, arena), strategy: strategy as SolverName, budget: { time, gap, seed } },
    };
  return { kind: 'machines', input: { strategy, seed, request: { ...question.codesign, timeLimit: time } } };
}

type TunerRunner = Pick<Runner<TunerTasks>, 'run'>;

/** By a worker of its own: what others have left in one would count for who comes next. */
export const runContest = (
  { run }: TunerRunner,
  { kind, input }: Contest,
  progress: (best: number) => void,
): Promise<Run> =>
  kind === 'mappings'
    ? run('contest', input, { progress, fresh: true })
    : run('machineContest', input, { progress, fresh: true });

/** A worker that is lost costs its run, which says so. */
export const contestOn =
  (runner: TunerRunner, now: () => number) =>
  async (contest: Contest, progress: (best: number) => void): Promise<Run> => {
    const began = now();
    try {
      return await runContest(runner, contest, progress);
    } catch (error) {
      return lostRun(contest.input.strategy, seedOf(contest), (now() - began) / 1000, (error as Error).message);
    }
  };

const seedOf = ({ kind, input }: Contest): number => (kind === 'mappings' ? input.budget.seed : input.seed);
