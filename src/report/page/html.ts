// A report as one HTML file that stands alone: style and figures inside, nothing fetched; a script
// only where a table can be sorted.

import { nth } from '../../base/invariant.js';
import { drawFigure } from '../figures/figure.js';
import { narrow, wide } from '../figures/look.js';
import { element, escapeXml } from '../figures/svg.js';
import type { Block, Card, Report, Section, TableBlock } from './blocks.js';
import { sorting, sortingHash } from './sorting.js';
import { style } from './style.js';

/** Keys of sections and folds as names inside the page. */
type Names = ReadonlyMap<string, string>;

/** One HTML file that stands alone: style and figures inside, nothing fetched. */
export const printHtml = (r: Report): string =>
  htmlParts(r)
    .map((print) => print())
    .join('');

/** The page in parts that follow one another, each printed when it is asked for: many sections take their time. */
export function htmlParts(r: Report): readonly (() => string)[] {
  const results = r.sections.filter((s) => !s.aside).length;
  const ids = r.sections.map((_, i) => `result-${i + 1}`);
  const names: Names = new Map([
    ...r.sections.flatMap(({ key }, i) => (key === undefined ? [] : [[key, nth(ids, i)] as const])),
    ...r.sections.flatMap(({ blocks }) =>
      blocks.flatMap((b) =>
        (b.kind === 'fold' || b.kind === 'once') && b.key !== undefined ? [[b.key, b.key] as const] : [],
      ),
    ),
  ]);
  const sortable = r.sections.some((s) => s.blocks.some((b) => b.kind === 'table' && b.order !== undefined));
  // Closed ones stand below each other with their summaries already, and in a table.
  const named = r.sections.flatMap((s, i) => (s.closed ? [] : [{ s, id: nth(ids, i) }]));
  const contents = named.map(({ s, id }) =>
    element('li', {}, `${element('a', { href: `#${id}` }, escapeXml(s.title))} ${badge(s)}<br>${escapeXml(s.summary)}`),
  );
  const scripts = sortable ? `; script-src '${sortingHash}'` : '';
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:${scripts}`;
  const made = `${results === 1 ? 'One result' : `${results} results`}, printed by magnet ${r.version}`;
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeXml(r.title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escapeXml(r.title)}</h1>
<p class="made">${escapeXml(made)}</p></header>
`;
  const several = named.length > 1 && named.some(({ s }) => !s.aside);
  const list = several ? `${element('nav', { 'aria-label': 'Results' }, `<ol>${contents.join('')}</ol>`)}\n` : '';
  const alone = r.sections.slice(1).every((s) => s.closed || s.aside);
  return [
    () => `${head}${list}<main>\n`,
    ...r.sections.map(
      (s, i) => () => `${sectionHtml(s, nth(ids, i), i === 0 && s.title === r.title && alone, names)}\n`,
    ),
    () => `</main>\n${sortable ? `<script>${sorting}</script>\n` : ''}</body>\n</html>\n`,
  ];
}

const badge = ({ status }: Section) =>
  status ? element('span', { class: `badge ${status.mood}` }, escapeXml(status.text)) : '';

/** Where the whole page is of one result, its title stands above already. */
function sectionHtml(s: Section, id: string, titled: boolean, names: Names): string {
  const source = s.source === '' ? '' : `<p class="source">${escapeXml(s.source)}</p>\n`;
  const blocks = s.blocks.map((b) => blockHtml(b, names)).join('\n');
  // A browser opens what holds the place that a link leads to.
  if (s.closed)
    return element(
      'details',
      { class: 'result' },
      `<summary><h2>${escapeXml(s.title)} ${badge(s)}</h2><span>${escapeXml(s.summary)}</span></summary>\n` +
        `<div id="${id}">${source}${blocks}\n</div>`,
    );
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    '\n' +
      `<h2 id="${id}-title">${escapeXml(titled ? 'Summary' : s.title)} ${badge(s)}</h2>\n` +
      `<p class="lead">${escapeXml(s.summary)}</p>\n${source}${blocks}\n`,
  );
}

