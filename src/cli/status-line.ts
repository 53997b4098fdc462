// How far work is, on standard error: on a terminal one line that is drawn again and again, else a line every few seconds.

import type { Io } from './io.js';

export interface StatusLine {
  readonly onTerminal: boolean;
  /** Something is new: said where the last word is long enough ago. */
  readonly changed: () => void;
  /** Says it at once. */
  readonly say: () => void;
  /** A line of its own, where there is no terminal; on one the status is drawn. */
  readonly line: (text: string) => void;
  /** Clears the line. */
  readonly end: () => void;
}

/** Between two drawings of the line, between two with nothing new, and between two lines where there is no terminal; milliseconds. */
const [pause, tick, rest] = [100, 1000, 5000];
const clearLine = '\r\u001b[K';

const silent: StatusLine = { onTerminal: false, changed() {}, say() {}, line() {}, end() {} };

/** `text` of the work at this moment. Without a terminal, what is over in a moment needs no word. */
export function makeStatusLine(io: Io, text: (onTerminal: boolean) => string, quiet: boolean): StatusLine {
  if (quiet) return silent;
  const { columns } = io;
  const onTerminal = columns !== undefined;
  let said = onTerminal ? -Infinity : io.now();
  const put = (output: string) => {
    said = io.now();
    io.err(output);
  };
  const say = () =>
    put(columns === undefined ? `${text(false)}\n` : `${clearLine}${text(true).slice(0, Math.max(20, columns - 1))}`);
  const sayAfter = (silence: number) => {
    if (io.now() - said >= silence) say();
  };
  // Also with nothing new: one sees that it works, and for how long.
  const timer = setInterval(() => sayAfter(onTerminal ? 0 : rest), tick);
  timer.unref();
  return {
    onTerminal,
    changed: () => sayAfter(onTerminal ? pause : rest),
    say,
    line: (own) => (onTerminal ? say() : put(`${own}\n`)),
    end() {
      clearInterval(timer);
      if (onTerminal) io.err(clearLine);
    },
  };
}
