// Long work of this thread in steps: between two of them Ctrl-C is heard, and progress is drawn.

import { turn } from '../pool/turn.js';

/** A turn at each `yield`. Undefined where the work was stopped before its end. */
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
