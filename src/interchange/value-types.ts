// Types of what people give, in options and in job files: how each is read from typed text and from a file's data, and
// printed so that it reads back.

import type { z } from 'zod';
import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import * as quantity from './quantity.js';
import * as data from './schema.js';

export interface ValueType<T> {
  /** What stands for it in help; absent of flags, which have no value. */
  readonly placeholder?: string;
  /** Several make one value: an option is then repeated, and the values of a job stand in a list. */
  readonly several: boolean;
  /** Of what a file holds; where several make a value, of each. */
  readonly schema: z.ZodType;
  /** What a plain number counts where a unit is usual, to be said; undefined of what has one. */
  readonly plain?: (given: unknown) => string | undefined;
  // Methods, so that a type of texts may stand where a type of anything is looked for.
  /* eslint-disable @typescript-eslint/method-signature-style */
  /** From typed text; `before` is what the same option was given before, where it is repeated. */
  read(text: string, before?: T): Parsed<T>;
  /** As it is typed, a text for each time that the option is given. */
  print(value: T): readonly string[];
  /* eslint-enable @typescript-eslint/method-signature-style */
}

const issue = (error: z.ZodError) => refuse('invalid-value', [], nth(error.issues, 0).message);
const messageOf = (schema: z.ZodType, typed: string): string => {
  const read = schema.safeParse(typed);
  return read.success ? '' : nth(read.error.issues, 0).message;
};

/** Typed as it stands in a file. */
function single<T>(placeholder: string, schema: z.ZodType<T>, print: (value: T) => string): ValueType<T> {
  return {
    placeholder,
    several: false,
    schema,
    read(typed) {
      const read = schema.safeParse(typed);
      return read.success ? parsed(read.data) : issue(read.error);
    },
    print: (value) => [print(value)],
  };
}

export const text: ValueType<string> = single('text', data.text(), (value) => value);

/** GB/s. */
export const dramRate: ValueType<number> = single('GB/s', quantity.dramRate(), (n) =>
  quantity.printRate(n).replace(' ', ''),
);

export const texts: ValueType<readonly string[]> = {
  placeholder: 'text',
  several: true,
  schema: data.text(),
  read(typed, before = []) {
    const one = text.read(typed);
    return one.ok ? parsed([...before, one.value]) : one;
  },
  print: (value) => value,
};

export const oneOf = <const T extends string>(what: string, names: readonly T[]): ValueType<T> =>
  single('name', data.oneOf(what, names), (value) => value);

/** Bits of weights and of activations, `w4a8`. */
export const precision: ValueType<string> = single('precision', data.precision(), (value) => value);

/** Names separated by commas, none twice. */
export const commaList = (what: string): ValueType<readonly string[]> =>
  single('list', data.commaList(what), (value) => value.join(','));

/** The largest unit that says it shortly; `60s`, `10min`. */
const printDuration = (seconds: number): string =>
  seconds > 60 && Number.isInteger(seconds / 60) ? `${seconds / 60}min` : `${seconds}s`;

/** Per cent where they read back as the very same number. */
function printShare(value: number): string {
  const percent = `${Number((value * 100).toPrecision(12))}%`;
  const back = quantity.readUnits(percent, quantity.shareUnits, 1);
  return 'value' in back && back.value === value ? percent : String(value);
}

const measured = (
  placeholder: string,
  kind: quantity.PlainKind,
  schema: z.ZodType<number>,
  print: (n: number) => string,
): ValueType<number> => ({
  ...single(placeholder, schema, print),
  plain: (given) => quantity.plainMeaning(kind, given),
});

/** Seconds. */
export const duration = measured('time', 'duration', quantity.duration(), printDuration);
export const share = measured('share', 'share', quantity.share(), printShare);
export const probability: ValueType<number> = single('p', quantity.probability(), printShare);
/** MB. */
export const memory = measured('size', 'memory', quantity.memory(), (mb) => `${mb}MB`);

export const flag: ValueType<boolean> = {
  several: false,
  schema: data.flag(),
  read: () => parsed(true),
  print: () => [],
};

const numberIn = (typed: string): number => (typed.trim() === '' ? NaN : Number(typed));

export const whole = (min: number, max?: number): ValueType<number> => ({
  placeholder: 'n',
  several: false,
  schema: data.whole(min),
  read(typed) {
    const n = numberIn(typed);
    if (Number.isSafeInteger(n) && n >= min && n <= (max ?? n)) return parsed(n);
    return refuse(
      'invalid-value',
      [],
      max === undefined
        ? `expected a whole number of at least ${min}`
        : `expected a whole number from ${min} to ${max}`,
    );
  },
  print: (value) => [String(value)],
});

type Named<T> = Readonly<Record<string, T>>;

/** `name=value`, each given on its own; a table in a file. `find` is undefined of what is no value. */
const named = <T>(
  placeholder: string,
  example: string,
  schema: z.ZodType<Named<T>>,
  find: (typed: string) => T | undefined,
  expected: (typed: string) => string,
): ValueType<Named<T>> => ({
  placeholder,
  several: false,
  schema,
  read(typed, before = {}) {
    const at = typed.lastIndexOf('=');
    const name = typed.slice(0, at).trim();
    if (at < 1 || name === '') return refuse('invalid-value', [], `expected ${placeholder}, such as ${example}`);
    if (Object.hasOwn(before, name)) return refuse('conflict', [], `${name} is given twice; keep one`);
    const value = find(typed.slice(at + 1).trim());
    return value === undefined
      ? refuse('invalid-value', [], expected(typed.slice(at + 1).trim()))
      : parsed({ ...before, [name]: value });
  },
  print: (value) => Object.entries(value).map(([name, n]) => `${name}=${String(n)}`),
});

const numberWhere = (fine: (n: number) => boolean) => (typed: string) => {
  const n = numberIn(typed);
  return fine(n) ? n : undefined;
};

/** Of each name bits of weights and of activations. */
export const namedPrecisions = named(
  'name=precision',
  'conv1=w4a8',
  data.namedPrecisions(),
  (typed) => data.precision().safeParse(typed).data,
  (typed) => messageOf(data.precision(), typed),
);

export const sizes = named(
  'name=size',
  'sequence=128',
  data.numbers(() => data.whole(0)),
  numberWhere((n) => Number.isSafeInteger(n) && n >= 0),
  () => 'expected a whole number of at least 0',
);

export const weights = named(
  'name=number',
  'resnet50=2',
  data.numbers(data.positive),
  numberWhere((n) => n > 0 && Number.isFinite(n)),
  () => 'expected a number above 0',
);
