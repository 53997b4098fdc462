// `-` as a file to read: standard input, whose content says what it is. Verbs see a file of that kind.

import type { Command } from 'commander';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { AnyVerb } from '../options/option.js';
import { dashed } from '../options/option.js';
import { verbs } from '../options/verbs.js';
import { reasonOf, unpacked } from './files.js';
import type { Io } from './io.js';

export interface StandardInput {
  readonly read: Io['read'];
  /** Puts a name in the place of `-` where a command was given a file to read. Refuses a second one. */
  readonly take: (command: Command, verb: AnyVerb) => Parsed<undefined>;
  /** What is advised works as it is said: `--arch -`, and not the name that `-` goes by inside. */
  readonly asGiven: (text: string) => string;
}

/** Options that name files to be read; `-` of all others is standard output. */
const filesReadBy = ({ options }: AnyVerb) => Object.keys(options).filter((name) => options[name]?.file === 'read');

/** Where a message says how to give a file to magnet; elsewhere the name tells it from other files. */
const advised = new RegExp(
  `(${verbs
    .flatMap(filesReadBy)
    .map((name) => `--${dashed(name)}`)
    .join('|')}|\\b(?:give|to magnet batch)) (stdin\\.\\w+)`,
  'g',
);

export function makeStandardInput(io: Io): StandardInput {
  let input: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  return {
    read: (path) => (input?.name === path ? input.bytes : io.read(path)),
    asGiven: (text) => text.replace(advised, (all, before, name) => (name === input?.name ? `${before} -` : all)),
    take(command, verb) {
      const given = command.opts<Readonly<Record<string, unknown>>>();
      const args: unknown[] = command.processedArgs;
      const read = args.map((_, i) => verb.arguments[i]?.written !== true);
      const options = filesReadBy(verb);
      const asked = [...args.filter((_, i) => read[i]), ...options.map((name) => given[name])].flat().filter(isInput);
      if (asked.length === 0) return parsed(undefined);
      if (asked.length > 1)
        return refuse('conflict', [], 'standard input (-) can be read once only; give files for the rest');
      try {
        const given = unpacked('standard input (-)', io.read('-'));
        if (!given.ok) return given;
        const bytes = given.value;
        input = { name: `stdin.${kindOf(bytes)}`, bytes };
      } catch (error) {
        return refuse('unreadable', [], `cannot read standard input: ${reasonOf(error)}`);
      }
      const { name, bytes } = input;
      if (bytes.length === 0) return refuse('malformed', [], 'standard input (-) is empty');
      const named = (x: unknown): unknown => (Array.isArray(x) ? x.map(named) : isInput(x) ? name + x.slice(1) : x);
      args.forEach((arg, i) => {
        if (read[i]) args[i] = named(arg);
      });
      for (const option of options)
        if (given[option] !== undefined) command.setOptionValue(option, named(given[option]));
      return parsed(undefined);
    },
  };
}

/** `-`, or `-#NAME` for one of several networks of a table. */
const isInput = (x: unknown): x is string => typeof x === 'string' && /^-(#.*)?$/.test(x);

/** ONNX files have control characters from their first byte on. */
function kindOf(bytes: Uint8Array): 'onnx' | 'json' | 'jsonl' | 'yaml' {
  if (bytes.subarray(0, 1000).some((b) => b < 9 || (b > 13 && b < 32))) return 'onnx';
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (!/^\s*[[{]/.test(lines[0] ?? '')) return 'yaml';
  return lines.length > 1 && lines.every((line) => /^\{.*\}\s*$/.test(line)) ? 'jsonl' : 'json';
}
