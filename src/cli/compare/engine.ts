// Where runs of a comparison happen: each in a thread of its own, which is ended with it.

import { Pool } from '../../pool/pool.js';
import type { ContestInput } from '../../tuner/compare/contest-task.js';
import type { MachineContestInput } from '../../tuner/compare/machine-contest.js';
import type { Run } from '../../tuner/compare/run.js';
import { lostRun } from '../../tuner/compare/run.js';

/** A task for a worker: what to call, and with what. */
export type Contest =
  | { readonly kind: 'mappings'; readonly input: ContestInput }
  | { readonly kind: 'machines'; readonly input: MachineContestInput };

export interface Arenas {
  readonly run: (contest: Contest, improved: (best: number) => void) => Promise<Run>;
  /** Runs at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeArenas = (workers: number, now: () => number) => Arenas;

/** A strategy looks at its clock now and then: after its time and this many seconds more it is taken for hung. */
const grace = 60;

export function makeArenas(workers: number, now: () => number): Arenas {
  // Sources that are run as they are (tests, tsx) have no compiled worker: run in this thread.
  if (import.meta.url.endsWith('.ts')) return inThisThread();
  const open = new Set<Pool>();
  const tasks = {
    mappings: { url: new URL('../../tuner/compare/contest-task.js', import.meta.url).href, name: 'contestTask' },
    machines: { url: new URL('../../tuner/compare/machine-contest.js', import.meta.url).href, name: 'machineContestTask' },
  } as const;
  return {
    async run(contest, improved) {
      // A thread that has worked before has tables, compiled code and garbage of whoever was there.
      const pool = new Pool(1);
      open.add(pool);
      const began = now();
      try {
        return (await pool.run({ ...tasks[contest.kind], input: contest.input, progress: improved as (...news: never[]) => void, patience: timeOf(contest) + grace })) as Run;
      } catch (error) {
        return lostRun(contest.input.strategy, seedOf(contest), (now() - began) / 1000, (error as Error).message);
      } finally {
        open.delete(pool);
        await pool.close();
      }
    },
    width: workers,
    close: async () => void (await Promise.all([...open].map((pool) => pool.close()))),
  };
}

const timeOf = ({ kind, input }: Contest): number => (kind === 'mappings' ? input.budget.time : input.request.timeLimit);
const seedOf = ({ kind, input }: Contest): number => (kind === 'mappings' ? input.budget.seed : input.request.seed);

function inThisThread(): Arenas {
  return {
    async run({ kind, input }, improved) {
      // Strategies never yield: without a turn of the event loop Ctrl-C would not be heard between runs.
      await new Promise((resume) => setImmediate(resume));
      if (kind === 'mappings') return (await import('../../tuner/compare/contest-task.js')).contestTask(input, improved);
      return (await import('../../tuner/compare/machine-contest.js')).machineContestTask(input, improved);
    },
    width: 1,
    close: () => Promise.resolve(),
  };
}
