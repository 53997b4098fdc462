// The command line that asks for an answer again: all that changes it, in one form, whatever was typed.

import type { Argument, ArgumentsOf, OptionTable, Values, Verb } from './option.js';
import { words } from './option.js';

/**
 * The command line that asks a verb for the same answer again: without what only says where results go, how many workers there
 * are and what is printed.
 */
export function commandLine<A extends readonly Argument[], T extends OptionTable>(
  verb: Verb<A, T>,
  given: ArgumentsOf<A>,
  values: Values<T>,
): string {
  const all: Readonly<Record<string, unknown>> = values;
  const asked = Object.entries(verb.options).filter(
    ([, option]) => option.changesAnswer && (option.with === undefined || all[option.with] === true),
  );
  return shellLine([
    ...['magnet', verb.name],
    ...given.flatMap((words) => words ?? []),
    ...asked.flatMap(([name, option]) => words(name, option, all[name])),
  ]);
}

/** Words as a shell takes them: quoted where it would read more into them. */
const shellLine = (all: readonly string[]): string =>
  all.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
