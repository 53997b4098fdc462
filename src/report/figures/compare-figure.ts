// Best-so-far curves of strategies over the bound that they are held against: the middle of
// several runs, and where the rest lie.

import type { ChartFigure, ChartPoint } from './figure.js';

export interface Band {
  readonly strategy: string;
  /** `max` is +Infinity as long as a run has nothing. */
  readonly moments: readonly {
    readonly seconds: number;
    readonly median: number;
    readonly min: number;
    readonly max: number;
  }[];
}

export interface CompareCurves {
  readonly title: string;
  readonly subtitle: string;
  readonly label: string;
  readonly bands: readonly Band[];
  /** None where it is 0 or infinite. */
  readonly bound: number;
  readonly proved: boolean;
  /** Ends of the axis of time, which is logarithmic: most happens in the first moments. */
  readonly from: number;
  readonly to: number;
}

/** Per cent above the bound from here down count as nothing: a logarithmic axis has no 0. */
const nothing = 0.01;

export function compareFigure({ title, subtitle, label, bands, bound, proved, from, to }: CompareCurves): ChartFigure {
  const shown = bands.filter((b) => b.moments.length > 0);
  const lost = bands.filter((b) => b.moments.length === 0).map((b) => b.strategy);
  const bounded = bound > 0 && Number.isFinite(bound);
  /** In per cent above the bound, where there is one. */
  const height = (value: number) => (bounded ? Math.max(nothing, 100 * (value / bound - 1)) : value);
  const reached = bounded && shown.some((b) => b.moments.some((m) => height(m.min) === nothing));
  const name = proved ? 'the proven optimum' : 'the proven bound';
  return {
    kind: 'chart',
    title,
    subtitle: lost.length === 0 ? subtitle : `${subtitle}; too little found in time to show: ${lost.join(', ')}`,
    x: { label: 'time (s)', scale: 'log' },
    y: { label: bounded ? `${label.replace(/ \([^)]*\)$/, '')}: % above ${name}` : label, scale: 'log' },
    series: [
      ...shown.map(({ strategy, moments }) => ({
        name: strategy,
        mark: 'curve' as const,
        points: stairs(moments.map((m) => ({ x: m.seconds, y: height(m.median) }))),
        // What has no end upwards has no band.
        band: moments.some((m) => m.max > m.min)
          ? moments
              .filter((m) => Number.isFinite(m.max))
              .map((m) => ({ x: m.seconds, low: height(m.min), high: height(m.max) }))
          : [],
      })),
      ...(reached
        ? [
            {
              name: `within ${nothing} % of ${name}`,
              mark: 'dashes' as const,
              points: [
                { x: from, y: nothing },
                { x: to, y: nothing },
              ],
            },
          ]
        : []),
    ],
  };
}

/** What is known holds until something better is. */
const stairs = (points: readonly ChartPoint[]): readonly ChartPoint[] =>
  points.flatMap((p, i) => {
    const before = points[i - 1];
    if (before && before.y !== p.y) return [{ x: p.x, y: before.y }, p];
    return i === 0 || i === points.length - 1 ? [p] : [];
  });
