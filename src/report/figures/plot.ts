// Observable Plot without a browser: marks become SVG text, the same bytes for the same marks.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Scale } from './axis.js';
import type { PlotArea } from './frame.js';
import { fonts } from './frame.js';
import type { Look } from './look.js';
import { clean, px } from './svg.js';

/** Marks over two scales in a room: the inside of an SVG, in its coordinates. */
export function plot(
  look: Look,
  height: number,
  room: PlotArea,
  x: Scale,
  y: Scale,
  marks: readonly Plot.Markish[],
): string {
  const { document } = parseHTML('<html></html>');
  const { left, top } = room;
  const margins = {
    marginLeft: left,
    marginTop: top,
    marginRight: look.width - room.right,
    marginBottom: height - room.bottom,
  };
  const side = ({ log, domain }: Scale) => ({
    type: log ? ('log' as const) : ('linear' as const),
    domain: [...domain],
    label: null,
    axis: null,
  });
  const drawn = Plot.plot({
    document: document,
    width: look.width,
    height,
    ...margins,
    x: side(x),
    y: side(y),
    r: { type: 'identity' },
    marks: [...marks],
  });
  // The frame around has the styles, but for how texts are anchored; fractions of a pixel beyond two digits are noise.
  const short = (tag: string) =>
    tag.replace(/(?<=[ "(,MLHVCAZ-])\d+\.\d{3,}(?:e-\d+)?(?=[ "),MLHVCAZ])/g, (n) => px(Number(n)));
  // Numbers in texts stay as they were written.
  const marked = drawn.innerHTML.replace(/<style>[^<]*<\/style>/, '').replace(/<[^<>]*>/g, short);
  return `<g text-anchor="middle">${marked}</g>`;
}

/** The numbers of an axis by their places, and what they look like; lines without a number are fainter. */
function numbersOf(look: Look, { ticks }: Scale) {
  const text = new Map(ticks.filter((t) => t.text !== '').map((t) => [t.value, clean(t.text)]));
  return {
    places: [...text.keys()],
    between: ticks.filter((t) => t.text === '').map((t) => t.value),
    faint: { stroke: look.faint, strokeOpacity: 1 },
    clear: { stroke: look.grid, strokeOpacity: 1 },
    numbers: {
      tickFormat: (v: number) => text.get(v) ?? '',
      tickSize: 0,
      tickPadding: 8,
      fontSize: fonts.small,
      fill: look.soft,
      label: null,
    },
    named: { fontSize: fonts.text, fill: look.ink },
  };
}

/** Lines across, the numbers and the name of the upright axis. */
export function uprightAxis(look: Look, scale: Scale, name: string): Plot.Markish[] {
  const { places, between, faint, clear, numbers, named } = numbersOf(look, scale);
  return [
    Plot.gridY(between, faint),
    Plot.gridY(places, clear),
    Plot.axisY(places, numbers),
    Plot.text([clean(name)], { frameAnchor: 'top-left', textAnchor: 'start', dy: -20, ...named }),
  ];
}

/** Lines upwards, the numbers and the name of the axis at the bottom. */
export function levelAxis(look: Look, scale: Scale, name: string): Plot.Markish[] {
  const { places, between, faint, clear, numbers, named } = numbersOf(look, scale);
  return [
    Plot.gridX(between, faint),
    Plot.gridX(places, clear),
    Plot.axisX(places, numbers),
    Plot.text([clean(name)], { frameAnchor: 'bottom', dy: 36, lineAnchor: 'middle', ...named }),
  ];
}
