// What reading a question takes, whatever its verb: files by name, faults of all parts at once, options as the command line has them.

import type { Diagnostic, Parsed } from 'magnet-accelerator';
import { parseDocument, recogniseData } from 'magnet-accelerator';
import type { DataKind } from 'magnet-accelerator';
import type { DroppedFile, Question } from '../question.js';

export type Files = readonly DroppedFile[];

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refuse = (message: string): Parsed<never> => ({
  ok: false,
  diagnostics: [{ code: 'bad-question', path: [], message }],
});
export const refused = (diagnostics: readonly Diagnostic[]): Parsed<never> => ({ ok: false, diagnostics });
export const faultsOf = (...all: readonly Parsed<unknown>[]): readonly Diagnostic[] =>
  all.flatMap((p) => (p.ok ? [] : p.diagnostics));

export const fileNamed = (files: Files, name: string): DroppedFile | undefined => files.find((f) => f.name === name);

/** `folder/small.yaml` is called `small`. */
export const stem = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.[^.]+$/, '');

/** YAML or JSON of one of some kinds; what is of another is refused in the words of the command line. */
export function dataOf({ name, bytes }: DroppedFile, wanted: readonly DataKind[], expected: string): Parsed<unknown> {
  const data = parseDocument(bytes, /\.json$/i.test(name) ? 'json' : 'yaml');
  const found = data.ok ? recogniseData(data.value) : undefined;
  return found && !wanted.includes(found.kind)
    ? refuse(`${name} is ${found.what}, expected ${expected}; ${found.way(name)}`)
    : data;
}

/** With the file in front. */
export const located = <T>(name: string, p: Parsed<T>): Parsed<T> =>
  p.ok ? p : refused(p.diagnostics.map((d) => ({ ...d, message: `${name}: ${d.message}` })));

interface Table {
  readonly options: Readonly<Record<string, object>>;
}

/** What the command line takes where nothing is said. */
export const defaults = ({ options }: Table): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(options).flatMap(([name, o]) => ('default' in o ? [[name, o.default]] : [])));

/** Options that all verbs have, as they are typed. */
export const sharedValues = (q: Question) => ({
  ...(q.limits.length > 0 && { limit: q.limits }),
  ...(q.batch !== '' && { batch: Number(q.batch) }),
  ...(q.technology !== '' && { technology: q.technology }),
  padding: q.padding,
  folds: q.folds,
});
