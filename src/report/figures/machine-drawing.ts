// A machine as a drawing: panels of boxes with what they hold and what an access costs, from the outside in.

import { nth } from '../../base/invariant.js';
import type { Headings } from './frame.js';
import { edge, frame } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { element, label, shortened } from './svg.js';

export interface Part {
  readonly name: string;
  /** Sizes, energies. */
  readonly lines: readonly string[];
  /** Which colour of the figure, so that parts look as in the other figures. */
  readonly color: number;
}

export type MachineRow =
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  /** Equal cells, the middle ones left out where there are too many to draw. */
  | { readonly kind: 'grid'; readonly rows: number; readonly columns: number; readonly part: Part }
  | { readonly kind: 'arrow'; readonly text: string };

export interface Panel {
  readonly name: string;
  /** Above the panel, joined to it: what lies outside. */
  readonly outside?: Part;
  readonly rows: readonly MachineRow[];
}

export interface MachineFigure extends Headings {
  readonly kind: 'machine';
  readonly panels: readonly Panel[];
}

const [line, pad, gap, arrow] = [15, 10, 12, 30];
const letters = 11.5;
/** Cells along a side at most, how large one is at most, and the height that they take at most unless there is more. */
const [maxCells, maxCell, maxHeight] = [16, 44, 150];

const partHeight = (p: Part) => 2 * pad + line * (1 + p.lines.length) - 3;

function rowHeight(row: MachineRow, width: number): number {
  switch (row.kind) {
    case 'parts':
      return Math.max(...row.parts.map(partHeight));
    case 'grid':
      return partHeight(row.part) + Math.min(row.rows, maxCells) * cellOf(row, width, maxHeight) + 4;
    case 'arrow':
      return arrow;
  }
}

const cellOf = (
  { rows, columns }: { readonly rows: number; readonly columns: number },
  width: number,
  height: number,
) => Math.min(maxCell, (width - 2 * pad) / Math.min(columns, maxCells), height / Math.min(rows, maxCells));

const panelHead = 26;
const outsideHeight = (p: Panel) => (p.outside ? partHeight(p.outside) + arrow : 0);
const panelHeight = (p: Panel, width: number) =>
  outsideHeight(p) + panelHead + p.rows.reduce((n, r) => n + rowHeight(r, width - 2 * gap) + gap, 0);

export function drawMachine(f: MachineFigure, look: Look): string {
  const beside = look.width >= 600 && f.panels.length > 1;
  const max = 500;
  const margin = edge(look);
  const room = look.width - 2 * margin;
  const width = Math.min(max, beside ? (room - 3 * gap) / 2 : room);
  const top = look.headings ? 76 : 4;
  const heights = f.panels.map((p) => panelHeight(p, width));
  const tallest = Math.max(0, ...heights);
  let y = top;
  const drawn = f.panels.map((p, i) => {
    const x = beside ? margin + i * (width + 3 * gap) : margin + (look.width >= 600 ? (room - width) / 2 : 0);
    const at = beside ? top : y;
    y += nth(heights, i) + 2 * gap;
    // Panels beside each other end on one line.
    return drawPanel(p, look, x, at, width, beside ? tallest : nth(heights, i));
  });
  const height = (beside ? top + tallest : y - 2 * gap) + 4;
  return frame(look, height, f, [], drawn.join('\n'));
}

function drawPanel(p: Panel, look: Look, x: number, y: number, width: number, height: number): string {
  const above = outsideHeight(p);
  const inner = { x: x + gap, width: width - 2 * gap };
  const parts = [
    ...(p.outside
      ? [
          drawPart(p.outside, look, inner.x, y, inner.width, partHeight(p.outside)),
          ...drawArrow(look, x + width / 2, y + partHeight(p.outside), arrow, ''),
        ]
      : []),
    element('rect', {
      x,
      y: y + above,
      width,
      height: height - above,
      rx: 10,
      fill: 'none',
      stroke: look.soft,
      'stroke-width': 1.2,
    }),
    label(x + gap, y + above + 18, shortened(p.name, 12, inner.width), {
      'font-size': 12,
      'font-weight': '600',
      fill: look.ink,
    }),
  ];
  let at = y + above + panelHead;
  // What a panel is taller than it must be goes to its cells.
  const spare = height - panelHeight(p, width);
  for (const row of p.rows) {
    const h = rowHeight(row, inner.width) + (row.kind === 'grid' ? spare : 0);
    parts.push(...drawRow(row, look, inner.x, at, inner.width, h));
    at += h + gap;
  }
  return parts.join('\n');
}

