// Option values from their texts; commander adds which option it was.

import { InvalidArgumentError } from 'commander';
import { unknownName } from '../base/text.js';

/** One of some names, with did-you-mean. */
export const choice =
  <T extends string>(what: string, names: readonly T[]) =>
  (given: string): T => {
    const found = names.find((name) => name === given);
    if (found === undefined) throw new InvalidArgumentError(unknownName(what, given, names));
    return found;
  };

export const wholeNumber =
  (least: number) =>
  (given: string): number => {
    const n = given.trim() === '' ? NaN : Number(given);
    if (!Number.isSafeInteger(n) || n < least) throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    return n;
  };

export function seconds(given: string): number {
  const n = given.trim() === '' ? NaN : Number(given);
  if (!(n > 0 && Number.isFinite(n))) throw new InvalidArgumentError('Expected seconds above 0.');
  return n;
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60 };

/** Seconds, from `10s`, `500ms` or `2min`; a plain number counts seconds. */
export function duration(given: string): number {
  const [, number, unit] = /^\s*([\d.]+(?:e-?\d+)?)\s*([a-z]*)\s*$/i.exec(given) ?? [];
  const n = Number(number) * (durationUnits[unit || 's'] ?? NaN);
  if (!(n > 0 && Number.isFinite(n))) throw new InvalidArgumentError('Expected a time above 0, such as 10s, 500ms or 2min.');
  return n;
}

/** Names separated by commas, none twice. */
export function commaList(given: string): readonly string[] {
  const names = given.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is named twice; keep one.`);
  return names;
}

export function share(given: string): number {
  const n = given.trim() === '' ? NaN : Number(given);
  if (!(n >= 0 && n < 1)) throw new InvalidArgumentError('Expected a share of at least 0 and below 1, such as 1e-4.');
  return n;
}

export function probability(given: string): number {
  const n = given.trim() === '' ? NaN : Number(given);
  if (!(n >= 0 && n <= 0.9)) throw new InvalidArgumentError('Expected a probability from 0 to 0.9.');
  return n;
}

export const several = (given: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), given];

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

export const sizes = named('name=size, such as sequence=128', wholeNumber(1));

export const weights = named('name=number, such as resnet50=2', (text) => {
  const n = text.trim() === '' ? NaN : Number(text);
  if (!(n > 0 && Number.isFinite(n))) throw new InvalidArgumentError('Expected a number above 0.');
  return n;
});
