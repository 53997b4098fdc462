// Small pictures beside each other, with lines of text below each.

import type { Headings } from './frame.js';
import { edge, fonts, frame, roomTop } from './frame.js';
import type { Look } from './look.js';
import type { Pixels } from './png.js';
import { pngAddress } from './png.js';
import { element, label, shortened } from './svg.js';

export interface Picture extends Pixels {
  readonly name: string;
  readonly lines: readonly string[];
}

export interface PicturesFigure extends Headings {
  readonly kind: 'pictures';
  readonly pictures: readonly Picture[];
}

const [step, gap] = [16, 16];

export function drawPictures(f: PicturesFigure, look: Look): string {
  const top = roomTop(look, f, [], false) - 8;
  const room = look.width - 2 * edge(look);
  const across = Math.max(1, Math.floor((room + gap) / (152 + gap)));
  const width = (room - gap * (across - 1)) / across;
  const tallest = f.pictures.reduce((n, p) => Math.max(n, p.rows / p.columns), 0);
  const lines = f.pictures.reduce((n, p) => Math.max(n, 1 + p.lines.length), 0);
  const height = width * Math.min(2, tallest) + step * lines + 6;
  const drawn = f.pictures.map((p, i) => {
    const [x, y] = [edge(look) + (i % across) * (width + gap), top + Math.floor(i / across) * (height + gap)];
    const below = y + width * Math.min(2, tallest) + step;
    return [
      element('image', {
        x,
        y,
        width,
        height: width * Math.min(2, tallest),
        href: pngAddress(p),
        preserveAspectRatio: 'xMidYMin meet',
        style: 'image-rendering:pixelated',
      }),
      label(x, below, shortened(p.name, fonts.small, width), {
        'font-size': fonts.small,
        'font-weight': '600',
        fill: look.ink,
      }),
      ...p.lines.map((words, k) =>
        label(x, below + step * (k + 1), shortened(words, fonts.small, width), {
          'font-size': fonts.small,
          fill: look.soft,
        }),
      ),
    ].join('');
  });
  return frame(look, top + Math.ceil(f.pictures.length / across) * (height + gap), f, [], drawn.join('\n'));
}
