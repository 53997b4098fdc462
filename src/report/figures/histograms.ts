// Small histograms beside each other, each with a line where something ends: how the numbers of many tensors lie.

import type { Headings, LegendEntry } from './frame.js';
import { edge, fonts, frame, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { element, label, px, shortened } from './svg.js';

export interface SmallHistogram {
  readonly name: string;
  /** Below the name. */
  readonly text: string;
  /** Of a bin; the first begins at 0. */
  readonly width: number;
  readonly counts: readonly number[];
  /** Where the line is. */
  readonly at: number;
}

export interface HistogramsFigure extends Headings {
  readonly kind: 'histograms';
  readonly panels: readonly SmallHistogram[];
  /** What the bars are, what those beyond the line are, and the line. */
  readonly names: { readonly inside: string; readonly beyond: string; readonly line: string };
}

/** Widths of panels at least, on wide screens and on telephones. */
const [panel, slim] = [190, 150];
const [gap, head, bars, foot] = [18, 36, 64, 18];
const colors = { inside: 0, beyond: 1, line: 9 } as const;

export function drawHistograms(f: HistogramsFigure, look: Look): string {
  const color = (of: keyof typeof colors) => colorAt(look, colors[of]);
  const legend: readonly LegendEntry[] = [
    { name: f.names.inside, color: color('inside'), sign: 'bar' },
    { name: f.names.beyond, color: color('beyond'), sign: 'bar' },
    { name: f.names.line, color: color('line'), sign: 'line' },
  ];
  const top = roomTop(look, f, legend, false) + 6;
  const room = look.width - 2 * edge(look);
  const across = Math.max(1, Math.floor((room + gap) / ((look.width < 500 ? slim : panel) + gap)));
  const width = (room - gap * (across - 1)) / across;
  const height = head + bars + foot;
  const drawn = f.panels.map((p, i) =>
    drawPanel(p, look, edge(look) + (i % across) * (width + gap), top + Math.floor(i / across) * (height + gap), width),
  );
  return frame(look, top + Math.ceil(f.panels.length / across) * (height + gap), f, legend, drawn.join('\n'));
}

function drawPanel(p: SmallHistogram, look: Look, x: number, y: number, width: number): string {
  const end = Math.max(p.width * p.counts.length, p.at) || 1;
  const across = (v: number) => x + (width * Math.min(v, end)) / end;
  const [base, tallest] = [y + head + bars, Math.log1p(p.counts.reduce((n, c) => Math.max(n, c), 0)) || 1];
  // One outline for all bars of a colour.
  const outline = (beyond: boolean) =>
    p.counts
      .flatMap((count, i) => {
        if (count === 0 || i * p.width >= p.at !== beyond) return [];
        const [from, to, high] = [across(i * p.width), across((i + 1) * p.width), (bars * Math.log1p(count)) / tallest];
        return [`M${px(from)} ${px(base)}V${px(base - high)}H${px(to)}V${px(base)}Z`];
      })
      .join('');
  const small = { 'font-size': 11, fill: look.soft };
  return [
    label(x, y + 12, shortened(p.name, fonts.small, width), {
      'font-size': fonts.small,
      'font-weight': '600',
      fill: look.ink,
    }),
    label(x, y + 27, shortened(p.text, 11, width), small),
    ...[false, true].flatMap((beyond) => {
      const d = outline(beyond);
      return d === '' ? [] : [element('path', { d, fill: colorAt(look, beyond ? colors.beyond : colors.inside) })];
    }),
    element('line', { x1: x, x2: x + width, y1: base, y2: base, stroke: look.soft }),
    element('line', {
      x1: across(p.at),
      x2: across(p.at),
      y1: y + head - 3,
      y2: base,
      stroke: colorAt(look, colors.line),
      'stroke-width': 1.8,
    }),
    label(x, base + 14, '0', small),
    label(x + width, base + 14, String(Number(end.toPrecision(3))), { ...small, 'text-anchor': 'end' }),
  ].join('');
}
