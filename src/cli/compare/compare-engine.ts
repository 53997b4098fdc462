// Where runs of a comparison happen: each in a thread of its own, which is ended with it.

import { Pool } from '../../pool/pool.js';
import type { Run } from '../../tuner/compare/contest-run.js';
import { lostRun } from '../../tuner/compare/contest-run.js';
import type { Contest } from './contest.js';
import { taskOf } from './contest.js';

export interface Arenas {
  readonly run: (contest: Contest, improved: (best: number) => void) => Promise<Run>;
  /** Runs at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeArenas = (workers: number, now: () => number) => Arenas;

export function makeArenas(workers: number, now: () => number): Arenas {
  // Sources that are run as they are (tests, tsx) have no compiled worker: run in this thread.
  if (import.meta.url.endsWith('.ts')) return inThisThread();
  const open = new Set<Pool>();
  return {
    async run(contest, improved) {
      // A thread that has worked before has tables, compiled code and garbage of whoever was there.
      const pool = new Pool(1);
      open.add(pool);
      const began = now();
      try {
        const { module, ...task } = taskOf(contest);
        return (await pool.run({
          ...task,
          url: new URL(`../../${module}.js`, import.meta.url).href,
          progress: improved,
        })) as Run;
      } catch (error) {
        return lostRun(contest.input.strategy, seedOf(contest), (now() - began) / 1000, (error as Error).message);
      } finally {
        open.delete(pool);
        await pool.close();
      }
    },
    width: workers,
    close: async () => {
      await Promise.all([...open].map((pool) => pool.close()));
    },
  };
}

const seedOf = ({ kind, input }: Contest): number => (kind === 'mappings' ? input.budget.seed : input.seed);

function inThisThread(): Arenas {
  return {
    async run({ kind, input }, improved) {
      // Strategies never yield: without a turn of the event loop Ctrl-C would not be heard between runs.
      await new Promise((resume) => setImmediate(resume));
      if (kind === 'mappings')
        return (await import('../../tuner/compare/contest-task.js')).contestTask(input, improved);
      return (await import('../../tuner/compare/machine-contest.js')).machineContestTask(input, improved);
    },
    width: 1,
    close: () => Promise.resolve(),
  };
}
