// Accuracy against a cost: what each precision loses beside the best machine that has it, as a table and as a figure.

import { table } from '../../base/text.js';
import { gapBetween } from '../../model/cost/goal.js';
import type { PrecisionFront, PrecisionPoint } from '../../results/precision-front-result.js';
import type { ChartFigure } from '../figures/figure.js';
import { axisOf, machineText } from './front-axes.js';
import { precisionName } from './precision-table.js';
import { staysText } from './schedule-table.js';
import { digits, durationText, grouped, percent } from './quantities.js';

const points = (x: number): string => (100 * x).toFixed(2);

function axisFor({ metric, points: all }: PrecisionFront) {
  const clocks = [...new Set(all.flatMap((p) => p.point?.clock ?? []))];
  return axisOf(
    metric,
    all.flatMap((p) => p.value ?? []),
    { networks: 1, clock: clocks.length === 1 ? clocks[0] : undefined },
  );
}

export const precisionFrontTitle = (r: PrecisionFront): string =>
  `Accuracy against ${axisFor(r).name}: ${r.network.name} in ${r.space.name}`;

const gapOf = ({ value, bound }: PrecisionPoint): number => gapBetween(value ?? Infinity, bound ?? 0);

/** How far machines are from what is proven of their precision; empty where something is not. */
export function precisionFrontProof({ points: all }: PrecisionFront): string {
  const found = all.filter((p) => p.value !== null);
  const worst = found.reduce((n, p) => Math.max(n, gapOf(p)), 0);
  return found.length > 0 && worst < 1 ? `each machine within ${percent(worst)} of the bound of its precision` : '';
}

/** Headings of numbers begin with `>`. */
export function precisionFrontRows(r: PrecisionFront) {
  const axis = axisFor(r);
  const shown = (value: number | null) => (value === null ? '-' : digits(value / axis.size));
  const titled = axis.unit === '' ? axis.name : `${axis.name} (${axis.unit})`;
  const own = r.metric !== 'area';
  const isScheduled = r.points.some(({ schedules }) => schedules);
  return {
    headings: [
      'precision',
      'front',
      '>top-1',
      '>loss (points)',
      '>95 %',
      `>${titled}`,
      '>its bound',
      '>gap',
      ...(own ? ['>area (mm2)'] : []),
      'machine',
      ...(isScheduled ? ['tensors that stay'] : []),
      '>time',
      'status',
    ],
    rows: r.points.map((p) => [
      precisionName(p),
      p.front ? 'yes' : '',
      `${points(p.integer)} %`,
      points(p.loss),
      `${points(p.low)} to ${points(p.high)}`,
      shown(p.value),
      shown(p.bound),
      p.value === null || gapOf(p) === 1 ? '-' : percent(gapOf(p)),
      ...(own ? [p.area === null ? '-' : digits(p.area)] : []),
      p.point ? machineText(p.point) : '-',
      ...(isScheduled ? [staysText(p.schedules ?? [])] : []),
      durationText(p.seconds),
      p.status,
    ]),
  };
}

/** What was measured, and on what. */
export function precisionFrontText({ points: all, validate, unsigned, asked }: PrecisionFront): string {
  const real = all[0]?.real;
  return (
    `losses are counted on ${grouped(validate.samples)} samples of ${validate.file}` +
    (real === undefined ? '' : `, of which real numbers get ${points(real)} % right`) +
    (unsigned ? '; unsigned words behind ReLUs' : '') +
    (all.length < asked ? `; ${all.length} of ${asked} precisions were searched` : '')
  );
}

export function precisionFrontTable(r: PrecisionFront): string {
  const { headings, rows } = precisionFrontRows(r);
  return [
    table(
      headings.map((h) => h.replace(/^>/, '')),
      rows,
      headings.map((h) => h.startsWith('>')),
    ),
    `${precisionFrontText(r)}; front: no other precision that was tried loses as little and costs as little`,
  ].join('\n');
}

/** Points that are not on the front have another colour. */
export function precisionFrontFigure(r: PrecisionFront): ChartFigure {
  const axis = axisFor(r);
  const found = r.points.filter((p) => p.value !== null);
  const spot = (p: PrecisionPoint) => ({
    x: (p.value ?? 0) / axis.size,
    y: 100 * p.loss,
    label: precisionName(p),
    note:
      `${precisionName(p)}: loses ${points(p.loss)} points (95 % from ${points(p.low)} to ${points(p.high)}), ` +
      `${digits((p.value ?? 0) / axis.size)} ${axis.unit}, ${p.status}`,
  });
  const front = found.filter((p) => p.front).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const others = found.filter((p) => !p.front);
  return {
    kind: 'chart',
    title: precisionFrontTitle(r),
    subtitle: [precisionFrontProof(r), precisionFrontText(r)].filter((part) => part !== '').join('; '),
    x: { label: axis.unit === '' ? axis.name : `${axis.name} (${axis.unit})`, scale: 'linear' },
    y: { label: 'loss (points)', scale: 'linear' },
    series: [
      { name: 'on the front', mark: 'steps', points: front.map(spot) },
      ...(others.length > 0 ? [{ name: 'others', mark: 'points' as const, color: 7, points: others.map(spot) }] : []),
    ],
  };
}
