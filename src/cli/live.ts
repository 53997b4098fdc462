// Long work on standard error: one live line on a terminal, else a line per finished part.

import type { Io } from './io.js';

export interface Live {
  /** Part `index` is begun, or has news; news that come thick and fast are not all drawn. */
  readonly working: (index: number, text: string, news: boolean) => void;
  readonly finished: (index: number, line: string) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, milliseconds. */
const pause = 100;
const clearLine = '\r\u001b[K';

/** `what` is what the parts are called, in the plural. */
export function makeLive(io: Io, total: number, what: string, quiet: boolean): Live {
  if (quiet) return { working: () => {}, finished: () => {}, end: () => {} };
  let done = 0;
  let drawn = -Infinity;
  /** What is said about each part at work. */
  const parts = new Map<number, string>();

  if (io.columns === undefined) {
    return {
      working: () => {},
      finished: (_, line) => io.err(`[${String(++done).padStart(String(total).length)}/${total}] ${line}\n`),
      end: () => {},
    };
  }
  const width = Math.max(20, io.columns - 1);
  const draw = () => {
    drawn = io.now();
    io.err(`${clearLine}${`${done}/${total} ${what}  ${[...parts.values()].join(', ')}`.slice(0, width)}`);
  };
  return {
    working(index, text, news) {
      parts.set(index, text);
      if (!news || io.now() - drawn >= pause) draw();
    },
    finished(index) {
      done++;
      parts.delete(index);
      draw();
    },
    end: () => io.err(clearLine),
  };
}
