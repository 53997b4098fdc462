// The values that one parameter may take, as a file says them: one value, a list, or a range.

import { defined } from '../base/invariant.js';
import { z } from 'zod';
import { doublings } from '../base/integers.js';
import { jsonSchemaOf, noted } from './json-schema.js';
import { record } from './schema.js';

/** Enough for every whole number that a parameter may sensibly be. */
const maxValues = 1024;
/** From here on a range reads better than a list. */
const minRange = 4;

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Reads `8`, `[8, 16]`, `{from: 4, to: 64}` (doublings) or `{from: 2, to: 10, step: 2}`, ascending. `word` stands for a
 * menu that is not known yet and is read as an empty one.
 */
export const menu = (value: z.ZodType<number>, print: (value: number) => string, word?: string) =>
  menuForm(value, word).transform((input, context): readonly number[] => {
    if (word !== undefined && input === word) return [];
    const read = Array.isArray(input)
      ? readList(input, value, print)
      : typeof input === 'object' && input !== null
        ? readRange(input, value, print)
        : readValue(input, value, word);
    for (const { path, message } of read.faults) context.addIssue({ code: 'custom', path: [...path], message });
    return read.values;
  });

/** As editors see it. */
const menuForm = (value: z.ZodType<number>, word: string | undefined): z.ZodType =>
  noted(z.unknown(), () => ({
    anyOf: [value, z.array(value).min(1), rangeOf(value), ...(word === undefined ? [] : [z.literal(word)])].map(
      jsonSchemaOf,
    ),
  }));

const rangeOf = (value: z.ZodType<number>) => record('a range', { from: value, to: value, step: value.optional() });

interface Read {
  readonly values: readonly number[];
  readonly faults: readonly Fault[];
}

const faultsOf = (error: z.ZodError, at: readonly number[] = []): readonly Fault[] =>
  error.issues.map((i) => ({ path: [...at, ...(i.path as (string | number)[])], message: i.message }));
const fault = (path: readonly (string | number)[], message: string): Read => ({
  values: [],
  faults: [{ path, message }],
});

function readValue(input: unknown, value: z.ZodType<number>, word: string | undefined): Read {
  const one = value.safeParse(input);
  if (one.success) return { values: [one.data], faults: [] };
  const otherwise = `or a list of such, or a range {from, to}${word === undefined ? '' : `, or ${word}`}`;
  return {
    values: [],
    faults: faultsOf(one.error).map(({ path, message }) => ({ path, message: `${message}; ${otherwise}` })),
  };
}

function readList(input: readonly unknown[], value: z.ZodType<number>, print: (value: number) => string): Read {
  if (input.length === 0) return fault([], 'the list is empty; give at least one value');
  const read = input.map((x) => value.safeParse(x));
  const values = read.flatMap((r) => (r.success ? [r.data] : []));
  const twice = [...new Set(values.filter((v, i) => values.indexOf(v) !== i))];
  const faults = [
    ...read.flatMap((r, i) => (r.success ? [] : faultsOf(r.error, [i]))),
    ...twice.map((v) => ({ path: [], message: `${print(v)} is given twice; name it once` })),
  ];
  return { values: values.sort((a, b) => a - b), faults };
}

function readRange(input: object, value: z.ZodType<number>, print: (value: number) => string): Read {
  const range = rangeOf(value).safeParse(input);
  if (!range.success) return { values: [], faults: faultsOf(range.error) };
  const { from, to, step } = range.data;
  if (from > to) return fault(['to'], `${print(to)} is less than from, ${print(from)}; give the smaller value as from`);
  // A little more, as three steps of 0.1 are not 0.3 in a double.
  const count = Math.floor((step === undefined ? Math.log2(to / from) : (to - from) / step) + 1e-9) + 1;
  if (count > maxValues)
    return fault(step === undefined ? ['to'] : ['step'], `the range has ${count} values; give at most ${maxValues}`);
  return {
    values: step === undefined ? doublings(from, to) : Array.from({ length: count }, (_, i) => from + i * step),
    faults: [],
  };
}

/** As `menu` reads it, the shortest way. */
export function printMenu(values: readonly number[], print: (value: number) => string): string {
  const [from, next] = values;
  if (from !== undefined && next !== undefined && values.length >= minRange) {
    const ends = `from: ${print(from)}, to: ${print(defined(values.at(-1)))}`;
    const step = next - from;
    if (values.every((v, i) => v === from * 2 ** i)) return `{${ends}}`;
    if (values.every((v, i) => Number.isInteger(v) && v === from + i * step)) return `{${ends}, step: ${print(step)}}`;
  }
  return values.length === 1 ? print(defined(from)) : `[${values.map(print).join(', ')}]`;
}
