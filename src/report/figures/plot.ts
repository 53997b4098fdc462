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

/** Lines across, the numbers and the name of the upright axis. */
export const uprightAxis = (look: Look, { ticks }: Scale, name: string): Plot.Markish[] => {
  const named = ticks.filter((t) => t.text !== '');
  const text = new Map(named.map((t) => [t.value, clean(t.text)]));
  return [
    Plot.gridY(
      ticks.filter((t) => t.text === '').map((t) => t.value),
      { stroke: look.faint, strokeOpacity: 1 },
    ),
    Plot.gridY([...text.keys()], { stroke: look.grid, strokeOpacity: 1 }),
    Plot.axisY([...text.keys()], {
      tickFormat: (v: number) => text.get(v) ?? '',
      tickSize: 0,
      tickPadding: 8,
      fontSize: fonts.small,
      fill: look.soft,
      label: null,
    }),
    Plot.text([clean(name)], {
      frameAnchor: 'top-left',
      textAnchor: 'start',
      dy: -20,
      fontSize: fonts.text,
      fill: look.ink,
    }),
  ];
};

/** Lines upwards, the numbers and the name of the axis at the bottom. */
export const levelAxis = (look: Look, { ticks }: Scale, name: string): Plot.Markish[] => {
  const named = ticks.filter((t) => t.text !== '');
  const text = new Map(named.map((t) => [t.value, clean(t.text)]));
  return [
    Plot.gridX(
      ticks.filter((t) => t.text === '').map((t) => t.value),
      { stroke: look.faint, strokeOpacity: 1 },
    ),
    Plot.gridX([...text.keys()], { stroke: look.grid, strokeOpacity: 1 }),
    Plot.axisX([...text.keys()], {
      tickFormat: (v: number) => text.get(v) ?? '',
      tickSize: 0,
      tickPadding: 8,
      fontSize: fonts.small,
      fill: look.soft,
      label: null,
    }),
    Plot.text([clean(name)], {
      frameAnchor: 'bottom',
      dy: 36,
      lineAnchor: 'middle',
      fontSize: fonts.text,
      fill: look.ink,
    }),
  ];
};
