// Tables for narrow terminals: columns in groups that fit, each group with the first column again.

import { defined, nth } from '../../base/invariant.js';

/** Between two columns. */
const gap = 2;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Tables of a text that are wider than `width`, by their line of dashes; all else as it is. */
export function wrapTables(text: string, width: number): string {
  const lines = text.split('\n');
  const made: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (i + 1 === lines.length || !isRule(nth(lines, i + 1))) {
      made.push(nth(lines, i));
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
  const parts: string[] = [];
  for (const word of defined(cells.at(-1)).trim().split(/ +/)) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
  }
  return parts.map((part, i) => (i === 0 ? lead : ' '.repeat(before)) + part);
}
