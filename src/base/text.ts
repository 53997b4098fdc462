// Words for people: nearest names, aligned tables, numbers with prefixes.

import { nth } from './invariant.js';

/** Levenshtein distance, two rows. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = nth(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, nth(previous, j) + 1, nth(row, j - 1) + 1));
    }
    previous = row;
  }
  return nth(previous, b.length);
}

/** The known name nearest to `name`, where one is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let min = Math.max(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < min) [best, min] = [candidate, d];
  }
  return best;
}

/** `unknown workload: resnet51. Did you mean resnet50?`, or the list of what is known. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `unknown ${what}: ${name}. ${near === undefined ? `Known: ${known.join(', ')}` : `Did you mean ${near}?`}`;
}

/** Rows under headings, columns padded; numbers and the like flush right where `right` says so. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly boolean[],
): string {
  const widths = headings.map((h, i) => Math.max(h.length, ...rows.map((r) => (r[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((c, i) => (right[i] ? c.padStart(nth(widths, i)) : c.padEnd(nth(widths, i))))
      .join('  ')
      .trimEnd();
  return [line(headings), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.map(line)].join('\n');
}

/** Names and values, the values below each other. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

const prefixes = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const;

/** Four significant digits with an SI prefix above a thousand: 12.35 M. */
export function short(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  for (const [prefix, scale] of prefixes) {
    if (Math.abs(x) >= scale && Math.abs(x) < 1e15) return `${(x / scale).toPrecision(4)} ${prefix}`;
  }
  return Math.abs(x) >= 1e15 ? x.toExponential(3) : Number.isInteger(x) ? String(x) : x.toPrecision(4);
}

/** `1 layer`, `1,204 layers`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** A value as JSON; "nothing" for what JSON cannot say, such as undefined. */
export function jsonText(value: unknown): string {
  const json: unknown = JSON.stringify(value);
  return typeof json === 'string' ? json : 'nothing';
}
