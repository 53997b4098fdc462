// Values with their intervals, a line for each, below each other; rules across all of them for what they are held to.

import { nth } from '../../base/invariant.js';
import type { Axis, Scale } from './axis.js';
import { scaleOf } from './axis.js';
import type { Headings, LegendEntry } from './frame.js';
import { edge, fonts, frame, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { clean, element, label, shortened, textWidth } from './svg.js';

export interface Interval {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Written at the end of its line. */
  readonly end: string;
  readonly color: number;
  /** What a filled ring around the value points out. */
  readonly marked?: boolean;
}

export interface IntervalFigure extends Headings {
  readonly kind: 'intervals';
  readonly x: Axis;
  readonly rows: readonly Interval[];
  /** A solid one where nothing differs, dashed ones for limits. */
  readonly rules: readonly {
    readonly name: string;
    readonly at: number;
    readonly dashed?: boolean;
    readonly color: number;
  }[];
  /** What colours of rows say. */
  readonly colors?: readonly { readonly name: string; readonly color: number }[];
}

const line = 30;

export function drawIntervals(f: IntervalFigure, look: Look): string {
  const slim = look.width < 500;
  const letters = slim ? 11 : fonts.small;
  const legend: readonly LegendEntry[] = [
    ...(f.colors ?? []).map(({ name, color }): LegendEntry => ({ name, color: colorAt(look, color), sign: 'dot' })),
    ...f.rules.map(({ name, dashed, color }): LegendEntry => ({
      name,
      color: colorAt(look, color),
      sign: dashed ? 'dashes' : 'line',
    })),
  ];
  const names = f.rows.map((r) => shortened(clean(r.name), letters, look.width * (slim ? 0.3 : 0.25)));
  const ends = f.rows.map((r) => clean(r.end));
  const widest = (all: readonly string[]) => all.reduce((n, text) => Math.max(n, textWidth(text, letters)), 0);
  const x = scaleOf(
    f.x,
    [...f.rows.flatMap((r) => [r.low, r.value, r.high]), ...f.rules.map((r) => r.at)],
    slim ? 4 : undefined,
  );
  const top = roomTop(look, f, legend, false) + 4;
  const room = {
    left: edge(look) + 12 + widest(names),
    right: look.width - Math.max(14, edge(look)) - widest(ends) - 12,
    bottom: top + line * f.rows.length,
  };
  const at = (v: number) => placed(x, v, room);
  const upright = (v: number, more: Parameters<typeof element>[1]) =>
    element('line', { x1: at(v), x2: at(v), y1: top, y2: room.bottom, ...more });
  const parts = [
    ...x.ticks.map((t) => upright(t.value, { stroke: t.text === '' ? look.faint : look.grid })),
    ...x.ticks.map((t) =>
      label(at(t.value), room.bottom + 18, t.text, { 'text-anchor': 'middle', 'font-size': letters, fill: look.soft }),
    ),
    label((room.left + room.right) / 2, room.bottom + 40, f.x.label, { 'text-anchor': 'middle', fill: look.ink }),
    ...f.rules.map((r) =>
      upright(r.at, {
        stroke: colorAt(look, r.color),
        'stroke-width': 1.8,
        ...(r.dashed && { 'stroke-dasharray': '6 4' }),
      }),
    ),
    ...f.rows.flatMap((r, i) => drawRow(r, look, top + line * (i + 0.5), at)),
    ...names.map((name, i) =>
      label(room.left - 10, top + line * (i + 0.5) + 4, name, {
        'text-anchor': 'end',
        'font-size': letters,
        'font-weight': nth(f.rows, i).marked ? '600' : undefined,
        fill: look.ink,
      }),
    ),
    ...ends.map((end, i) =>
      label(room.right + 12, top + line * (i + 0.5) + 4, end, {
        'font-size': letters,
        fill: nth(f.rows, i).marked ? look.ink : look.soft,
      }),
    ),
  ];
  return frame(look, room.bottom + 54, f, legend, parts.join('\n'));
}

const placed = (
  { domain: [from, to] }: Scale,
  v: number,
  { left, right }: { readonly left: number; readonly right: number },
) => left + ((v - from) / (to - from)) * (right - left);

function drawRow(
  { value, low, high, color, marked }: Interval,
  look: Look,
  y: number,
  at: (v: number) => number,
): readonly string[] {
  const stroke = colorAt(look, color);
  const end = (v: number) =>
    element('line', { x1: at(v), x2: at(v), y1: y - 5, y2: y + 5, stroke, 'stroke-width': 1.6 });
  return [
    element('line', { x1: at(low), x2: at(high), y1: y, y2: y, stroke, 'stroke-width': 2.2 }),
    end(low),
    end(high),
    ...(marked ? [element('circle', { cx: at(value), cy: y, r: 9, fill: 'none', stroke, 'stroke-width': 1.6 })] : []),
    element('circle', { cx: at(value), cy: y, r: 5, fill: stroke }),
  ];
}
