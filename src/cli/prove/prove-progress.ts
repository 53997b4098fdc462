// Progress of a proof on standard error: what is being asked, and how much of the time is over.

import { durationText } from '../../report/tables/quantities.js';
import type { Io } from '../io.js';
import { makeStatusLine } from '../status-line.js';

interface ProveProgress {
  readonly working: (doing: string) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** `timeLimit` in seconds, for everything. */
export function makeProveProgress(io: Io, timeLimit: number, quiet: boolean): ProveProgress {
  const begin = io.now();
  let last: string | undefined;
  const status = makeStatusLine(
    io,
    () => `[${durationText((io.now() - begin) / 1000)} of ${durationText(timeLimit)}] ${last ?? 'starting'}`,
    quiet,
  );
  return {
    working(doing) {
      const isFirst = last === undefined;
      last = doing;
      if (isFirst) status.say();
      else status.changed();
    },
    end: status.end,
  };
}
