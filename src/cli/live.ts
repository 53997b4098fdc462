// Work in parts on standard error: what is at work, and how long the rest may take; without a terminal a line per part too.

import { durationText } from '../report/tables/quantities.js';
import type { Io } from './io.js';
import { makeStatusLine } from './status-line.js';

export interface Live {
  /** Part `index` is begun, or has come `further`; what comes thick and fast is not all drawn. */
  readonly working: (index: number, text: string, further: boolean) => void;
  /** Without a line there is none of its own: where many parts are over in a moment. */
  readonly finished: (index: number, line?: string) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** `what` is what the parts are called, in the plural. */
export function makeLive(io: Io, total: number, what: string, quiet: boolean): Live {
  const began = io.now();
  let done = 0;
  /** What is said about each part at work. */
  const parts = new Map<number, string>();
  /** As if the rest took as long as what is done. */
  const left = (elapsed: number): readonly string[] =>
    done === 0 || done === total ? [] : [`about ${durationText((elapsed / done) * (total - done))} left`];
  const status = makeStatusLine(
    io,
    (onTerminal) => {
      const elapsed = (io.now() - began) / 1000;
      return [
        `${done}/${total} ${what}`,
        ...(elapsed < 1 ? [] : [durationText(elapsed), ...left(elapsed)]),
        [...parts.values()].join(', '),
      ]
        .filter((t) => t !== '')
        .join(onTerminal ? '  ' : '; ');
    },
    quiet,
  );
  return {
    working(index, text, further) {
      parts.set(index, text);
      if (status.onTerminal && !further) status.say();
      else status.changed();
    },
    finished(index, line) {
      parts.delete(index);
      done++;
      if (line !== undefined) status.line(`[${String(done).padStart(String(total).length)}/${total}] ${line}`);
      else if (status.onTerminal) status.say();
    },
    end: status.end,
  };
}
