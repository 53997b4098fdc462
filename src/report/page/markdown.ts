// A report as Markdown: the same sections, tables and loop nests; figures by what they show.

import { clean } from '../figures/svg.js';
import type { Block, Report, Section, TableBlock } from './blocks.js';

/** The same sections as Markdown; of figures what they show in words. */
export const printMarkdown = (r: Report): string =>
  markdownParts(r)
    .map((print) => print())
    .join('');

/** In parts that follow one another, each printed when it is asked for. */
export const markdownParts = (r: Report): readonly (() => string)[] => [
  () => `# ${line(r.title)}\n\n`,
  ...r.sections.map((s) => () => `${sectionText(s)}\n\n`),
  () => `Printed by magnet ${line(r.version)}.\n`,
];

/** Signs that Markdown or HTML would take for their own; a line stays one line. */
const line = (words: string): string =>
  clean(words)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~&]/g, (c) => `\\${c}`);

const sectionText = ({ title, source, summary, status, blocks }: Section): string =>
  [
    `## ${line(title)}${status ? `: ${line(status.text)}` : ''}`,
    ...[summary, source].filter((t) => t !== '').map(line),
    ...blocks.map((b) => blockText(b, 3)),
  ].join('\n\n');

function blockText(b: Block, depth: number): string {
  switch (b.kind) {
    case 'text':
      return line(b.text);
    case 'note':
      return `> ${line(b.text)}`;
    case 'heading':
      return `${'#'.repeat(depth)} ${line(b.text)}`;
    case 'cards':
      return b.cards
        .map(
          ({ name, value, note }) =>
            `- ${line(name)}: **${line(value)}**${note === undefined ? '' : ` (${line(note)})`}`,
        )
        .join('\n');
    case 'table':
      return tableText(b);
    case 'figure': {
      const { title, subtitle, description } = b.figure;
      return (
        `*${line(title)}.* ` +
        [subtitle, description].flatMap((t) => (t ? [`${line(t)}.`.replace(/\.\.$/, '.')] : [])).join(' ')
      ).trim();
    }
    case 'code': {
      // A fence longer than any run of backticks inside.
      const fence = '`'.repeat(Math.max(3, ...[...b.text.matchAll(/`+/g)].map((m) => m[0].length + 1)));
      return `${fence}\n${clean(b.text)}\n${fence}`;
    }
    case 'once':
      return b.blocks.map((x) => blockText(x, depth)).join('\n\n');
    case 'link':
      return line(b.text);
    case 'fold':
      return [`${'#'.repeat(depth + 1)} ${line(b.title)}`, ...b.blocks.map((x) => blockText(x, depth + 1))].join(
        '\n\n',
      );
  }
}

function tableText({ caption, headings, rows, right, sum }: TableBlock): string {
  const strong = (cells: readonly string[]) => cells.map((c) => (c === '' ? '' : `**${c}**`));
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map((r, i) => row(sum && i === rows.length - 1 ? strong(r.map(line)) : r.map(line)));
  return [
    `${line(caption)}:`,
    '',
    row(headings.map(line)),
    `|${headings.map((_, i) => (right[i] ? '---:' : '---')).join('|')}|`,
    ...body,
  ].join('\n');
}
