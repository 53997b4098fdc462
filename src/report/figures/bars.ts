// Bars in groups, side by side or one upon the other; standing, or lying with a line for each name.

import { defined, nth } from '../../base/invariant.js';
import * as Plot from '@observablehq/plot';
import type { Axis, Scale } from './axis.js';
import { scaleOf } from './axis.js';
import type { Headings, LegendEntry } from './frame.js';
import { edge, fonts, frame, roomLeft, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { levelAxis, plot, uprightAxis } from './plot.js';
import { clean, shortened, textWidth } from './svg.js';

export interface BarSeries {
  readonly name: string;
  /** One per group; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
  /** Which of the colours; by default the series' place. */
  readonly color?: number;
}

export interface BarFigure extends Headings {
  readonly kind: 'bars';
  /** Of the values. Stacked bars need a linear one. Linear axes begin at 0. */
  readonly y: Axis;
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  /** Which of the colours each group has, where it is not the series'. */
  readonly colors?: readonly number[];
  readonly stacked?: boolean;
  /** Bars lie, and groups stand below each other: for many, or long names. */
  readonly lying?: boolean;
  /** Written at the ends of lying bars, one per group. */
  readonly ends?: readonly string[];
}

/** Of a group's room, what lies between groups. */
const apart = 0.28;

interface Bar {
  readonly color: string;
  readonly note: string;
  /** Across the groups, which are 1 wide, and along the values. */
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

export function drawBars(f: BarFigure, look: Look): string {
  const slim = look.width < 500;
  const value = (s: number, g: number) => nth(f.series, s).values[g];
  const below = (s: number, g: number) =>
    f.stacked ? f.series.slice(0, s).reduce((n, { values }) => n + (values[g] ?? 0), 0) : 0;
  const tops = f.groups.flatMap((_, g) =>
    f.series.flatMap((_, s) => (value(s, g) === undefined ? [] : [below(s, g) + defined(value(s, g))])),
  );
  const values = scaleOf({ ...f.y, zero: f.y.scale === 'linear' }, tops, slim && f.lying ? 4 : undefined);
  const width = (1 - apart) / (f.stacked ? 1 : Math.max(1, f.series.length));
  const bars = f.groups.flatMap((name, g) =>
    f.series.flatMap((series, s): Bar[] => {
      const v = value(s, g);
      // A logarithmic bar stands on the lower edge.
      const end = Math.max(values.domain[0], below(s, g) + (v ?? 0));
      const from = g + apart / 2 + (f.stacked ? 0 : s * width);
      return v === undefined
        ? []
        : [
            {
              color: colorAt(look, f.colors?.[g] ?? series.color ?? s),
              note: clean(`${name}, ${series.name}: ${Number(v.toPrecision(5))}`),
              from,
              to: from + width,
              low: Math.max(values.domain[0], below(s, g)),
              high: end,
            },
          ];
    }),
  );
  const legend =
    f.series.length < 2
      ? []
      : f.series.map((s, i): LegendEntry => ({ name: s.name, color: colorAt(look, s.color ?? i), sign: 'bar' }));
  const groups: Scale = { log: false, domain: [0, Math.max(1, f.groups.length)], ticks: [] };
  return f.lying ? lying(f, look, legend, bars, values, groups) : standing(f, look, legend, bars, values, groups);
}

/** One mark for all bars of a colour: bars never lie over each other. */
const byColor = (bars: readonly Bar[]): readonly (readonly Bar[])[] =>
  [...new Set(bars.map((b) => b.color))]
    .map((color) => bars.filter((b) => b.color === color && b.high > b.low))
    .filter((own) => own.length > 0);

/** Shown where a pointer rests, which telephones have not. */
const notes = (look: Look) => (look.width < 500 ? {} : { title: 'note' as const });

const rim = (f: BarFigure, look: Look) =>
  f.stacked ? { stroke: look.ground ?? 'var(--ground)', strokeWidth: look.width < 500 ? 0.4 : 0.8 } : {};

function standing(
  f: BarFigure,
  look: Look,
  legend: readonly LegendEntry[],
  bars: readonly Bar[],
  y: Scale,
  x: Scale,
): string {
  const top = roomTop(look, f, legend, true);
  const left = roomLeft(look, y.ticks);
  const right = look.width - edge(look);
  // Names that do not fit beside each other are turned.
  const longest = Math.max(0, ...f.groups.map((g) => textWidth(g, fonts.small)));
  const turned = longest > (right - left) / Math.max(1, f.groups.length) - 8;
  const height = top + 330 + (turned ? Math.min(150, 34 + 0.72 * longest) : 44);
  const room = { left, top, right, bottom: top + 330 };
  const names = f.groups.map((g) => shortened(clean(g), fonts.small, 190));
  const marks = [
    ...uprightAxis(look, y, f.y.label),
    ...byColor(bars).map((own) =>
      Plot.rect(own, {
        x1: 'from',
        x2: 'to',
        y1: 'low',
        y2: 'high',
        fill: nth(own, 0).color,
        ...notes(look),
        insetLeft: f.stacked ? 0 : 0.5,
        insetRight: f.stacked ? 0 : 0.5,
        ...rim(f, look),
      }),
    ),
    Plot.ruleY([y.domain[0]], { stroke: look.soft, strokeWidth: 1.2 }),
    Plot.text(names, {
      x: (_: string, i: number) => i + 0.5,
      frameAnchor: 'bottom',
      dx: turned ? 4 : 0,
      dy: turned ? 10 : 20,
      rotate: turned ? -40 : 0,
      textAnchor: turned ? 'end' : 'middle',
      lineAnchor: 'middle',
      fontSize: fonts.small,
      fill: look.ink,
    }),
  ];
  return frame(look, height, f, legend, plot(look, height, room, x, y, marks));
}

function lying(
  f: BarFigure,
  look: Look,
  legend: readonly LegendEntry[],
  bars: readonly Bar[],
  x: Scale,
  groups: Scale,
): string {
  const slim = look.width < 500;
  const top = roomTop(look, f, legend, false);
  const letters = slim ? 11 : fonts.small;
  const names = f.groups.map((g) => shortened(clean(g), letters, look.width * (slim ? 0.4 : 0.25)));
  const ends = (f.ends ?? []).map(clean);
  const step = (f.stacked ? 1 : Math.max(1, f.series.length / 2)) * 23;
  const bottom = top + step * Math.max(1, f.groups.length);
  const room = {
    left: edge(look) + 10 + Math.max(0, ...names.map((n) => textWidth(n, letters))),
    top,
    right: look.width - Math.max(12, edge(look)) - Math.max(0, ...ends.map((e) => textWidth(e, fonts.small))),
    bottom,
  };
  const height = bottom + 54;
  // The first group is at the top.
  const y: Scale = { ...groups, domain: [groups.domain[1], 0] };
  const longest = f.groups.map((_, g) =>
    Math.max(x.domain[0], ...bars.filter((b) => Math.floor(b.from) === g).map((b) => b.high)),
  );
  const marks = [
    ...levelAxis(look, x, f.y.label),
    ...byColor(bars).map((own) =>
      Plot.rect(own, {
        x1: 'low',
        x2: 'high',
        y1: 'from',
        y2: 'to',
        fill: nth(own, 0).color,
        ...notes(look),
        ...rim(f, look),
      }),
    ),
    Plot.ruleX([x.domain[0]], { stroke: look.soft, strokeWidth: 1.2 }),
    Plot.text(names, {
      y: (_: string, i: number) => i + 0.5,
      frameAnchor: 'left',
      dx: -8,
      textAnchor: 'end',
      fontSize: letters,
      fill: look.ink,
    }),
    Plot.text(ends, {
      x: (_: string, i: number) => longest[i] ?? x.domain[0],
      y: (_: string, i: number) => i + 0.5,
      dx: 6,
      textAnchor: 'start',
      fontSize: fonts.small,
      fill: look.soft,
    }),
  ];
  return frame(look, height, f, legend, plot(look, height, room, x, y, marks));
}
