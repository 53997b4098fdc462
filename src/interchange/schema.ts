// Zod at the edge: schemas whose findings are sentences, and their way into our diagnostics.

import { nth } from '../base/invariant.js';
import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { jsonText, unknownName } from '../base/text.js';
import { noted } from './json-schema.js';

const show = (x: unknown) => (x === undefined ? 'nothing' : jsonText(x).slice(0, 60));
const expected = (what: string) => ({ error: (i: { input?: unknown }) => `expected ${what}, got ${show(i.input)}` });

/** A whole number of at least `min`, exactly representable. */
export const whole = (min: number) =>
  noted(
    z
      .number(expected(`a whole number of at least ${min}`))
      .refine((n) => Number.isSafeInteger(n) && n >= min, expected(`a whole number of at least ${min}`)),
    () => ({ type: 'integer', minimum: min }),
  );

/** A finite number of at least 0. */
export const nonNegative = () =>
  noted(
    z
      .number(expected('a number of at least 0'))
      .refine((n) => Number.isFinite(n) && n >= 0, expected('a number of at least 0')),
    () => ({ minimum: 0 }),
  );

/** A finite number above 0. */
export const positive = () =>
  noted(
    z.number(expected('a number above 0')).refine((n) => Number.isFinite(n) && n > 0, expected('a number above 0')),
    () => ({ exclusiveMinimum: 0 }),
  );

/** A name, or a record with keys, that older files called otherwise; both keys at once stay a fault of the record. */
export const withOldNames = <T extends z.ZodType>(names: Readonly<Record<string, string>>, schema: T) => {
  const now = (name: string): string => (Object.hasOwn(names, name) ? names[name] : undefined) ?? name;
  return z.preprocess((x) => {
    if (typeof x === 'string') return now(x);
    if (typeof x !== 'object' || x === null || Array.isArray(x)) return x;
    return Object.fromEntries(Object.entries(x).map(([key, value]) => [now(key) in x ? key : now(key), value]));
  }, schema);
};

/** Anything at all, read elsewhere. */
export const present = (what: string) => z.unknown().refine((x) => x !== undefined, `is missing; expected ${what}`);

/** {name: number}. */
export const numbers = (of: () => z.ZodType<number>) => z.record(z.string(), of(), expected('{name: number}'));

export const flag = () => z.boolean(expected('true or false'));

export const text = () =>
  noted(
    z.string(expected('text')).refine((s) => s.trim() !== '', expected('text that is not empty')),
    () => ({ pattern: '\\S' }),
  );

/** One of some names, with did-you-mean. */
export const oneOf = <T extends string>(what: string, names: readonly T[]) =>
  noted(
    z.custom<T>((x) => (names as readonly unknown[]).includes(x), {
      error: (i) =>
        typeof i.input === 'string'
          ? unknownName(what, i.input, names)
          : `expected one of ${names.join(', ')}, got ${show(i.input)}`,
    }),
    () => ({ enum: names }),
  );

/** Bits of weights and of activations as one text, `w4a8`. */
export const precision = () =>
  noted(
    z
      .string(expected(`w8a8, w4a8 and the like`))
      .refine(isPrecision, expected(`w8a8, w4a8 and the like, ${minWordBits} to ${maxWordBits} bits`)),
    () => ({ pattern: precisionPattern.source }),
  );

/** Of words that are quantized to: a sign and a bit, and what files of integers hold. */
export const [minWordBits, maxWordBits] = [2, 16] as const;
const precisionPattern = /^w(\d+)a(\d+)$/;
function isPrecision(given: string): boolean {
  const bits = precisionPattern.exec(given)?.slice(1).map(Number) ?? [];
  return bits.length === 2 && bits.every((n) => n >= minWordBits && n <= maxWordBits);
}

/** {name: w4a8}. */
export const namedPrecisions = () => z.record(z.string(), precision(), expected('{name: precision}'));

/** `highs, random` as one text; none twice. */
export const commaList = (what: string) =>
  text().transform((given, context): readonly string[] => {
    const names = given.split(',').map((name) => name.trim());
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (names.includes(''))
      context.addIssue({ code: 'custom', message: `expected ${what} separated by commas, such as 'a, b'` });
    else if (twice !== undefined) context.addIssue({ code: 'custom', message: `${twice} is named twice; keep one` });
    return names;
  });

/** A list of names, none twice. */
export const setOf = <T extends string>(what: string, names: readonly T[]) =>
  noted(
    z.array(z.unknown(), expected(`a list of ${what}s`)).transform((xs, context): T[] => {
      const element = oneOf(what, names);
      return xs.map((x, i) => {
        const read = element.safeParse(x);
        if (!read.success) context.addIssue({ code: 'custom', path: [i], message: nth(read.error.issues, 0).message });
        else if (xs.indexOf(x) !== i)
          context.addIssue({ code: 'custom', path: [i], message: `${what} ${read.data} is given twice; name it once` });
        return x as T;
      });
    }),
    () => ({ items: { enum: names }, uniqueItems: true }),
  );

/** An object with exactly these keys; an unknown key gets a did-you-mean. */
export const record = <S extends z.ZodRawShape>(what: string, shape: S) =>
  z.strictObject(shape, {
    error: (i) =>
      i.code === 'unrecognized_keys'
        ? i.keys.map((k) => unknownName(`field of ${what}`, k, Object.keys(shape))).join('; ')
        : `expected ${what} (an object), got ${show(i.input)}`,
  });

/** A list of items of one form. */
export const listOf = <T extends z.ZodType>(what: string, item: T) =>
  z.array(item, { error: `expected the list of ${what}` });

/** All faults of `data` against a schema, or its typed value. */
export function check<T>(schema: z.ZodType<T>, data: unknown, at: readonly (string | number)[] = []): Parsed<T> {
  const result = schema.safeParse(data);
  if (result.success) return parsed(result.data);
  return refused(
    result.error.issues.map((i): Diagnostic => ({
      code: i.code === 'unrecognized_keys' ? 'unknown-field' : 'invalid-value',
      path: [...at, ...i.path.map((p) => (typeof p === 'symbol' ? String(p) : p))],
      message: i.message,
    })),
  );
}

/** Whether parsed data says that it has a schema of this family: `magnet-map/` of `magnet-map/1`. */
export const isOfSchema = (data: unknown, family: string): boolean =>
  typeof data === 'object' &&
  data !== null &&
  'schema' in data &&
  typeof data.schema === 'string' &&
  data.schema.startsWith(family);
