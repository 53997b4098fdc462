// Ctrl-C, and SIGTERM and SIGHUP alike: what is finished stands, work in progress is given up, no more is begun.

import { turn } from '../pool/turn.js';
import type { Io } from './io.js';

export interface Interruption {
  readonly happened: () => boolean;
  readonly happening: Promise<void>;
  readonly release: () => void;
}

export function listen(io: Io): Interruption {
  let happened = false;
  let release = () => {};
  const happening = new Promise<void>((resolve) => {
    release = io.onInterrupt(() => {
      happened = true;
      resolve();
    });
  });
  return { happened: () => happened, happening, release };
}

/**
 * Long work of this thread in steps: at each `yield` Ctrl-C is heard and progress is drawn. Undefined where the work was
 * stopped before its end.
 */
export async function inTurns<T>(
  work: Generator<unknown, T | undefined>,
  stopped: () => boolean,
): Promise<T | undefined> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await turn();
    if (!stopped()) continue;
    work.return(undefined);
    return undefined;
  }
}
