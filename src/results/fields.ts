// What forms of results have in common, and how they are printed.

import { stopKinds } from '../base/stop-reason.js';
import { z } from 'zod';
import { jsonText } from '../base/text.js';
import { printJson } from '../interchange/json-print.js';
import { nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import type { DesignPoint } from '../model/space/design-space.js';
import { filedOf, numberOf } from '../interchange/template-fields.js';

/** Plain data that nobody changes. */
export type Readonlys<T> = T extends readonly (infer _)[] | object ? { readonly [K in keyof T]: Readonlys<T[K]> } : T;

/** What a reader of a form gives. */
export type Read<S extends z.ZodType> = Readonlys<z.output<S>>;

/** Null where there is nothing, or nothing is proven. */
export const figure = () => nonNegative().nullable();

export { listOf } from '../interchange/schema.js';

/** The kind of why a search stopped; absent where it closed, and in files from before it was written. */
export const stoppedByField = oneOf('kind of stop', stopKinds).optional();

/** A record with a field of one form for each of some names. */
export const recordOf = <K extends string, T extends z.ZodType>(what: string, names: readonly K[], of: () => T) =>
  record(what, Object.fromEntries(names.map((name) => [name, of()])) as Record<K, T>);

/** A value for each parameter of a machine: buffers in bits, the clock in MHz. */
export const pointForm = record(
  'a design point',
  filedOf(numberOf, (value) => value),
).transform((p): DesignPoint => p);

/** The design space that an answer is about. */
export const spaceForm = record('a design space', {
  name: text(),
  digest: text(),
  shapes: whole(0),
  machines: whole(0),
});
export type SpaceRead = Read<typeof spaceForm>;

/**
 * A line per layer, run, point of a curve and the like, so that files can be read and compared; fields named in `open`
 * are records printed so themselves.
 */
export function printResult(result: object, open: readonly string[] = []): string {
  return `${printFields(result, ' ', open)}\n`;
}

function printFields(fields: object, indent: string, open: readonly string[]): string {
  const shown = Object.entries(fields).flatMap(([key, value]: [string, unknown]) => {
    if (value === undefined) return [];
    const inner =
      open.includes(key) && typeof value === 'object' && value !== null
        ? printFields(value, `${indent} `, open)
        : printLines(value, indent);
    return [`${indent}${jsonText(key)}: ${inner}`];
  });
  return `{\n${shown.join(',\n')}\n${indent.slice(1)}}`;
}

const printLines = (value: unknown, indent: string): string =>
  Array.isArray(value) && value.some((x) => typeof x === 'object')
    ? `[\n${value.map((x) => `${indent} ${jsonText(x)}`).join(',\n')}\n${indent}]`
    : printJson(value, indent);
