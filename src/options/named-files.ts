// The files that a command line names: those that it writes, by the options that name them, and those that it reads.

import type { AnyVerb } from './option.js';
import { dashed } from './option.js';

type Given = Readonly<Record<string, unknown>>;

const named = ({ options }: AnyVerb, values: Given, file: 'read' | 'written') =>
  Object.keys(options).flatMap((name) =>
    options[name]?.file === file ? textsIn(values[name]).map((path) => ({ name, path })) : [],
  );

const textsIn = (value: unknown): readonly string[] =>
  [value].flat().filter((text: unknown) => typeof text === 'string');

/** By option, as it is typed. */
export const filesWritten = (verb: AnyVerb, values: Given): Readonly<Record<string, string>> =>
  Object.fromEntries(
    named(verb, values, 'written').map(({ name, path }) => {
      const [tensor, file] = Array.isArray(values[name]) ? parts(path) : ['', path];
      return [`--${dashed(name)}${tensor === '' ? '' : ` ${tensor}=`}`, file];
    }),
  );

/** `name=file`, where a file may be given for several things. */
function parts(text: string): readonly [name: string, file: string] {
  const at = text.indexOf('=');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Arguments too; names of what is built in may be among them. */
export const filesRead = (verb: AnyVerb, values: Given): readonly string[] => [
  ...verb.arguments.flatMap(({ name, written }) => (written ? [] : textsIn(values[name]))),
  ...named(verb, values, 'read').flatMap(({ path }) => [path, parts(path)[1]]),
];
