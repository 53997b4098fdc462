// Where runs of a comparison happen: each in a thread of its own, which is ended with it.

import type { Run } from '../../tuner/compare/contest-run.js';
import { lostRun } from '../../tuner/compare/contest-run.js';
import { openTasks } from '../open-tasks.js';
import type { Contest } from './contest.js';
import { runContest } from './contest.js';

export interface Arenas {
  readonly run: (contest: Contest, improved: (best: number) => void) => Promise<Run>;
  /** Runs at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeArenas = (workers: number, now: () => number) => Arenas;

export function makeArenas(workers: number, now: () => number): Arenas {
  const runner = openTasks(workers);
  return {
    async run(contest, improved) {
      const began = now();
      try {
        return await runContest(runner, contest, improved);
      } catch (error) {
        return lostRun(contest.input.strategy, seedOf(contest), (now() - began) / 1000, (error as Error).message);
      }
    },
    width: runner.width,
    close: runner.close,
  };
}

const seedOf = ({ kind, input }: Contest): number => (kind === 'mappings' ? input.budget.seed : input.seed);
