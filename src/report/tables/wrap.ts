// Text for narrow terminals: tables in groups of columns that fit, each with the first column
// again; other lines word by word.

import { defined, nth } from '../../base/invariant.js';

/** Between two columns. */
const gap = 2;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Tables are told by their line of dashes. */
export function wrapText(text: string, width: number): string {
  const lines = text.split('\n');
  const made: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (i + 1 === lines.length || !isRule(nth(lines, i + 1))) {
      made.push(...fold(nth(lines, i), width));
      continue;
    }
    let end = i + 2;
    while (end < lines.length && nth(lines, end).trim() !== '' && !isRule(lines[end + 1] ?? '')) end++;
    made.push(...wrapTable(lines.slice(i, end), width));
    i = end - 1;
  }
  return made.join('\n');
}

const isRule = (line: string) => /^-+( +-+)*$/.test(line) && line.length > 2;

function wrapTable(lines: readonly string[], width: number): readonly string[] {
  if (lines.every((line) => line.length <= width)) return lines;
  const spans = [...nth(lines, 1).matchAll(/-+/g)].map((m): Span => ({ from: m.index, to: m.index + m[0].length }));
  const [first, ...rest] = spans;
  if (!first || rest.length === 0) return lines;
  const groups: Span[][] = [];
  for (const span of rest) {
    const group = groups.at(-1);
    const taken = group ? widthOf([first, ...group, span]) : Infinity;
    if (group && taken <= width) group.push(span);
    else groups.push([span]);
  }
  return groups.flatMap((group, i) => [
    ...(i > 0 ? [''] : []),
    ...lines.flatMap((line, row) => cut(line, [first, ...group], width, row === 1)),
  ]);
}

const widthOf = (spans: readonly Span[]): number =>
  spans.reduce((n, { from, to }) => n + to - from, gap * (spans.length - 1));

/** A row of a group. The words of a last cell that is too long go on below it. */
function cut(line: string, spans: readonly Span[], width: number, rule: boolean): readonly string[] {
  const cells = spans.map(({ from, to }) => line.slice(from, to).padEnd(to - from));
  const row = cells.join(' '.repeat(gap)).trimEnd();
  if (row.length <= width) return [row];
  const before = widthOf(spans.slice(0, -1)) + gap;
  const room = Math.max(10, width - before);
  const lead = row.slice(0, before);
  if (rule) return [(lead + '-'.repeat(room)).trimEnd()];
  const parts = joined(defined(cells.at(-1)).trim().split(/ +/), room, 0, 0);
  return parts.map((part, i) => (i === 0 ? lead : ' '.repeat(before)) + part);
}

/** Least room for values beside their names. */
const minRoom = 20;

/**
 * A line that is no row. What follows a name and a gap stays in its column where there is room; commands stay commands.
 */
function fold(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const indent = line.length - line.trimStart().length;
  const command = /^\s+magnet (?:(?:'[^']*'|"[^"]*"|\S)+ ?)+$/.test(line);
  if (command) {
    const words = line.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? [];
    return joined(words, width - 2, indent, indent + 4).map((part, i, all) =>
      i + 1 < all.length ? `${part} \\` : part,
    );
  }
  const named = /^(\s*\S.*?)\s{2,}(?=\S)/.exec(line);
  if (!named) return joined(line.trim().split(/ +/), width, indent, indent + (/^\s*[-*] /.test(line) ? 2 : 0));
  const column = named[0].length;
  const value = line.slice(column).trim().split(/ +/);
  if (column + minRoom > width) return [defined(named[1]), ...joined(value, width, indent + 4, indent + 4)];
  const [first, ...rest] = joined(value, width, column, column);
  return [named[0] + defined(first).trimStart(), ...rest];
}

/** Words in lines of at most `width`, but where a single word is longer. */
function joined(words: readonly string[], width: number, first: number, others: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(' '.repeat(lines.length === 0 ? first : others) + word);
  }
  return lines;
}
