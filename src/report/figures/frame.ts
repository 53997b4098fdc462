// What every figure has around its marks: title, legend, a ground, and the room that they leave.

import { defined } from '../../base/invariant.js';
import type { Tick } from './axis.js';
import type { Look } from './look.js';
import { element, escapeXml, label, shortened, textWidth } from './svg.js';

export interface Headings {
  readonly title: string;
  /** A line in smaller letters below the title. */
  readonly subtitle?: string;
  /** What the figure shows, for those who do not see it. */
  readonly description?: string;
}

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly sign: 'line' | 'dashes' | 'dot' | 'area' | 'bar';
}

/** The rectangle that marks are drawn in; y grows downwards. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const fonts = { title: 19, subtitle: 13.5, text: 13, small: 12 } as const;
const family = "Inter, system-ui, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";
const legendStep = 22;

/** Space at the edges: on a page the page has its own. */
export const edge = (look: Look): number => (look.headings ? 28 : 2);
const legendTop = (look: Look, { subtitle }: Headings) => (look.headings ? (subtitle === undefined ? 62 : 82) : 16);

/** Where marks begin: below titles, legend and the name of the upright axis. */
export const roomTop = (look: Look, headings: Headings, legend: readonly LegendEntry[], named: boolean): number =>
  legendTop(look, headings) + legendLines(look, legend).length * legendStep + (named ? 22 : -2);

/** Beside the numbers of the upright axis. */
export const roomLeft = (look: Look, upright: readonly Tick[]): number =>
  edge(look) + 10 + Math.max(0, ...upright.map((t) => textWidth(t.text, fonts.small)));

/** Entries one after the other, on as many lines as they take. */
function legendLines(
  look: Look,
  legend: readonly LegendEntry[],
): readonly (readonly (LegendEntry & { readonly x: number })[])[] {
  const lines: (LegendEntry & { readonly x: number })[][] = [];
  const max = look.width - edge(look);
  let x = Infinity;
  for (const entry of legend) {
    const name = shortened(entry.name, fonts.text, max - edge(look) - 36);
    const width = 34 + textWidth(name, fonts.text);
    if (x + width > max) {
      lines.push([]);
      x = edge(look);
    }
    defined(lines.at(-1)).push({ ...entry, name, x });
    x += width + 18;
  }
  return lines;
}

/** Smaller letters where a heading is too long for its line. */
const fitting = (look: Look, text: string, size: number): number =>
  Math.max(10, Math.min(size, (size * (look.width - 2 * edge(look))) / textWidth(text, size)));

function sign({ color, sign: kind }: LegendEntry, x: number, y: number): string {
  switch (kind) {
    case 'line':
    case 'dashes':
      return element('line', {
        x1: x,
        y1: y,
        x2: x + 24,
        y2: y,
        stroke: color,
        'stroke-width': 2.5,
        ...(kind === 'dashes' && { 'stroke-dasharray': '6 4' }),
      });
    case 'dot':
      return element('circle', { cx: x + 12, cy: y, r: 5, fill: color });
    case 'area':
      return element('rect', {
        x,
        y: y - 7,
        width: 24,
        height: 14,
        fill: color,
        'fill-opacity': '0.16',
        stroke: color,
        'stroke-width': 1.5,
      });
    case 'bar':
      return element('rect', { x: x + 5, y: y - 7, width: 14, height: 14, rx: 2, fill: color });
  }
}

/** The whole figure around its marks. */
export function frame(
  look: Look,
  height: number,
  headings: Headings,
  legend: readonly LegendEntry[],
  marks: string,
): string {
  const top = legendTop(look, headings);
  const entries = legendLines(look, legend).flatMap((line, i) =>
    line.map((e) => {
      const y = top + i * legendStep;
      return `${sign(e, e.x, y - 4)}${label(e.x + 32, y, e.name, { fill: look.ink })}`;
    }),
  );
  const { title, subtitle, description } = headings;
  const inside = [
    element('title', {}, escapeXml(title)),
    ...(description === undefined ? [] : [element('desc', {}, escapeXml(description))]),
    ...(look.ground === undefined ? [] : [element('rect', { width: look.width, height, fill: look.ground })]),
    ...(look.headings
      ? [
          label(edge(look), 36, title, {
            'font-size': fitting(look, title, fonts.title),
            'font-weight': '600',
            fill: look.ink,
          }),
        ]
      : []),
    ...(look.headings && subtitle !== undefined
      ? [label(edge(look), 57, subtitle, { 'font-size': fitting(look, subtitle, fonts.subtitle), fill: look.soft })]
      : []),
    ...entries,
    marks,
  ];
  const opening = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${look.width} ${height}`,
    width: look.width,
    height,
    'font-family': family,
    'font-size': fonts.text,
    role: 'img',
  };
  return `${element('svg', opening, `\n${inside.join('\n')}\n`)}\n`;
}
