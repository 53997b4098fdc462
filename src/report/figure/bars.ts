// Bars in groups, side by side or one upon the other.

import type { Axis } from './axis.js';
import { scaleOf } from './axis.js';
import type { Headings, LegendEntry } from './frame.js';
import { baseline, colorAt, fonts, frame, roomFor, uprightAxis } from './frame.js';
import { element, escapeXml, label, px, textWidth } from './svg.js';

export interface BarSeries {
  readonly name: string;
  /** One per group; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

export interface BarFigure extends Headings {
  readonly kind: 'bars';
  /** Stacked bars need a linear one. Linear axes begin at 0. */
  readonly y: Axis;
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  readonly stacked?: boolean;
}

/** Of a group's room, what lies between groups. */
const apart = 0.28;

export function drawBars(f: BarFigure): string {
  const stacked = f.stacked === true;
  const value = (s: number, g: number) => f.series[s]!.values[g];
  const below = (s: number, g: number) => (stacked ? f.series.slice(0, s).reduce((n, { values }) => n + (values[g] ?? 0), 0) : 0);
  const tops = f.groups.flatMap((_, g) => f.series.flatMap((_, s) => (value(s, g) === undefined ? [] : [below(s, g) + value(s, g)!])));
  const y = scaleOf({ ...f.y, zero: f.y.scale === 'linear' }, tops);
  const legend = f.series.length < 2 ? [] : f.series.map((s, i): LegendEntry => ({ name: s.name, color: colorAt(i), sign: 'bar' }));
  // Names that do not fit beside each other are turned.
  const longest = Math.max(0, ...f.groups.map((g) => textWidth(g, fonts.small)));
  const turned = longest > 780 / Math.max(1, f.groups.length) - 8;
  const room = roomFor(f, legend, y.ticks, turned ? Math.min(150, 34 + 0.72 * longest) : 44);
  const group = (room.right - room.left) / Math.max(1, f.groups.length);
  const bar = (group * (1 - apart)) / (stacked ? 1 : Math.max(1, f.series.length));
  const height = (v: number) => y.at(v) * (room.bottom - room.top);

  const bars = f.groups.flatMap((name, g) =>
    f.series.flatMap((series, s) => {
      const v = value(s, g);
      if (v === undefined) return [];
      const x = room.left + g * group + (group * apart) / 2 + (stacked ? 0 : s * bar);
      const base = below(s, g);
      // Where bars lie upon each other only their differences count; a logarithmic one stands on the lower edge.
      const [from, to] = [base === 0 ? 0 : height(base), height(base + v)];
      const gap = stacked || bar < 6 ? 0 : 1;
      return [element('rect', { x: x + gap, y: room.bottom - to, width: Math.max(1, bar - 2 * gap), height: Math.max(0, to - from), fill: colorAt(s), ...(stacked ? { stroke: '#ffffff', 'stroke-width': 0.8 } : bar > 10 ? { rx: 1.5 } : {}) }, element('title', {}, escapeXml(`${name}, ${series.name}: ${Number(v.toPrecision(5))}`)))];
    }),
  );
  const names = f.groups.map((name, g) => {
    const x = room.left + (g + 0.5) * group;
    const at = room.bottom + 20;
    return turned
      ? label(x + 4, at - 4, name, { 'text-anchor': 'end', 'font-size': fonts.small, fill: '#323f4b', transform: `rotate(-40 ${px(x + 4)} ${px(at - 4)})` })
      : label(x, at, name, { 'text-anchor': 'middle', 'font-size': fonts.small, fill: '#323f4b' });
  });
  return frame(f, legend, [...uprightAxis(room, y, f.y.label), ...bars, baseline(room), ...names]);
}
