// What every figure has around its marks: title, legend, axes, a grid, and the room that they leave.

import type { Scale, Tick } from './axis.js';
import { element, escapeXml, label, path, textWidth } from './svg.js';

export interface Headings {
  readonly title: string;
  /** A line in smaller letters below the title. */
  readonly subtitle?: string;
}

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly sign: 'line' | 'dashes' | 'dot' | 'area' | 'bar';
}

/** The rectangle that marks are drawn in; y grows downwards. */
export interface Room {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const size = { width: 880, height: 540 } as const;
/** Okabe and Ito's colours, which people who see few colours can tell apart; those of weak contrast on white come last. */
export const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6fb8', '#e69f00', '#56b4e9', '#5f6b76'] as const;
export const colorAt = (i: number): string => palette[i % palette.length]!;

const ink = '#1f2933';
const soft = '#52606d';
const gridColor = '#e4e7eb';
const faintGrid = '#f1f3f5';
export const fonts = { title: 19, subtitle: 13.5, text: 13, small: 12 } as const;
const family = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";
const legendStep = 22;

/** Room below titles and legend, beside the numbers of the upright axis, above the names at the bottom. */
export function roomFor(headings: Headings, legend: readonly LegendEntry[], upright: readonly Tick[], below: number): Room {
  const widest = Math.max(0, ...upright.map((t) => textWidth(t.text, fonts.small)));
  return { left: 52 + widest, top: legendTop(headings) + legendLines(legend).length * legendStep + 6, right: size.width - 28, bottom: size.height - below };
}

const legendTop = ({ subtitle }: Headings) => (subtitle === undefined ? 62 : 82);

/** Entries one after the other, on as many lines as they take. */
function legendLines(legend: readonly LegendEntry[]): readonly (readonly (LegendEntry & { readonly x: number })[])[] {
  const lines: (LegendEntry & { readonly x: number })[][] = [];
  let x = Infinity;
  for (const entry of legend) {
    const width = 34 + textWidth(entry.name, fonts.text) + 18;
    if (x + width > size.width - 28) {
      lines.push([]);
      x = 28;
    }
    lines.at(-1)!.push({ ...entry, x });
    x += width;
  }
  return lines;
}

function sign({ color, sign: kind }: LegendEntry, x: number, y: number): string {
  switch (kind) {
    case 'line':
    case 'dashes':
      return element('path', { d: path([{ x, y }, { x: x + 24, y }]), stroke: color, 'stroke-width': 2.5, fill: 'none', ...(kind === 'dashes' && { 'stroke-dasharray': '6 4' }) });
    case 'dot':
      return element('circle', { cx: x + 12, cy: y, r: 5, fill: color });
    case 'area':
      return element('rect', { x, y: y - 7, width: 24, height: 14, fill: color, 'fill-opacity': '0.16', stroke: color, 'stroke-width': 1.5 });
    case 'bar':
      return element('rect', { x: x + 5, y: y - 7, width: 14, height: 14, rx: 2, fill: color });
  }
}

/** The whole figure: `marks` lie over the grid and below the letters. */
export function frame(headings: Headings, legend: readonly LegendEntry[], parts: readonly string[]): string {
  const top = legendTop(headings);
  const entries = legendLines(legend).flatMap((line, i) =>
    line.map((e) => {
      const y = top + i * legendStep;
      return `${sign(e, e.x, y - 4)}${label(e.x + 32, y, e.name, { fill: ink })}`;
    }),
  );
  const inside = [
    element('rect', { width: size.width, height: size.height, fill: '#ffffff' }),
    label(28, 36, headings.title, { 'font-size': fonts.title, 'font-weight': '600', fill: ink }),
    ...(headings.subtitle === undefined ? [] : [label(28, 57, headings.subtitle, { 'font-size': fonts.subtitle, fill: soft })]),
    ...entries,
    ...parts,
  ];
  const opening = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, 'font-family': family, 'font-size': fonts.text, role: 'img' };
  return `${element('svg', opening, `\n${element('title', {}, escapeXml(headings.title))}\n${inside.join('\n')}\n`)}\n`;
}

/** Lines across, and the numbers and the name of the upright axis. */
export function uprightAxis(room: Room, scale: Scale, name: string): string[] {
  const y = (t: Tick) => room.bottom - scale.at(t.value) * (room.bottom - room.top);
  const middle = (room.top + room.bottom) / 2;
  return [
    ...scale.ticks.map((t) => element('path', { d: path([{ x: room.left, y: y(t) }, { x: room.right, y: y(t) }]), stroke: t.text === '' ? faintGrid : gridColor, 'stroke-width': 1 })),
    ...scale.ticks.filter((t) => t.text !== '').map((t) => label(room.left - 9, y(t) + 4, t.text, { 'text-anchor': 'end', fill: soft, 'font-size': fonts.small })),
    label(22, middle, name, { transform: `rotate(-90 22 ${Number(middle.toFixed(2))})`, 'text-anchor': 'middle', fill: ink }),
  ];
}

/** Lines upwards, and the numbers and the name of the axis at the bottom. */
export function levelAxis(room: Room, scale: Scale, name: string): string[] {
  const x = (t: Tick) => room.left + scale.at(t.value) * (room.right - room.left);
  return [
    ...scale.ticks.map((t) => element('path', { d: path([{ x: x(t), y: room.top }, { x: x(t), y: room.bottom }]), stroke: t.text === '' ? faintGrid : gridColor, 'stroke-width': 1 })),
    ...scale.ticks.filter((t) => t.text !== '').map((t) => label(x(t), room.bottom + 19, t.text, { 'text-anchor': 'middle', fill: soft, 'font-size': fonts.small })),
    label((room.left + room.right) / 2, room.bottom + 42, name, { 'text-anchor': 'middle', fill: ink }),
  ];
}

/** The line at the bottom, over the marks. */
export const baseline = (room: Room): string => element('path', { d: path([{ x: room.left, y: room.bottom }, { x: room.right, y: room.bottom }]), stroke: soft, 'stroke-width': 1.2 });
