// Progress of a proof on standard error: one live line on a terminal, else a line for what is new, now and then.

import { durationText } from '../../report/quantities.js';
import type { Io } from '../io.js';

interface ProveProgress {
  readonly tell: (news: string) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, between two with nothing new, and between two lines where there is no terminal; milliseconds. */
const [pause, tick, rest] = [100, 1000, 5000];
const clearLine = '\r\u001b[K';

export function makeProveProgress(io: Io, quiet: boolean): ProveProgress {
  if (quiet) return { tell: () => {}, end: () => {} };
  const begin = io.now();
  const line = (news: string) => `[${durationText((io.now() - begin) / 1000)}] ${news}`;
  let said = -Infinity;
  if (io.columns === undefined) {
    return {
      tell(news) {
        if (io.now() - said < rest) return;
        said = io.now();
        io.err(`${line(news)}\n`);
      },
      end: () => {},
    };
  }
  const width = Math.max(20, io.columns - 1);
  let last = 'starting';
  const draw = () => {
    said = io.now();
    io.err(`${clearLine}${line(last).slice(0, width)}`);
  };
  const timer = setInterval(draw, tick);
  timer.unref();
  return {
    tell(news) {
      last = news;
      if (io.now() - said >= pause) draw();
    },
    end() {
      clearInterval(timer);
      io.err(clearLine);
    },
  };
}
