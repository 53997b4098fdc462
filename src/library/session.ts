// One call of the library: with workers or without, until it is done or given up.

import { runHere } from '../pool/here.js';
import { Pool } from '../pool/pool.js';
import type { Runner, TaskModule } from '../pool/tasks.js';
import type { Transport } from '../pool/transport.js';
import type { TunerTasks } from '../tuner/tuner-tasks.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';

/** What every call takes: workers, how they are reached, and a signal that gives it up. */
export interface CallOptions {
  /** Workers at most. Without any, all is done in this thread, between whose tasks it listens. */
  readonly workers?: number | undefined;
  /** How workers are reached: by threads of Node, or in a browser by what `webWorkers` makes. */
  readonly transport?: (<Tasks>(tasks: TaskModule<Tasks>) => Transport<Tasks>) | undefined;
  /** Gives the call up: it rejects with the signal's reason at once, and its workers are ended. */
  readonly signal?: AbortSignal | undefined;
}

export interface Session {
  readonly runner: Runner<TunerTasks>;
  /** Z3 has a worker of its own: one that hangs must not cost what others know. */
  readonly logic: Runner<TunerTasks>;
  /** Milliseconds, monotone. */
  readonly now: () => number;
  readonly stopped: () => boolean;
}

const now = () => performance.now();

export async function inSession<T>(options: CallOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const { workers = 0, signal } = options;
  return onRunner(tunerTasks, options, (runner) =>
    onRunner(tunerTasks, { ...options, workers: Math.min(1, workers) }, (logic) =>
      work({ runner, logic, now, stopped: () => signal?.aborted ?? false }),
    ),
  );
}

/** Work on tasks of any table, whose workers end with it. */
export async function onRunner<Tasks, T>(
  tasks: TaskModule<Tasks>,
  { workers = 0, signal, transport }: CallOptions,
  work: (runner: Runner<Tasks>) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const runner = workers > 0 ? await openWorkers(tasks, workers, transport) : runHere(tasks);
  let giveUp: (() => void) | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', giveUp);
  });
  try {
    const done = work(runner);
    // What is given up fails later, when its workers are ended under it: that is no news then.
    done.catch(() => {});
    return await Promise.race([done, givenUp]);
  } finally {
    if (giveUp) signal?.removeEventListener('abort', giveUp);
    await runner.close();
  }
}

const openWorkers = async <Tasks>(
  tasks: TaskModule<Tasks>,
  workers: number,
  transport: CallOptions['transport'],
): Promise<Runner<Tasks>> =>
  transport
    ? new Pool(transport(tasks), tasks.tasks, workers)
    : (await import('../pool/node/open-runner.js')).openRunner(tasks, workers);
