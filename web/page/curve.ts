// Best and bound of a search over time, while it runs.

import { quantity } from './quantities.js';
import { svg } from './svg.js';

export interface Point {
  readonly seconds: number;
  readonly best: number;
  readonly bound: number;
}

const [width, height] = [320, 120];
const isShown = (value: number) => Number.isFinite(value) && value > 0;

/** On a logarithmic scale, from the least bound to the first best that are known. */
export function curve(points: readonly Point[]): SVGElement | undefined {
  const last = points.at(-1);
  const values = points.flatMap(({ best, bound }) => [best, bound]).filter(isShown);
  if (!last || values.length === 0) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (seconds: number) => (width * seconds) / Math.max(last.seconds, 1e-3);
  const y = (value: number) =>
    high > low ? height - (height * Math.log(value / low)) / Math.log(high / low) : height / 2;
  const line = (name: 'best' | 'bound') => {
    const shown = points.filter((p) => isShown(p[name]));
    const steps = shown.map((p, i) => {
      const before = shown[i - 1];
      return `${before ? `L${x(p.seconds)} ${y(before[name])}` : 'M'}${before ? 'L' : ''}${x(p.seconds)} ${y(p[name])}`;
    });
    return svg('path', { class: name, d: steps.join('') });
  };
  const picture = svg('svg', { viewBox: `0 -16 ${width} ${height + 36}`, role: 'img' });
  const said = `best ${isShown(last.best) ? quantity(last.best) : 'not known'}, bound ${isShown(last.bound) ? quantity(last.bound) : 'not known'}`;
  picture.setAttribute('aria-label', `${said} after ${last.seconds.toFixed(0)} s`);
  picture.append(line('best'), line('bound'), svg('text', { x: 0, y: height + 16 }, `${said} (dashed)`));
  return picture;
}
