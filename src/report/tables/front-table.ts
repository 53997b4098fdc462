// A front of designs between two quantities: a table, and a figure with what is proven impossible below the points.

import { defined } from '../../base/invariant.js';
import { table } from '../../base/text.js';
import { gapBetween } from '../../model/cost/goal.js';
import type { Figure } from '../figures/figure.js';
import { digits, durationText, percent } from './quantities.js';

/** A quantity of the front: its name, the unit that it is shown in, and how many of the model's units that is. */
export interface FrontAxis {
  readonly name: string;
  readonly unit: string;
  readonly size: number;
}

export interface FrontPoint {
  /** Undefined where nothing more was asked. Model's units, as below. */
  readonly limit: number | undefined;
  readonly status: string;
  /** Of the design; undefined where none was found. */
  readonly least: number | undefined;
  readonly limited: number | undefined;
  /** Proven: no design within the limit has less of what is minimised. */
  readonly bound: number;
  readonly area: number | undefined;
  /** In a few words. */
  readonly machine: string;
  readonly seconds: number;
}

export interface FrontView {
  readonly title: string;
  readonly subtitle: string;
  /** What is minimised, under limits on the other. */
  readonly least: FrontAxis;
  readonly limited: FrontAxis;
  /** Proven: no design has less of what is limited. */
  readonly floor: number;
  /** From the tightest limit to none. */
  readonly points: readonly FrontPoint[];
}

const shown = (axis: FrontAxis, value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '-' : digits(value / axis.size);
const titled = ({ name, unit }: FrontAxis) => (unit === '' ? name : `${name} (${unit})`);

/** Headings of numbers begin with `>`. `floor` is what is proven of all designs. */
export function frontRows(v: FrontView): {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly floor: string | undefined;
} {
  // A column of its own, unless it is what the front is of.
  const own = ![v.least.name, v.limited.name].includes('area');
  const rows = v.points.map((p) => [
    p.limit === undefined ? 'none' : shown(v.limited, p.limit),
    shown(v.limited, p.limited),
    shown(v.least, p.least),
    p.bound > 0 ? shown(v.least, p.bound) : '-',
    p.least === undefined || gapBetween(p.least, p.bound) === 1 ? '-' : percent(gapBetween(p.least, p.bound)),
    ...(own ? [p.area === undefined ? '-' : digits(p.area)] : []),
    p.machine,
    durationText(p.seconds),
    p.status,
  ]);
  return {
    headings: [
      `>limit on ${titled(v.limited)}`,
      `>${titled(v.limited)}`,
      `>${titled(v.least)}`,
      '>its bound',
      '>gap',
      ...(own ? ['>area (mm2)'] : []),
      'machine',
      '>time',
      'status',
    ],
    rows,
    floor:
      v.floor > 0
        ? `No design has less than ${shown(v.limited, v.floor)} ${v.limited.unit} of ${v.limited.name} (proven).`
        : undefined,
  };
}

export function frontTable(v: FrontView): string {
  const { headings, rows, floor } = frontRows(v);
  return [
    table(
      headings.map((h) => h.replace(/^>/, '')),
      rows,
      headings.map((h) => h.startsWith('>')),
    ),
    ...(floor === undefined ? [] : [floor]),
  ].join('\n');
}

export function frontFigure(v: FrontView): Figure {
  const found = v.points.filter((p) => p.least !== undefined && p.limited !== undefined);
  // A limit proves something up to itself; where there was none, for every design.
  const steps = v.points
    .filter((p) => p.bound > 0)
    .map((p) => ({
      x: (p.limit ?? Math.max(p.limited ?? 0, ...v.points.map((q) => q.limit ?? 0))) / v.limited.size,
      y: p.bound / v.least.size,
    }));
  return {
    kind: 'chart',
    title: v.title,
    subtitle: v.subtitle,
    x: { label: titled(v.limited), scale: 'log' },
    y: { label: titled(v.least), scale: 'log' },
    series: [
      {
        name: 'best designs found',
        mark: 'steps',
        points: found.map((p) => ({
          x: defined(p.limited) / v.limited.size,
          y: defined(p.least) / v.least.size,
          label: p.machine,
          note: `${p.machine}: ${shown(v.limited, p.limited)} ${v.limited.unit}, ${shown(v.least, p.least)} ${v.least.unit}, ${p.status}`,
        })),
      },
      {
        name: 'proven: no design lies in here',
        mark: 'floor',
        points: [...(v.floor > 0 ? [{ x: v.floor / v.limited.size, y: Infinity }] : []), ...steps],
      },
    ],
  };
}
