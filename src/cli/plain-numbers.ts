// Limits and sizes that take a unit and were given a plain number: how each was understood, said before the verb begins.

import type { Command } from 'commander';
import type { PlainKind } from '../interchange/quantity.js';
import { plainMeaning } from '../interchange/quantity.js';
import { duration, memory, share } from './base-options.js';

const kinds: ReadonlyMap<unknown, PlainKind> = new Map<unknown, PlainKind>([
  [duration, 'duration'],
  [share, 'share'],
  [memory, 'memory'],
]);

/** Of all verbs of a program, as their command lines are read; a line each. */
export function plainNumbers(program: Command): readonly string[] {
  const understood: string[] = [];
  for (const verb of program.commands)
    for (const option of verb.options) {
      const kind = kinds.get(option.parseArg);
      if (kind !== undefined)
        verb.on(`option:${option.name()}`, (text: string) => {
          const meaning = plainMeaning(kind, text);
          if (meaning !== undefined) understood.push(`note: ${option.long} ${text}: read as ${meaning}`);
        });
    }
  return understood;
}