function blockHtml(b: Block, names: Names): string {
  switch (b.kind) {
    case 'text':
      return element('p', {}, escapeXml(b.text));
    case 'note':
      return element('p', { class: 'note', role: 'note' }, escapeXml(b.text));
    case 'heading':
      return element('h3', {}, escapeXml(b.text));
    case 'cards':
      return element('dl', { class: 'cards' }, b.cards.map(cardHtml).join(''));
    case 'table':
      return tableHtml(b, names);
    case 'figure': {
      const { title, subtitle } = b.figure;
      const caption = `${element('strong', {}, escapeXml(title))}${subtitle ? `<br>${escapeXml(subtitle)}` : ''}`;
      // Drawn twice, since letters of a wide figure are too small on a telephone.
      return element(
        'figure',
        {},
        [
          element('figcaption', {}, caption),
          element('div', { class: 'wide' }, drawFigure(b.figure, wide)),
          element('div', { class: 'narrow' }, drawFigure(b.figure, narrow)),
        ].join('\n'),
      );
    }
    case 'code':
      return element('pre', { tabindex: 0 }, element('code', {}, escapeXml(b.text)));
    case 'fold':
      return element(
        'details',
        {},
        `${element('summary', {}, escapeXml(b.title))}\n` +
          `<div${b.key === undefined ? '' : ` id="${b.key}"`}>` +
          b.blocks.map((x) => blockHtml(x, names)).join('\n') +
          '\n</div>',
      );
    case 'once': {
      const inside = b.blocks.map((x) => blockHtml(x, names)).join('\n');
      return b.key === undefined ? inside : element('div', { id: b.key }, inside);
    }
    case 'link':
      return element('p', {}, linked(b.text, b.to, names));
  }
}

/** Blocks alone, for who has a page already; links lead nowhere. */
export const blocksHtml = (blocks: readonly Block[]): string => blocks.map((b) => blockHtml(b, new Map())).join('\n');

const cardHtml = ({ name, value, note }: Card) =>
  element(
    'div',
    {},
    element('dt', {}, escapeXml(name)) +
      element('dd', {}, `<b>${escapeXml(value)}</b>${note === undefined ? '' : element('small', {}, escapeXml(note))}`),
  );

/** Signs of a cell that stands on one line. */
const longest = 48;

const linked = (words: string, to: string | undefined, names: Names): string => {
  const id = to === undefined ? undefined : names.get(to);
  return id === undefined ? escapeXml(words) : element('a', { href: `#${id}` }, escapeXml(words));
};

/** Wide tables scroll in a box of their own, which the keyboard reaches. */
function tableHtml({ caption, headings, rows, right, sum, links, order }: TableBlock, names: Names): string {
  // Sentences wrap, all else stays on a line.
  const side = (i: number, words = '') => (right[i] ? ' class="n"' : words.length > longest ? ' class="long"' : '');
  const by = (r: number, i: number) => (order ? ` data-by="${order[r]?.[i] ?? ''}"` : '');
  const cells = (row: readonly string[], r: number) =>
    row
      .map((c, i) =>
        i === 0
          ? `<th scope="row"${side(i, c)}${by(r, i)}>${linked(c, links?.[r], names)}</th>`
          : `<td${side(i, c)}${by(r, i)}>${escapeXml(c)}</td>`,
      )
      .join('');
  const body = rows.map((row, i) => `<tr${sum && i === rows.length - 1 ? ' class="sum"' : ''}>${cells(row, i)}</tr>`);
  const head = headings.map((h, i) => `<th scope="col"${side(i)}>${escapeXml(h)}</th>`).join('');
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    `<table${order ? ' class="sortable"' : ''}>\n` +
      `<caption><span>${escapeXml(caption)}</span></caption>\n` +
      `<thead><tr>${head}</tr></thead>\n` +
      `<tbody>\n${body.join('\n')}\n` +
      '</tbody>\n</table>',
  );
}
