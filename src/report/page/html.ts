// A report as one HTML file that stands alone: style and figures inside, no script, nothing fetched.

import { drawFigure } from '../figure.js';
import { narrow, wide } from '../figure/look.js';
import { element, escapeXml } from '../figure/svg.js';
import type { Block, Card, Report, Section, TableBlock } from './blocks.js';
import { style } from './style.js';

export function printHtml(r: Report): string {
  const ids = r.sections.map((_, i) => `result-${i + 1}`);
  const contents = r.sections.map((s, i) => element('li', {}, `${element('a', { href: `#${ids[i]}` }, escapeXml(s.title))} ${badge(s)}<br>${escapeXml(s.summary)}`));
  const body = [
    element('header', {}, `<h1>${escapeXml(r.title)}</h1>\n<p class="made">${escapeXml(`${r.sections.length === 1 ? 'One result' : `${r.sections.length} results`}, printed by magnet ${r.version}`)}</p>`),
    ...(r.sections.length > 1 ? [element('nav', { 'aria-label': 'Results' }, `<ol>${contents.join('')}</ol>`)] : []),
    element('main', {}, `\n${r.sections.map((s, i) => sectionHtml(s, ids[i]!, r.sections.length === 1 && s.title === r.title)).join('\n')}\n`),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeXml(r.title)}</title>
<style>${style}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

const badge = ({ status }: Section) => (status ? element('span', { class: `badge ${status.mood}` }, escapeXml(status.text)) : '');

/** Where the whole page is of one result, its title stands above already. */
const sectionHtml = (s: Section, id: string, titled: boolean): string =>
  element('section', { id, 'aria-labelledby': `${id}-title` }, `\n<h2 id="${id}-title">${escapeXml(titled ? 'Summary' : s.title)} ${badge(s)}</h2>\n<p class="lead">${escapeXml(s.summary)}</p>\n<p class="source">${escapeXml(s.source)}</p>\n${s.blocks.map(blockHtml).join('\n')}\n`);

function blockHtml(b: Block): string {
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
      return tableHtml(b);
    case 'figure': {
      const { title, subtitle } = b.figure;
      const caption = `${element('strong', {}, escapeXml(title))}${subtitle ? `<br>${escapeXml(subtitle)}` : ''}`;
      // Drawn twice, since letters of a wide figure are too small on a telephone.
      return element('figure', {}, `${element('figcaption', {}, caption)}\n${element('div', { class: 'wide' }, drawFigure(b.figure, wide))}\n${element('div', { class: 'narrow' }, drawFigure(b.figure, narrow))}`);
    }
    case 'code':
      return element('pre', { tabindex: 0 }, element('code', {}, escapeXml(b.text)));
    case 'fold':
      return element('details', {}, `${element('summary', {}, escapeXml(b.title))}\n${b.blocks.map(blockHtml).join('\n')}\n`);
  }
}

const cardHtml = ({ name, value, note }: Card) =>
  element('div', {}, `${element('dt', {}, escapeXml(name))}${element('dd', {}, `<b>${escapeXml(value)}</b>${note === undefined ? '' : element('small', {}, escapeXml(note))}`)}`);

/** Signs of a cell that stands on one line. */
const longest = 48;

/** Wide tables scroll in a box of their own, which the keyboard reaches. */
function tableHtml({ caption, headings, rows, right, sum }: TableBlock): string {
  // Sentences wrap, all else stays on a line.
  const side = (i: number, words = '') => (right[i] ? ' class="n"' : words.length > longest ? ' class="long"' : '');
  const cells = (row: readonly string[]) => row.map((c, i) => (i === 0 ? `<th scope="row"${side(i)}>${escapeXml(c)}</th>` : `<td${side(i, c)}>${escapeXml(c)}</td>`)).join('');
  const body = rows.map((r, i) => `<tr${sum && i === rows.length - 1 ? ' class="sum"' : ''}>${cells(r)}</tr>`);
  const head = headings.map((h, i) => `<th scope="col"${side(i)}>${escapeXml(h)}</th>`).join('');
  return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, `<table>\n<caption><span>${escapeXml(caption)}</span></caption>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`);
}
