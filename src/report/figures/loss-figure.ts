// What integers lose against real numbers, with its interval: one network at one precision or at several.

import type { IntervalFigure } from './intervals.js';

export interface Loss {
  /** Of the precision. */
  readonly name: string;
  /** Shares of the samples; the ends are of an interval of 95 %. */
  readonly loss: number;
  readonly low: number;
  readonly high: number;
  /** Share of the samples that integers get right. */
  readonly integer: number;
  /** Whether it is the one found. */
  readonly marked?: boolean;
}

/** `limit` is a share of the samples. */
export function lossFigure(losses: readonly Loss[], limit: number | undefined, title: string): IntervalFigure {
  const points = (x: number) => (100 * x).toFixed(2);
  return {
    kind: 'intervals',
    title,
    subtitle:
      'points of top-1 that integers lose against real numbers on the same samples, with 95 %; numbers at the right are top-1 of integers',
    description: losses
      .map((l) => `${l.name} loses ${points(l.loss)}, ${points(l.low)} to ${points(l.high)}`)
      .join('; '),
    x: { label: 'loss (points)', scale: 'linear' },
    rows: losses.map(({ name, loss, low, high, integer, marked }) => ({
      name,
      value: 100 * loss,
      low: 100 * low,
      high: 100 * high,
      end: `${points(integer)} %${marked ? ', found' : ''}`,
      color: limit !== undefined && loss > limit ? 1 : 0,
      ...(marked !== undefined && { marked }),
    })),
    rules: [
      { name: 'as real numbers', at: 0, color: 7 },
      ...(limit === undefined
        ? []
        : [{ name: `the limit, ${points(limit)} points`, at: 100 * limit, dashed: true, color: 9 }]),
    ],
    ...(limit !== undefined && {
      colors: [
        { name: 'counted within the limit', color: 0 },
        { name: 'beyond', color: 1 },
      ],
    }),
  };
}
