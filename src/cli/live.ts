// Long work on standard error: one live line on a terminal, else a line per finished part, and every few seconds where none is.

import { durationText } from '../report/tables/quantities.js';
import type { Io } from './io.js';

export interface Live {
  /** Part `index` is begun, or has come `further`; what comes thick and fast is not all drawn. */
  readonly working: (index: number, text: string, further: boolean) => void;
  /** Without a line there is none of its own: where many parts are over in a moment. */
  readonly finished: (index: number, line?: string) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, between two with nothing new, and between two lines where there is no terminal; milliseconds. */
const [pause, tick, rest] = [100, 1000, 5000];
const clearLine = '\r\u001b[K';

/** `what` is what the parts are called, in the plural. */
export function makeLive(io: Io, total: number, what: string, quiet: boolean): Live {
  if (quiet) return { working: () => {}, finished: () => {}, end: () => {} };
  const began = io.now();
  let done = 0;
  /** What is said about each part at work. */
  const parts = new Map<number, string>();
  /** As if the rest took as long as what is done. */
  const left = (elapsed: number): readonly string[] =>
    done === 0 || done === total ? [] : [`about ${durationText((elapsed / done) * (total - done))} left`];
  const standing = (separator: string): string => {
    const elapsed = (io.now() - began) / 1000;
    return [
      `${done}/${total} ${what}`,
      ...(elapsed < 1 ? [] : [durationText(elapsed), ...left(elapsed)]),
      [...parts.values()].join(', '),
    ]
      .filter((t) => t !== '')
      .join(separator);
  };

  if (io.columns === undefined) {
    // What is over in a moment needs no word but its own.
    let said = began;
    const say = (text: string) => {
      said = io.now();
      io.err(`${text}\n`);
    };
    const timer = setInterval(() => io.now() - said >= rest && say(standing('; ')), tick);
    timer.unref();
    return {
      working: (index, text) => void parts.set(index, text),
      finished(index, line) {
        parts.delete(index);
        done++;
        if (line !== undefined) say(`[${String(done).padStart(String(total).length)}/${total}] ${line}`);
      },
      end: () => clearInterval(timer),
    };
  }
  let drawn = -Infinity;
  const width = Math.max(20, io.columns - 1);
  const draw = () => {
    drawn = io.now();
    io.err(`${clearLine}${standing('  ').slice(0, width)}`);
  };
  const timer = setInterval(draw, tick);
  timer.unref();
  return {
    working(index, text, further) {
      parts.set(index, text);
      if (!further || io.now() - drawn >= pause) draw();
    },
    finished(index) {
      done++;
      parts.delete(index);
      draw();
    },
    end() {
      clearInterval(timer);
      io.err(clearLine);
    },
  };
}
