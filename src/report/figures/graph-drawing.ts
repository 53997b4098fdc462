// A graph as a drawing: a line for each step from the top down, blocks that repeat drawn once, other edges as arcs.

import { nth } from '../../base/invariant.js';
import type { Headings, LegendEntry } from './frame.js';
import { edge, frame, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { element, escapeXml, label, shortened, textWidth } from './svg.js';

export interface GraphRow {
  readonly name: string;
  /** Shape and epilogue. */
  readonly text: string;
  readonly color: number;
  /** Rows whose results it reads; below it in a block that repeats, those of the time before. */
  readonly from: readonly number[];
}

/** Rows that stand for several times as many steps. */
export interface GraphBlock {
  readonly first: number;
  readonly last: number;
  readonly times: number;
  readonly name: string;
}

export interface GraphFigure extends Headings {
  readonly kind: 'graph';
  readonly rows: readonly GraphRow[];
  readonly blocks: readonly GraphBlock[];
  readonly colors: readonly { readonly name: string; readonly color: number }[];
}

const [rowHeight, gap, letters, lane] = [24, 8, 11.5, 11];
const pitch = rowHeight + gap;
/** More arcs side by side than this lie over each other. */
const maxLanes = 8;

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly lane: number;
}

export function drawGraph(f: GraphFigure, look: Look): string {
  const legend = f.colors.map(({ name, color }): LegendEntry => ({ name, color: colorAt(look, color), sign: 'bar' }));
  const top = roomTop(look, f, legend, false);
  const arcs = arcsOf(f.rows);
  const lanes = Math.max(0, ...arcs.map((a) => a.lane + 1));
  const timesWidth = f.blocks.length > 0 ? 34 : 0;
  const left = edge(look) + timesWidth + 6;
  const right = look.width - edge(look) - lanes * lane - 10;
  // Bold letters are wider.
  const names = Math.max(0, ...f.rows.map((row) => 1.1 * textWidth(row.name, letters)));
  const named = Math.min((right - left) * 0.4, names);
  const y = (row: number) => top + row * pitch;
  const marks = [
    ...f.blocks.flatMap((b) =>
      drawBlock(b, look, left - 6, y(b.first) - 4, right - left + 12, y(b.last) + rowHeight + 4),
    ),
    ...f.rows.map((row, i) => drawRow(row, look, left, y(i), right - left, named)),
    ...f.rows.flatMap((row, i) => (row.from.includes(i - 1) ? [arrow(look, left + 26, y(i) - gap, y(i))] : [])),
    ...arcs.map((a) => drawArc(a, look, right, y(a.from) + rowHeight * 0.68, y(a.to) + rowHeight * 0.32)),
  ];
  return frame(look, y(f.rows.length) + 4, f, legend, marks.join('\n'));
}

/** All edges but those to the next row, each in the first lane that is free along it; short ones lie inside. */
function arcsOf(rows: readonly GraphRow[]): readonly Arc[] {
  const edges = rows.flatMap((row, to) => row.from.filter((from) => from !== to - 1).map((from) => ({ from, to })));
  const span = (e: { readonly from: number; readonly to: number }) => Math.abs(e.to - e.from);
  const ends: { readonly low: number; readonly high: number }[][] = [];
  return [...edges]
    .sort((a, b) => span(a) - span(b) || a.to - b.to)
    .map((e) => {
      const [low, high] = [Math.min(e.from, e.to), Math.max(e.from, e.to)];
      let at = ends.findIndex((taken) => taken.every((t) => t.high <= low || t.low >= high));
      if (at < 0) at = Math.min(ends.length, maxLanes - 1);
      (ends[at] ??= []).push({ low, high });
      return { ...e, lane: at };
    });
}

function drawRow(row: GraphRow, look: Look, x: number, y: number, width: number, named: number): string {
  return element(
    'g',
    {},
    [
      element('title', {}, escapeXml(`${row.name}: ${row.text}`)),
      element('rect', { x, y, width, height: rowHeight, rx: 5, fill: look.box, stroke: look.grid, 'stroke-width': 1 }),
      element('rect', { x, y: y + 4, width: 4, height: rowHeight - 8, rx: 2, fill: colorAt(look, row.color) }),
      label(x + 12, y + 16, shortened(row.name, letters, named), {
        'font-size': letters,
        'font-weight': '600',
        fill: look.ink,
      }),
      label(x + 26 + named, y + 16, shortened(row.text, letters, width - named - 36), {
        'font-size': letters,
        fill: look.soft,
      }),
    ].join(''),
  );
}

const arrow = (look: Look, x: number, from: number, to: number): string =>
  element('path', {
    d: `M${x},${from}V${to - 1}M${x - 3},${to - 4.5}L${x},${to - 1}L${x + 3},${to - 4.5}`,
    fill: 'none',
    stroke: look.soft,
    'stroke-width': 1.3,
  });

/** Out of a row at the right, along its lane, and into another. */
function drawArc({ lane: at }: Arc, look: Look, x: number, from: number, to: number): string {
  const out = x + 9 + at * lane;
  const [turn, down] = [5, to > from ? 1 : -1];
  return element('path', {
    d:
      `M${x},${from}H${out - turn}Q${out},${from} ${out},${from + down * turn}V${to - down * turn}` +
      `Q${out},${to} ${out - turn},${to}H${x + 1}M${x + 5},${to - 3}L${x + 1},${to}L${x + 5},${to + 3}`,
    fill: 'none',
    stroke: colorAt(look, at % 3 === 0 ? 0 : at % 3 === 1 ? 1 : 2),
    'stroke-opacity': '0.8',
    'stroke-width': 1.3,
  });
}

function drawBlock(b: GraphBlock, look: Look, x: number, y: number, width: number, bottom: number): string[] {
  const text = `x ${b.times}`;
  return [
    element(
      'g',
      {},
      `${element('title', {}, escapeXml(b.name))}${element('rect', {
        x,
        y,
        width,
        height: bottom - y,
        rx: 8,
        fill: 'none',
        stroke: look.soft,
        'stroke-dasharray': '5 3',
        'stroke-width': 1.2,
      })}`,
    ),
    label(x - 6, (y + bottom) / 2 + 4, text, {
      'font-size': 12.5,
      'font-weight': '600',
      'text-anchor': 'end',
      fill: look.ink,
    }),
  ];
}

/** Equal stretches of a list, one behind the other: where they begin, how long one is, how often it stands there. */
export function repeatsIn(
  signs: readonly string[],
  maxLength = 64,
): readonly { readonly first: number; readonly length: number; readonly times: number }[] {
  const found: { first: number; length: number; times: number }[] = [];
  for (let first = 0; first < signs.length;) {
    let best = { first, length: 1, times: 1 };
    for (let length = 1; length <= Math.min(maxLength, (signs.length - first) / 2); length++) {
      let times = 1;
      const equal = (k: number) => {
        for (let i = 0; i < length; i++) if (nth(signs, first + i) !== signs[first + k * length + i]) return false;
        return true;
      };
      while (equal(times)) times++;
      // The most rows saved; of as many, the shorter block.
      if (times > 1 && length * (times - 1) > best.length * (best.times - 1)) best = { first, length, times };
    }
    found.push(best);
    first += best.length * best.times;
  }
  return found;
}
