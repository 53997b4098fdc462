// A front of designs between two quantities: a table, and a figure with what is proven impossible below the points.

import { defined } from '../../base/invariant.js';
import { table } from '../../base/text.js';
import { gapBetween, goalUnit } from '../../model/cost/goal.js';
import type { CodesignFrontFile, FrontMetric } from '../../results/codesign-result.js';
import type { Figure } from '../figures/figure.js';
import type { FrontAxis } from './front-axes.js';
import { axisOf, machineText } from './front-axes.js';
import { staysText } from './schedule-table.js';
import { digits, durationText, percent } from './quantities.js';

/** What is minimised, under limits on the other; `clock` in MHz, where all machines of the space have one. */
function axesOf(r: CodesignFrontFile, clock: number | undefined) {
  const [min, limited] = r.metrics as readonly [FrontMetric, FrontMetric];
  const setting = { networks: r.networks.length, clock: clock ?? commonClock(r) };
  const values = (i: 0 | 1) => r.points.flatMap((p) => p.values[i] ?? []);
  return { min: axisOf(min, values(0), setting), limited: axisOf(limited, values(1), setting) };
}

/** Of the machines found. */
function commonClock({ points }: CodesignFrontFile): number | undefined {
  const clocks = [...new Set(points.flatMap((p) => p.point?.clock ?? []))];
  return clocks.length === 1 ? clocks[0] : undefined;
}

export function frontTitle(r: CodesignFrontFile, clock?: number): string {
  const { min, limited } = axesOf(r, clock);
  return (
    `${min.name.charAt(0).toUpperCase()}${min.name.slice(1)} ` +
    `against ${limited.name}: ${r.networks.map((n) => n.name).join(', ')} in ${r.space.name}`
  );
}

/** How far the points are from what is proven; empty where something is not. */
export function frontProof({ points }: CodesignFrontFile): string {
  const worst = Math.max(0, ...points.map((p) => gapBetween(p.values[0] ?? Infinity, p.bound ?? 0)));
  return points.length > 0 && worst < 1 ? `every point within ${percent(worst)} of its bound` : '';
}

/** From the first point with a design to the last; undefined where there is none. */
export function frontSpan(r: CodesignFrontFile): { readonly from: string; readonly to: string } | undefined {
  const { min, limited } = axesOf(r, undefined);
  const ends = r.points.filter((p) => p.values[0] !== null && p.values[1] !== null);
  const at = (p: CodesignFrontFile['points'][number]) =>
    `${shown(min, p.values[0])} ${min.unit} at ${shown(limited, p.values[1])} ${limited.unit}`;
  const [first, last] = [ends[0], ends.at(-1)];
  return first && last && { from: first === last ? '' : at(first), to: at(last) };
}

const shown = (axis: FrontAxis, value: number | null) => (value === null ? '-' : digits(value / axis.size));
const titled = ({ name, unit }: FrontAxis) => (unit === '' ? name : `${name} (${unit})`);

/** Headings of numbers begin with `>`. `floor` is what is proven of all designs. */
export function frontRows(
  r: CodesignFrontFile,
  clock?: number,
): {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly floor: string | undefined;
} {
  const v = axesOf(r, clock);
  // A column of its own, unless it is what the front is of.
  const own = ![v.min.name, v.limited.name].includes('area');
  const isScheduled = r.points.some(({ schedules }) => schedules);
  const rows = r.points.map(
    ({ limit, values: [min, limited], bound, area, point, schedules = [], seconds, status }) => {
      const gap = gapBetween(min ?? Infinity, bound ?? 0);
      return [
        limit === null ? 'none' : shown(v.limited, limit),
        shown(v.limited, limited),
        shown(v.min, min),
        shown(v.min, bound),
        min === null || gap === 1 ? '-' : percent(gap),
        ...(own ? [area === null ? '-' : digits(area)] : []),
        point ? machineText(point) : '-',
        ...(isScheduled ? [staysText(schedules)] : []),
        durationText(seconds),
        status,
      ];
    },
  );
  return {
    headings: [
      `>limit on ${titled(v.limited)}`,
      `>${titled(v.limited)}`,
      `>${titled(v.min)}`,
      '>its bound',
      '>gap',
      ...(own ? ['>area (mm2)'] : []),
      'machine',
      ...(isScheduled ? ['tensors that stay'] : []),
      '>time',
      'status',
    ],
    rows,
    floor:
      r.floor === null
        ? undefined
        : `No design has less than ${shown(v.limited, r.floor)} ${v.limited.unit} of ${v.limited.name} (proven).`,
  };
}

export function frontTable(r: CodesignFrontFile, clock?: number): string {
  const { headings, rows, floor } = frontRows(r, clock);
  return [
    table(
      headings.map((h) => h.replace(/^>/, '')),
      rows,
      headings.map((h) => h.startsWith('>')),
    ),
    ...(floor === undefined ? [] : [floor]),
  ].join('\n');
}

/** On its own a figure tells the limits too. */
export function frontFigure(r: CodesignFrontFile, clock?: number): Figure {
  const v = axesOf(r, clock);
  const limits = Object.entries(r.limits).map(([name, limit]) => `${name} at most ${digits(limit)} ${goalUnit(name)}`);
  const found = r.points.filter((p) => p.values[0] !== null && p.values[1] !== null);
  const furthest = Math.max(0, ...r.points.map((p) => p.limit ?? 0));
  // A limit proves something up to itself; where there was none, for every design.
  const steps = r.points
    .filter((p) => p.bound !== null && p.bound > 0)
    .map((p) => ({
      x: (p.limit ?? Math.max(p.values[1] ?? 0, furthest)) / v.limited.size,
      y: defined(p.bound ?? undefined) / v.min.size,
    }));
  return {
    kind: 'chart',
    title: frontTitle(r, clock),
    subtitle: [...limits, frontProof(r)].filter((part) => part !== '').join('; '),
    x: { label: titled(v.limited), scale: 'log' },
    y: { label: titled(v.min), scale: 'log' },
    series: [
      {
        name: 'best designs found',
        mark: 'steps',
        points: found.map(({ values: [min, limited], point, status }) => {
          const label = point ? machineText(point) : '-';
          return {
            x: (limited ?? 0) / v.limited.size,
            y: (min ?? 0) / v.min.size,
            label,
            note: `${label}: ${shown(v.limited, limited)} ${v.limited.unit}, ${shown(v.min, min)} ${v.min.unit}, ${status}`,
          };
        }),
      },
      {
        name: 'proven: no design lies in here',
        mark: 'floor',
        points: [...(r.floor === null ? [] : [{ x: r.floor / v.limited.size, y: Infinity }]), ...steps],
      },
    ],
  };
}
