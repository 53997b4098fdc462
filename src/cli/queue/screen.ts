// Lines that stay at the foot of a terminal while others go by: a table, and below it the line that a verb draws again and again.

import type { Io } from '../io.js';

export interface Screen {
  /** In place of the terminal as it is: what is said through it goes by above the table. */
  readonly io: Io;
  /** Draws these lines in place of those before. */
  readonly draw: (lines: readonly string[]) => void;
  /** Takes them away; what a verb has drawn stays. */
  readonly end: () => void;
}

const clearLine = '\r\u001b[K';
const clearBelow = '\u001b[J';
const up = (lines: number) => (lines > 0 ? `\u001b[${lines}A` : '');

/** `columns` of a terminal: longer lines would take two. */
export function openScreen(io: Io, columns: number): Screen {
  const fitting = (line: string) => line.slice(0, Math.max(20, columns - 1));
  let table: readonly string[] = [];
  /** The last line, without an end. */
  let live = '';
  const block = () => [...table.map((line) => `${line}\n`), live].join('');
  const erased = () => `\r${up(table.length)}${clearBelow}`;
  const redrawn = (change: () => string): void => {
    const before = erased();
    const gone = change();
    io.err(`${before}${gone}${block()}`);
  };
  const end = () => {
    if (table.length > 0)
      redrawn(() => {
        table = [];
        return '';
      });
  };
  const before =
    <Words extends readonly unknown[], T>(act: (...words: Words) => T) =>
    (...words: Words): T => {
      end();
      return act(...words);
    };
  return {
    io: {
      ...io,
      err: (text) =>
        redrawn(() => {
          // What was drawn before on a line and cleared is not there any more.
          const lines = (live + text).split('\n').map((line) => line.split(clearLine).at(-1) ?? '');
          live = lines.pop() ?? '';
          return lines.map((line) => `${line}\n`).join('');
        }),
      // An answer has the terminal for itself.
      out: before(io.out),
      ...(io.data && { data: before(io.data) }),
    },
    draw: (lines) =>
      redrawn(() => {
        table = lines.map(fitting);
        return '';
      }),
    end,
  };
}
