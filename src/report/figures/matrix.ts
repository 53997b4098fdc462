// A small matrix of counts: a cell for each row and column, the darker the more.

import { nth } from '../../base/invariant.js';
import type { Headings } from './frame.js';
import { edge, fonts, frame, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt } from './look.js';
import { clean, element, label, shortened, textWidth } from './svg.js';

export interface MatrixFigure extends Headings {
  readonly kind: 'matrix';
  /** Of rows and of columns. */
  readonly names: readonly string[];
  readonly axes: { readonly rows: string; readonly columns: string };
  /** By rows; undefined leaves a cell hatched, as what it would say is said by no count. */
  readonly counts: readonly (readonly (number | undefined)[])[];
}

export function drawMatrix(f: MatrixFigure, look: Look): string {
  const slim = look.width < 500;
  const letters = slim ? 11 : fonts.small;
  const names = f.names.map((name) => shortened(clean(name), letters, slim ? 84 : 150));
  const longest = names.reduce((n, name) => Math.max(n, textWidth(name, letters)), 0);
  const left = edge(look) + longest + 12;
  const room = look.width - left - Math.max(8, edge(look));
  const cell = Math.min(44, room / Math.max(1, names.length));
  // Names above columns stand upright where they are wider than a cell.
  const upright = longest > cell - 6;
  const top = roomTop(look, f, [], true) + (upright ? longest : letters) + 14;
  const most = f.counts.flat().reduce((n: number, c) => Math.max(n, c ?? 0), 1);
  const cells = f.counts.flatMap((row, r) =>
    row.flatMap((count, c) => {
      const [x, y] = [left + c * cell, top + r * cell];
      const box = { x: x + 1, y: y + 1, width: cell - 2, height: cell - 2, rx: 3 };
      if (count === undefined)
        return [
          element('rect', { ...box, fill: look.box }),
          element('line', { x1: x + 6, y1: y + 6, x2: x + cell - 6, y2: y + cell - 6, stroke: look.grid }),
        ];
      const shade = count === 0 ? 0 : 0.12 + (0.4 * count) / most;
      const note = element(
        'title',
        {},
        clean(`${nth(f.names, r)}, ${nth(f.names, c)}: ${count}`).replace(/[<>&]/g, ' '),
      );
      return [
        element('rect', { ...box, fill: look.box }),
        ...(count === 0
          ? []
          : [
              element(
                'rect',
                { ...box, fill: colorAt(look, 1), 'fill-opacity': String(Number(shade.toFixed(3))) },
                note,
              ),
            ]),
        ...(count === 0
          ? []
          : [
              label(x + cell / 2, y + cell / 2 + 4, String(count), {
                'text-anchor': 'middle',
                'font-size': letters,
                fill: look.ink,
              }),
            ]),
      ];
    }),
  );
  const along = names.map((name, i) => {
    const [x, y] = [left + (i + 0.5) * cell, top - 8];
    return label(x, y, name, {
      'font-size': letters,
      fill: look.ink,
      ...(upright
        ? { transform: `rotate(-90 ${x} ${y})`, 'text-anchor': 'start', dy: '0.35em' }
        : { 'text-anchor': 'middle' }),
    });
  });
  const down = names.map((name, i) =>
    label(left - 8, top + (i + 0.5) * cell + 4, name, { 'text-anchor': 'end', 'font-size': letters, fill: look.ink }),
  );
  const said = label(edge(look), roomTop(look, f, [], true) - 6, `rows: ${f.axes.rows}; columns: ${f.axes.columns}`, {
    fill: look.ink,
  });
  return frame(look, top + cell * names.length + 12, f, [], [said, ...along, ...down, ...cells].join('\n'));
}
