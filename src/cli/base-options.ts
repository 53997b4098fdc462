// Option values from their texts; commander adds which option it was.

import { nth } from '../base/invariant.js';
import { InvalidArgumentError } from 'commander';
import { unknownName } from '../base/text.js';
import * as quantity from '../interchange/quantity.js';

/** One of some names, with did-you-mean. */
export const choice =
  <T extends string>(what: string, names: readonly T[]) =>
  (given: string): T => {
    const found = names.find((name) => name === given);
    if (found === undefined) throw new InvalidArgumentError(unknownName(what, given, names));
    return found;
  };

export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (given: string): number => {
    const n = given.trim() === '' ? NaN : Number(given);
    if (!Number.isSafeInteger(n) || n < least || n > most) {
      throw new InvalidArgumentError(
        most < Number.MAX_SAFE_INTEGER
          ? `Expected a whole number from ${least} to ${most}.`
          : `Expected a whole number of at least ${least}.`,
      );
    }
    return n;
  };

/** A quantity as the schema of one says; an option is given as text. */
const measured =
  (schema: ReturnType<typeof quantity.share>) =>
  (given: string): number => {
    const read = schema.safeParse(given);
    if (!read.success) throw new InvalidArgumentError(`${nth(read.error.issues, 0).message.replace(/^e/, 'E')}.`);
    return read.data;
  };

/** Seconds, from `10s`, `500ms` or `2min`; a plain number counts seconds. */
export const duration = measured(quantity.duration());
/** `1%` or 0.01. */
export const share = measured(quantity.share());
export const probability = measured(quantity.probability());
/** MB. */
export const memory = measured(quantity.memory());

/** Names separated by commas, none twice. */
export function commaList(given: string): readonly string[] {
  const names = given.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is named twice; keep one.`);
  return names;
}

export const several = (given: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  given,
];

type Named = Readonly<Record<string, number>>;

/** `name=number` pairs, none twice. */
const named =
  (example: string, number: (text: string) => number) =>
  (given: string, before: Named | undefined): Named => {
    const at = given.lastIndexOf('=');
    const [name, text] = [given.slice(0, at).trim(), given.slice(at + 1)];
    if (at < 1 || name === '') throw new InvalidArgumentError(`Expected ${example}.`);
    if (before && Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice; keep one.`);
    return { ...before, [name]: number(text) };
  };

export const sizes = named('name=size, such as sequence=128', wholeNumber(0));

export const weights = named('name=number, such as resnet50=2', (text) => {
  const n = text.trim() === '' ? NaN : Number(text);
  if (!(n > 0 && Number.isFinite(n))) throw new InvalidArgumentError('Expected a number above 0.');
  return n;
});
