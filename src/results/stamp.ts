// Which magnet made a result: a field behind the schema of every result file, a comment on top of every other text.

import { text } from '../interchange/schema.js';

export interface Stamped {
  /** Version; absent in files from before it was written. */
  readonly magnet?: string | undefined;
}

/** To spread into the forms of result files. */
export const stampField = { magnet: text().optional() };

/** A result with the version of the magnet that made it, behind the schema that it begins with. */
export function stamped<T extends { readonly schema: string }>(file: T, magnet: string): T & Stamped {
  const { schema, ...rest } = file;
  return { schema, magnet, ...rest } as T & Stamped;
}

const comments = { lp: '\\', mps: '*', smt2: ';', verilog: '//', make: '#', c: '//' } as const;

/** A line of comment in front, as the language of the text has it. */
export const withStamp = (language: keyof typeof comments, content: string, magnet: string): string =>
  `${comments[language]} Made by magnet ${magnet}.\n${content}`;
