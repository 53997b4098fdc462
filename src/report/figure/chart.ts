// Points and lines over two axes of numbers.

import type { Axis, Scale } from './axis.js';
import { scaleOf } from './axis.js';
import type { Headings, LegendEntry, Room } from './frame.js';
import { baseline, colorAt, fonts, frame, levelAxis, roomFor, uprightAxis } from './frame.js';
import type { Spot } from './svg.js';
import { element, escapeXml, label, path, textWidth } from './svg.js';

export interface ChartPoint {
  readonly x: number;
  /** Infinite ones lie at the edge. */
  readonly y: number;
  /** Written beside the point, where there is room. */
  readonly label?: string;
  /** Shown by a browser where the pointer rests. */
  readonly note?: string;
}

/**
 * `line`: points joined, with dots. `curve`, `dashes`: joined without. `points`: dots alone. `steps`: dots, each value holding until the next point.
 * `floor`: a value holds from the point before to its own and below it nothing is possible; shaded, the first from the
 * left edge, the last to the right edge.
 */
export type Mark = 'line' | 'curve' | 'dashes' | 'points' | 'steps' | 'floor';

export interface ChartSeries {
  readonly name: string;
  readonly mark: Mark;
  /** Joined in this order. */
  readonly points: readonly ChartPoint[];
}

export interface ChartFigure extends Headings {
  readonly kind: 'chart';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly ChartSeries[];
}

const signs: Readonly<Record<Mark, LegendEntry['sign']>> = { line: 'line', curve: 'line', dashes: 'dashes', points: 'dot', steps: 'dot', floor: 'area' };

export function drawChart(f: ChartFigure): string {
  const all = f.series.flatMap((s) => s.points);
  const x = scaleOf(f.x, all.map((p) => p.x));
  const y = scaleOf(f.y, all.map((p) => p.y));
  const legend = f.series.map((s, i): LegendEntry => ({ name: s.name, color: colorAt(i), sign: signs[s.mark] }));
  const room = roomFor(f, legend, y.ticks, 64);
  const spot = spotIn(room, x, y);
  // Floors lie below everything else.
  const order = [...f.series.keys()].sort((a, b) => Number(f.series[b]!.mark === 'floor') - Number(f.series[a]!.mark === 'floor'));
  return frame(f, legend, [
    ...uprightAxis(room, y, f.y.label),
    ...levelAxis(room, x, f.x.label),
    ...order.flatMap((i) => marks(f.series[i]!, colorAt(i), spot, room)),
    baseline(room),
    ...labels(f.series.flatMap((s) => s.points), spot, room),
  ]);
}

type Place = (p: Pick<ChartPoint, 'x' | 'y'>) => Spot;

const spotIn =
  (room: Room, x: Scale, y: Scale): Place =>
  (p) => ({ x: room.left + x.at(p.x) * (room.right - room.left), y: room.bottom - y.at(p.y) * (room.bottom - room.top) });

function marks({ mark, points }: ChartSeries, color: string, spot: Place, room: Room): string[] {
  const spots = points.map(spot);
  const line = (d: string, more: Readonly<Record<string, string>> = {}) => (d === '' ? [] : [element('path', { d, fill: 'none', stroke: color, 'stroke-width': 2.2, 'stroke-linejoin': 'round', ...more })]);
  const dots = (r: number) => spots.map((s, i) => dot(s, r, color, points[i]!.note));
  switch (mark) {
    case 'line':
      return [...line(path(spots)), ...dots(3.2)];
    case 'curve':
      return line(path(spots));
    case 'dashes':
      return line(path(spots), { 'stroke-dasharray': '6 4' });
    case 'points':
      return dots(5);
    case 'steps': {
      const corners = spots.flatMap((s, i) => (i === 0 ? [s] : [{ x: s.x, y: spots[i - 1]!.y }, s]));
      const last = corners.at(-1);
      return [...line(path(last ? [...corners, { x: room.right, y: last.y }] : []), { 'stroke-opacity': '0.55' }), ...dots(5)];
    }
    case 'floor': {
      if (spots.length === 0) return [];
      const stairs = spots.flatMap((s, i) => [{ x: i === 0 ? room.left : spots[i - 1]!.x, y: s.y }, s]);
      const whole = [...stairs, { x: room.right, y: spots.at(-1)!.y }];
      const closed = `${path([...whole, { x: room.right, y: room.bottom }, { x: room.left, y: room.bottom }])}Z`;
      return [element('path', { d: closed, fill: color, 'fill-opacity': '0.13' }), ...line(path(whole), { 'stroke-width': '1.6' })];
    }
  }
}

const dot = ({ x, y }: Spot, r: number, color: string, note: string | undefined): string =>
  element('circle', { cx: x, cy: y, r, fill: color, stroke: '#ffffff', 'stroke-width': 1.2 }, note === undefined ? '' : element('title', {}, escapeXml(note)));

/** Above and to the right of their points; one that would lie over another is left out. */
function labels(points: readonly ChartPoint[], spot: Place, room: Room): string[] {
  const taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  return points.flatMap((p) => {
    if (p.label === undefined) return [];
    const s = spot(p);
    const width = textWidth(p.label, fonts.small);
    const [left, y] = [Math.min(s.x + 9, room.right - width), Math.max(room.top + 12, s.y - 8)];
    if (taken.some((t) => left < t.right && left + width > t.left && Math.abs(t.y - y) < 14)) return [];
    taken.push({ left, right: left + width, y });
    // A white rim keeps letters readable over lines.
    return [label(left, y, p.label, { 'font-size': fonts.small, fill: '#323f4b', stroke: '#ffffff', 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' })];
  });
}