function drawRow(row: MachineRow, look: Look, x: number, y: number, width: number, height: number): string[] {
  switch (row.kind) {
    case 'parts': {
      const each = (width - gap * (row.parts.length - 1)) / row.parts.length;
      return row.parts.map((p, i) => drawPart(p, look, x + i * (each + gap), y, each, height));
    }
    case 'grid':
      return [
        drawPart(row.part, look, x, y, width, height),
        ...cells(row, look, x, y + partHeight(row.part) - pad + 4, width, height - partHeight(row.part) - 4),
      ];
    case 'arrow':
      return drawArrow(look, x + width / 2, y - gap, arrow + 2 * gap, shortened(row.text, letters, width / 2 - 14));
  }
}

function drawPart(
  { name, lines, color }: Part,
  look: Look,
  x: number,
  y: number,
  width: number,
  height: number,
): string {
  const room = width - 2 * pad;
  const texts = [
    label(x + pad, y + pad + 10, shortened(name, letters + 0.5, room), {
      'font-size': letters + 0.5,
      'font-weight': '600',
      fill: look.ink,
    }),
    ...lines.map((l, i) =>
      label(x + pad, y + pad + 10 + line * (i + 1), shortened(l, letters, room), {
        'font-size': letters,
        fill: look.soft,
      }),
    ),
  ];
  return [
    element('rect', { x, y, width, height, rx: 6, fill: look.box, stroke: look.grid, 'stroke-width': 1 }),
    element('rect', { x, y: y + 5, width: 4, height: height - 10, rx: 2, fill: colorAt(look, color) }),
    ...texts,
  ].join('');
}

/** One cell for each copy; where a side has more than can be drawn, dots stand for those between. */
function cells(
  { rows, columns, part }: Extract<MachineRow, { kind: 'grid' }>,
  look: Look,
  x: number,
  y: number,
  width: number,
  height: number,
): string[] {
  const cell = cellOf({ rows, columns }, width, height);
  const [down, across] = [Math.min(rows, maxCells), Math.min(columns, maxCells)];
  const left = x + (width - across * cell) / 2;
  const top = y + (height - down * cell) / 2;
  const size = Math.max(2, cell - 3);
  const skipped = (i: number, shown: number, all: number) => all > shown && i === shown - 2;
  return Array.from({ length: down * across }, (_, k) => {
    const [r, c] = [Math.floor(k / across), k % across];
    const at = { x: left + c * cell + 1.5, y: top + r * cell + 1.5 };
    return skipped(r, down, rows) || skipped(c, across, columns)
      ? element('circle', { cx: at.x + size / 2, cy: at.y + size / 2, r: 1.2, fill: look.soft })
      : element('rect', {
          ...at,
          width: size,
          height: size,
          rx: Math.min(3, size / 5),
          fill: colorAt(look, part.color),
          'fill-opacity': '0.75',
        });
  });
}

function drawArrow(look: Look, x: number, y: number, length: number, text: string): string[] {
  const end = y + length - 4;
  return [
    element('line', { x1: x, y1: y + 4, x2: x, y2: end, stroke: look.soft, 'stroke-width': 1.4 }),
    element('path', {
      d: `M${x - 4},${end - 5}L${x},${end}L${x + 4},${end - 5}`,
      fill: 'none',
      stroke: look.soft,
      'stroke-width': 1.4,
    }),
    ...(text === '' ? [] : [label(x + 10, y + length / 2 + 4, text, { 'font-size': letters, fill: look.soft })]),
  ];
}
