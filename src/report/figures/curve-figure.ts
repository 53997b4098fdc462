// How best and bound of a search came together.

import { nth } from '../../base/invariant.js';
import type { ChartFigure, ChartPoint } from './figure.js';

export interface CurvePoint {
  readonly seconds: number;
  /** Infinite where nothing is known. */
  readonly best: number;
  readonly bound: number;
}

/** Best and bound of a search over time, for `drawFigure`. Both are stairs: what is known holds until something better is. */
export function curveFigure(title: string, label: string, curve: readonly CurvePoint[]): ChartFigure {
  const points = (of: 'best' | 'bound') => {
    const known = curve.filter((c) => Number.isFinite(c[of]) && c[of] > 0);
    return known.flatMap((c, i): ChartPoint[] => [
      ...(i > 0 ? [{ x: c.seconds, y: nth(known, i - 1)[of] }] : []),
      { x: c.seconds, y: c[of] },
    ]);
  };
  return {
    kind: 'chart',
    title,
    x: { label: 'time (s)', scale: 'linear', zero: true },
    y: { label, scale: 'log' },
    series: [
      { name: 'best', mark: 'curve', points: points('best') },
      { name: 'bound', mark: 'dashes', points: points('bound') },
    ],
  };
}
