// Who lies where in a memory of banks, step after step: a rectangle for each tensor that stays, a pale one for tiles.

import type { Headings, LegendEntry } from './frame.js';
import { edge, fonts, frame, roomTop } from './frame.js';
import type { Look } from './look.js';
import { colorAt, faintColor } from './look.js';
import { clean, element, escapeXml, label, shortened, textWidth } from './svg.js';

/** Consecutive banks from one step to another, both among them. */
export interface Occupied {
  readonly name: string;
  readonly bank: number;
  readonly banks: number;
  readonly from: number;
  readonly upTo: number;
}

export interface ResidencyFigure extends Headings {
  readonly kind: 'residency';
  readonly banks: number;
  readonly steps: readonly string[];
  readonly tensors: readonly Occupied[];
  readonly tiles: readonly Omit<Occupied, 'name'>[];
}

const [least, highest] = [4, 22];
/** Of names: as small as letters may be on paper and on telephones. */
const small = 11;

export function drawResidency(f: ResidencyFigure, look: Look): string {
  const legend: readonly LegendEntry[] = [
    { name: 'a tensor that stays', color: colorAt(look, 0), sign: 'bar' },
    { name: 'tiles of the step', color: colorAt(look, faintColor), sign: 'bar' },
  ];
  const top = roomTop(look, f, legend, true) + 4;
  const line = Math.max(least, Math.min(highest, 360 / f.banks));
  const left = edge(look) + 34;
  const right = look.width - Math.max(10, edge(look));
  const bottom = top + line * f.banks;
  const step = (right - left) / f.steps.length;
  const box = ({ bank, banks, from, upTo }: Omit<Occupied, 'name'>, fill: string, gap: number) =>
    element('rect', {
      x: left + step * from + gap,
      y: top + line * bank + gap,
      width: Math.max(0.5, step * (upTo + 1 - from) - 2 * gap),
      height: line * banks - 2 * gap,
      fill,
      ...(gap > 0 && { rx: 2 }),
    });
  const each = f.banks > 32 ? 8 : f.banks > 12 ? 4 : 2;
  const marks = Array.from({ length: Math.floor(f.banks / each) + 1 }, (_, i) => i * each);
  const every = Math.max(1, Math.ceil(f.steps.length / Math.max(1, Math.floor((right - left) / 74))));
  const parts = [
    ...marks.flatMap((bank) => [
      element('line', { x1: left, x2: right, y1: top + line * bank, y2: top + line * bank, stroke: look.grid }),
      label(left - 8, top + line * bank + 4, String(bank), {
        'text-anchor': 'end',
        'font-size': fonts.small,
        fill: look.soft,
      }),
    ]),
    label(edge(look), top - 10, 'bank', { 'font-size': fonts.small, fill: look.ink }),
    ...f.tiles.map((t) => box(t, colorAt(look, faintColor), 0)),
    ...f.tensors.map((t, i) => drawTensor(t, colorAt(look, i % 8), box, named)),
    ...f.steps.flatMap((name, i) =>
      i % every === 0
        ? [
            label(left + step * i, bottom + 16, shortened(clean(name), small, Math.min(step * every, 120) - 4), {
              'font-size': small,
              fill: look.soft,
            }),
          ]
        : [],
    ),
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: look.soft }),
  ];
  return frame(look, bottom + 28, f, legend, parts.join('\n'));

  /** On a ground of its own: colours are the page's, and letters are to stand out from any. */
  function named({ name, bank, banks, from, upTo }: Occupied): string {
    const [width, height] = [step * (upTo + 1 - from), line * banks];
    const text = shortened(clean(name), small, width - 6);
    const room = textWidth(text, small) + 6;
    if (height < small + 5 || room > width - 2 || text.length < 4) return '';
    const [x, y] = [left + step * from + 3, top + line * bank + height / 2];
    return (
      element('rect', { x, y: y - small / 2 - 2, width: room, height: small + 4, fill: look.box, rx: 2 }) +
      label(x + 3, y + 4, text, { 'font-size': small, fill: look.ink })
    );
  }
}

/** Its name stands there for those who point at it, too. */
const drawTensor = (
  t: Occupied,
  fill: string,
  box: (at: Omit<Occupied, 'name'>, fill: string, gap: number) => string,
  named: (t: Occupied) => string,
): string =>
  element(
    'g',
    {},
    `${element('title', {}, escapeXml(`${t.name}: ${t.banks} banks from ${t.bank} on`))}${box(t, fill, 0.7)}${named(t)}`,
  );
