// What reading a Timeloop file found beside its values: faults that refuse it, and notes on what is ignored.

import { jsonText } from '../../base/text.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';

export type Path = Diagnostic['path'];

/** Readers go on after a fault, so that all of them are listed at once. */
export interface Findings {
  readonly faults: Diagnostic[];
  readonly notes: Diagnostic[];
  /** Why a text is no number. */
  readonly unread: Map<string, string>;
}

export const noFindings = (): Findings => ({ faults: [], notes: [], unread: new Map() });

export const fault = (f: Findings, code: string, path: Path, message: string): void =>
  void f.faults.push({ code, path, message });
export const note = (f: Findings, path: Path, message: string): void =>
  void f.notes.push({ code: 'ignored', path, message });

/** The value, unless there were faults. */
export const unlessFaults = <T>(f: Findings, value: T): Parsed<T> =>
  f.faults.length > 0 ? refused(f.faults) : parsed(value);

export type Fields = Readonly<Record<string, unknown>>;

/** An object's fields, with `-` in keys written `_`: Timeloop reads both, of one meaning. */
export function fieldsOf(x: unknown): Fields | undefined {
  if (typeof x !== 'object' || x === null || Array.isArray(x)) return undefined;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key.replaceAll('-', '_'), value]));
}

export const listOf = (x: unknown): readonly unknown[] | undefined =>
  Array.isArray(x) ? (x as readonly unknown[]) : undefined;

/** Numbers may stand in quotes; `inf` is infinite. NaN for anything else. */
export function numberOf(x: unknown): number {
  if (typeof x === 'number') return x;
  if (typeof x !== 'string' || x.trim() === '') return Number.NaN;
  return /^\.?inf(inity)?$/i.test(x.trim()) ? Infinity : Number(x);
}

/** The first of some fields that is there, as a number for which `fits` holds; undefined where there is none. */
export function firstNumber(
  f: Findings,
  fields: Fields,
  names: readonly string[],
  path: Path,
  expected: string,
  fits: (n: number) => boolean,
): number | undefined {
  const name = names.find((n) => fields[n] !== undefined && fields[n] !== null);
  if (name === undefined) return undefined;
  const n = numberOf(fields[name]);
  if (fits(n)) return n;
  fault(f, 'invalid-value', [...path, name], `expected ${expected}, got ${shown(f, fields[name])}`);
  return undefined;
}

/** A value, and where it is arithmetic that cannot be done why. */
export function shown(f: Findings, value: unknown): string {
  const why = typeof value === 'string' ? f.unread.get(value) : undefined;
  return `${jsonText(value)}${why === undefined ? '' : `, which ${why}`}`;
}

export const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 1;
export const isEnergy = (n: number): boolean => Number.isFinite(n) && n >= 0;

/** Names in a list, or in one string with commas or blanks between; undefined for anything else. */
export function namesIn(x: unknown): readonly string[] | undefined {
  if (typeof x === 'string') return x.split(/[\s,]+/).filter((s) => s !== '');
  const list = listOf(x);
  return list?.every((s) => typeof s === 'string') ? list : undefined;
}
