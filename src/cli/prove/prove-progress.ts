// Progress of a proof on standard error: one live line on a terminal, else a line for what is new, now and then.

import { durationText } from '../../report/tables/quantities.js';
import type { Io } from '../io.js';

interface ProveProgress {
  readonly working: (doing: string) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, between two with nothing new, and between two lines where there is no terminal; milliseconds. */
const [pause, tick, rest] = [100, 1000, 5000];
const clearLine = '\r\u001b[K';

/** `timeLimit` in seconds, for everything. */
export function makeProveProgress(io: Io, timeLimit: number, quiet: boolean): ProveProgress {
  if (quiet) return { working: () => {}, end: () => {} };
  const begin = io.now();
  const line = (doing: string) => `[${durationText((io.now() - begin) / 1000)} of ${durationText(timeLimit)}] ${doing}`;
  let last = 'starting';
  let said = -Infinity;
  const width = io.columns === undefined ? Infinity : Math.max(20, io.columns - 1);
  const [between, begins, ends] = io.columns === undefined ? [rest, '', '\n'] : [pause, clearLine, ''];
  const say = () => {
    said = io.now();
    io.err(`${begins}${line(last).slice(0, width)}${ends}`);
  };
  // Also with nothing new: one sees that it works, and how long it still may.
  const timer = setInterval(() => (io.columns !== undefined || io.now() - said >= rest) && say(), tick);
  timer.unref();
  return {
    working(doing) {
      last = doing;
      if (io.now() - said >= between) say();
    },
    end() {
      clearInterval(timer);
      if (io.columns !== undefined) io.err(clearLine);
    },
  };
}
