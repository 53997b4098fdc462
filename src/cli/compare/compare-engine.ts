// Where runs of a comparison happen: each in a thread of its own, which is ended with it.

import type { Contest } from '../../tuner/compare/contest.js';
import { contestOn } from '../../tuner/compare/contest.js';
import type { Run } from '../../tuner/compare/contest-run.js';
import { openTasks } from '../open-tasks.js';

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
  return { run: contestOn(runner, now), width: runner.width, close: runner.close };
}
