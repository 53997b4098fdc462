// Points and lines over two axes of numbers.

import { defined, nth } from '../../base/invariant.js';
import * as Plot from '@observablehq/plot';
import type { Axis, Scale } from './axis.js';
import { held, scaleOf } from './axis.js';
import type { Headings, LegendEntry, PlotArea } from './frame.js';
import { edge, fonts, frame, roomLeft, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { levelAxis, plot, uprightAxis } from './plot.js';
import { clean, textWidth } from './svg.js';

export interface ChartPoint {
  readonly x: number;
  /** Infinite ones lie at the edge. */
  readonly y: number;
  /** Written beside the point, where there is room. */
  readonly label?: string;
  /** Shown by a browser where the pointer rests. */
  readonly note?: string;
  /** Of its dot in pixels, where it says something. */
  readonly radius?: number;
}

/**
 * `line`: points joined, with dots. `curve`, `dashes`: joined without. `points`: dots alone. `steps`: dots, each
 * value holding until the next point.
 * `floor`: a value holds from the point before to its own and below it nothing is possible; shaded, the first from the
 * left edge, the last to the right edge.
 */
export type Mark = 'line' | 'curve' | 'dashes' | 'points' | 'steps' | 'floor';

export interface ChartSeries {
  readonly name: string;
  readonly mark: Mark;
  /** Which of the colours; by default the series' place. */
  readonly color?: number;
  /** Joined in this order. */
  readonly points: readonly ChartPoint[];
  /** Shaded in the series' colour below its marks: both ends hold until the next point. */
  readonly band?: readonly BandPoint[];
}

export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface ChartFigure extends Headings {
  readonly kind: 'chart';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly ChartSeries[];
}

const signs: Readonly<Record<Mark, LegendEntry['sign']>> = {
  line: 'line',
  curve: 'line',
  dashes: 'dashes',
  points: 'dot',
  steps: 'dot',
  floor: 'area',
};

export function drawChart(f: ChartFigure, look: Look): string {
  const all = f.series.flatMap((s) => s.points);
  const slim = look.width < 500;
  const bands = f.series.flatMap((s) => s.band ?? []);
  const x = scaleOf(
    f.x,
    [...all, ...bands].map((p) => p.x),
    slim ? 4 : undefined,
  );
  const y = scaleOf(f.y, [...all.map((p) => p.y), ...bands.flatMap((b) => [b.low, b.high])]);
  const legend = f.series.map((s, i): LegendEntry => ({
    name: s.name,
    color: colorAt(look, s.color ?? i),
    sign: signs[s.mark],
  }));
  const top = roomTop(look, f, legend, true);
  const height = top + (slim ? 250 : 400);
  const room = {
    left: roomLeft(look, y.ticks),
    top,
    right: look.width - Math.max(14, edge(look)),
    bottom: height - 54,
  };
  // Floors lie below everything else.
  const order = [...f.series.keys()].sort(
    (a, b) => Number(nth(f.series, b).mark === 'floor') - Number(nth(f.series, a).mark === 'floor'),
  );
  const marks = [
    ...uprightAxis(look, y, f.y.label),
    ...levelAxis(look, x, f.x.label),
    ...f.series.flatMap((s, i) => bandOf(s.band ?? [], colorAt(look, s.color ?? i), x, y)),
    ...order.flatMap((i) => marksOf(nth(f.series, i), colorAt(look, nth(f.series, i).color ?? i), look, x, y)),
    Plot.ruleY([y.domain[0]], { stroke: look.soft, strokeWidth: 1.2 }),
    ...labels(all, f.series, look, x, y, room),
  ];
  return frame(look, height, f, legend, plot(look, height, room, x, y, marks));
}

const bandOf = (band: readonly BandPoint[], fill: string, x: Scale, y: Scale): Plot.Markish[] =>
  band.length < 2
    ? []
    : [
        Plot.areaY(
          band.map((b) => ({ x: held(x, b.x), low: held(y, b.low), high: held(y, b.high) })),
          { x: 'x', y1: 'low', y2: 'high', curve: 'step-after', fill, fillOpacity: 0.16 },
        ),
      ];

function marksOf({ mark, points }: ChartSeries, color: string, look: Look, x: Scale, y: Scale): Plot.Markish[] {
  const spots = points.map((p) => ({
    x: held(x, p.x),
    y: held(y, p.y),
    note: p.note === undefined || look.width < 500 ? '' : clean(p.note),
    radius: p.radius,
  }));
  const place = { x: 'x', y: 'y' } as const;
  const first = spots[0];
  const last = spots.at(-1);
  if (!first || !last) return [];
  const line = (more: Plot.LineOptions = {}, of: readonly object[] = spots) =>
    of.length < 2
      ? []
      : [Plot.line(of, { ...place, stroke: color, strokeWidth: 2.2, strokeLinejoin: 'round', ...more })];
  const dots = (r: number) => [
    Plot.dot(spots, {
      ...place,
      r: spots.some((s) => s.radius !== undefined) ? (s: (typeof spots)[number]) => s.radius ?? r : r,
      fillOpacity: spots.some((s) => s.radius !== undefined) ? 0.75 : 1,
      fill: color,
      stroke: look.ground ?? 'var(--ground)',
      strokeWidth: 1.2,
      title: 'note',
    }),
  ];
  switch (mark) {
    case 'line':
      return [...line(), ...dots(3.2)];
    case 'curve':
      return line();
    case 'dashes':
      return line({ strokeDasharray: '6 4' });
    case 'points':
      return dots(5);
    case 'steps':
      return [
        ...line({ curve: 'step-after', strokeOpacity: 0.55 }, [...spots, { ...last, x: x.domain[1] }]),
        ...dots(5),
      ];
    case 'floor': {
      const stairs = [{ ...first, x: x.domain[0] }, ...spots, { ...last, x: x.domain[1] }];
      const below = Plot.areaY(stairs, {
        x: 'x',
        y1: y.domain[0],
        y2: 'y',
        curve: 'step-before',
        fill: color,
        fillOpacity: 0.13,
      });
      return [below, ...line({ curve: 'step-before', strokeWidth: 1.6 }, stairs)];
    }
  }
}

/**
 * Beside their points, where they lie over no other label and no point and no curve; left out where there is no such
 * place, which Plot does not see to.
 */
function labels(
  points: readonly ChartPoint[],
  series: readonly ChartSeries[],
  look: Look,
  x: Scale,
  y: Scale,
  room: PlotArea,
): Plot.Markish[] {
  const across = (v: number, { log, domain: [from, to] }: Scale) =>
    log ? Math.log(v / from) / Math.log(to / from) : (v - from) / (to - from);
  const spotOf = (p: ChartPoint) => ({
    x: room.left + across(held(x, p.x), x) * (room.right - room.left),
    y: room.bottom - across(held(y, p.y), y) * (room.bottom - room.top),
  });
  // Curves as points close to each other.
  const spots = series.flatMap((s) =>
    s.mark === 'points' || s.mark === 'steps'
      ? s.points.map(spotOf)
      : s.mark === 'curve'
        ? between(s.points.map(spotOf))
        : [],
  );
  const taken: { readonly text: string; readonly left: number; readonly right: number; readonly y: number }[] = [];
  return points.flatMap((p) => {
    if (p.label === undefined) return [];
    const text = clean(p.label);
    const spot = spotOf(p);
    // Points of one name that lie together are named once.
    if (
      taken.some((t) => t.text === text && t.left < spot.x + 40 && t.right > spot.x - 40 && Math.abs(t.y - spot.y) < 40)
    )
      return [];
    const width = textWidth(text, fonts.small);
    /** `y` is the lower edge of the letters. */
    const beside = (p.radius ?? 5) + 4;
    const places = [
      [beside, -6],
      [beside, 18],
      [-beside - width, -6],
      [-beside - width, 18],
      [-width / 2, -beside - 1],
      [-width / 2, beside + 13],
    ].map(([dx, dy]) => ({ left: spot.x + defined(dx), right: spot.x + defined(dx) + width, y: spot.y + defined(dy) }));
    const inside = (at: (typeof places)[number]) =>
      at.left >= room.left && at.right <= look.width && at.y - 12 >= room.top - 8 && at.y <= room.bottom;
    const free = (at: (typeof places)[number]) =>
      !taken.some((t) => at.left < t.right && at.right > t.left && Math.abs(t.y - at.y) < 14) &&
      !spots.some((s) => s.x > at.left - 5 && s.x < at.right + 5 && s.y > at.y - 16 && s.y < at.y + 5);
    const at = places.find((place) => inside(place) && free(place));
    if (!at) return [];
    taken.push({ text, ...at });
    // A rim keeps letters readable over lines.
    return [
      Plot.text([text], {
        x: held(x, p.x),
        y: held(y, p.y),
        dx: at.left - spot.x,
        dy: at.y - spot.y,
        textAnchor: 'start',
        lineAnchor: 'bottom',
        fontSize: fonts.small,
        fill: look.ink,
        stroke: look.ground ?? 'var(--ground)',
        strokeWidth: 3,
      }),
    ];
  });
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Every few pixels of the lines from each to the next. */
const between = (spots: readonly Spot[]): readonly Spot[] =>
  spots.slice(1).flatMap((to, i) => {
    const from = nth(spots, i);
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 4);
    return Array.from({ length: steps + 1 }, (_, k) => ({
      x: from.x + ((to.x - from.x) * k) / Math.max(1, steps),
      y: from.y + ((to.y - from.y) * k) / Math.max(1, steps),
    }));
  });
