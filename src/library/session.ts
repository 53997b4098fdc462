// One call of the library: with workers or without, until it is done or given up.

import { runHere } from '../pool/here.js';
import type { Runner } from '../pool/tasks.js';
import type { TunerTasks } from '../tuner/tuner-tasks.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';

export interface CallOptions {
  /**
   * Worker threads at most. Without any, all is done in this thread, between whose tasks it
   * listens: a browser has no others yet.
   */
  readonly workers?: number | undefined;
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

export async function inSession<T>(
  { workers = 0, signal }: CallOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const open = async (width: number) =>
    workers > 0 ? (await import('../pool/node/open-runner.js')).openRunner(tunerTasks, width) : runHere(tunerTasks);
  const [runner, logic] = [await open(workers), await open(1)];
  let giveUp: (() => void) | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', giveUp);
  });
  try {
    const done = work({ runner, logic, now: () => performance.now(), stopped: () => signal?.aborted ?? false });
    // What is given up fails later, when its workers are ended under it: that is no news then.
    done.catch(() => {});
    return await Promise.race([done, givenUp]);
  } finally {
    if (giveUp) signal?.removeEventListener('abort', giveUp);
    await Promise.all([runner.close(), logic.close()]);
  }
}
