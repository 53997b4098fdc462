// Keys that are not known: one letter beside a known one is a slip and refused, since figures
// may hang on it; others are noted.

import type { Fields, Findings, Path } from './findings.js';
import { fault, listOf, note } from './findings.js';

/** Notes what is not read. `elsewhere` are names that mean something in other files, and so are no slips. */
export function checkKeys(
  f: Findings,
  fields: Fields,
  known: readonly string[],
  path: Path,
  elsewhere: readonly string[] = [],
): void {
  for (const key of refuseSlips(f, fields, known, path, elsewhere)) note(f, [...path, key], 'is not read');
}

/** Returns what is not known and no slip either. What holds nothing says nothing. */
export function refuseSlips(
  f: Findings,
  fields: Fields,
  known: readonly string[],
  path: Path,
  elsewhere: readonly string[] = [],
): readonly string[] {
  return Object.keys(fields).filter((key) => {
    if (known.includes(key) || fields[key] === null || listOf(fields[key])?.length === 0) return false;
    const meant = elsewhere.includes(key) ? undefined : slipOf(key, known);
    if (meant !== undefined) fault(f, 'unknown-field', [...path, key], `is not read; did you mean ${meant}?`);
    return meant === undefined;
  });
}

/** The known name that was meant. Names of three letters are too near to each other to tell. */
export const slipOf = (name: string, known: readonly string[]): string | undefined =>
  known.find((k) => Math.min(name.length + 1, k.length) >= 4 && isSlip(name.toLowerCase(), k.toLowerCase()));

/** One letter more, less or other, or two swapped; or capitals. */
function isSlip(a: string, b: string): boolean {
  const from = Array.from(a).findIndex((c, i) => c !== b[i]);
  if (from < 0) return b.length - a.length < 2;
  const rest = (s: string, skip: number) => s.slice(from + skip);
  return (
    rest(a, 1) === rest(b, 0) ||
    rest(a, 0) === rest(b, 1) ||
    rest(a, 1) === rest(b, 1) ||
    (rest(a, 2) === rest(b, 2) && a[from] === b[from + 1] && a[from + 1] === b[from])
  );
}
