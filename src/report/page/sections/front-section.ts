// A front of designs in a report: the figure, and every point with its machine and its bound.

import { defined, nth } from '../../../base/invariant.js';
import type { Parsed } from '../../../base/diagnostics.js';
import { parsed, refuse } from '../../../base/diagnostics.js';
import { unknownName } from '../../../base/text.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import type { CodesignFrontFile } from '../../../results/codesign-result.js';
import { gapBetween } from '../../../model/cost/goal.js';
import type { FrontView } from '../../tables/front-table.js';
import { frontFigure, frontRows } from '../../tables/front-table.js';
import type { Section } from '../blocks.js';
import { drawing, tableOf, text } from '../blocks.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { digits, grouped, percent } from '../../tables/quantities.js';
import { axisOf, machineText } from '../../tables/front-axes.js';
import type { FrontMetric } from '../../../results/codesign-result.js';
import { frontMetrics } from '../../../results/codesign-result.js';
import { counted } from './summary-text.js';

export function frontSection(file: string, r: CodesignFrontFile): Parsed<Section> {
  const unknown = r.metrics.filter((m) => !(frontMetrics as readonly string[]).includes(m));
  if (unknown.length > 0)
    return refuse('unknown-name', ['metrics'], unknownName('metric', nth(unknown, 0), frontMetrics));
  const view = viewOf(r);
  const found = r.points.filter((p) => p.point !== null);
  const proved = found.length > 0 && r.points.every((p) => p.status === 'optimal' || p.status === 'infeasible');
  const { headings, rows, floor } = frontRows(view);
  return parsed({
    title: view.title,
    source: `Front, read from ${file}; ${grouped(r.space.machines)} machines.`,
    summary: summaryOf(view, found.length, proved),
    status: ofLayersAlone(
      found.length === 0
        ? { text: 'no design found', mood: 'bad' }
        : proved
          ? { text: `${found.length} points, all proved`, mood: 'good' }
          : { text: `${found.length} points, not all proved`, mood: 'open' },
      ...r.networks.map(coverageIn),
    ),
    blocks: [
      ...(found.length > 0
        ? [
            drawing({
              ...frontFigure(view),
              title: 'Best designs, and where none can be',
              description: `${found.length} points; the best designs for each limit, above what is proven of all.`,
            }),
          ]
        : [
            text(
              `There is no design: ${r.points.map((p) => p.reason).find((x) => x !== '') ?? 'none was found in time'}.`,
            ),
          ]),
      ...r.networks.flatMap((n) => leftOutBlocks(coverageIn(n), r.networks.length > 1 ? n.name : undefined)),
      ...(floor === undefined ? [] : [text(floor)]),
      ...(rows.length > 0 ? [tableOf('Designs of the front, from the tightest limit to none', headings, rows)] : []),
    ],
  });
}

function summaryOf(v: FrontView, found: number, proved: boolean): string {
  const shown = v.points.filter((p) => p.least !== undefined && p.limited !== undefined);
  const [first, last] = [shown[0], shown.at(-1)];
  if (!first || !last) return 'No design of the space was found within any of the limits.';
  const at = (p: typeof first) =>
    `${digits(defined(p.least) / v.least.size)} ${v.least.unit} ` +
    `at ${digits(defined(p.limited) / v.limited.size)} ${v.limited.unit}`;
  const proof =
    v.subtitle === ''
      ? 'not all of them are bounded'
      : `${v.subtitle}${proved ? '' : ', and not all are proved optimal'}`;
  return `${counted(found, 'design')}, ${first === last ? '' : `from ${at(first)} to `}${at(last)}; ${proof}.`;
}

function viewOf(r: CodesignFrontFile): FrontView {
  const [least, limited] = r.metrics as readonly [FrontMetric, FrontMetric];
  const clocks = [...new Set(r.points.flatMap((p) => p.point?.clock ?? []))];
  const setting = { networks: r.networks.length, clock: clocks.length === 1 ? clocks[0] : undefined };
  const values = (i: 0 | 1) => r.points.flatMap((p) => p.values[i] ?? []);
  const axes = { least: axisOf(least, values(0), setting), limited: axisOf(limited, values(1), setting) };
  const gaps = r.points.map((p) => gapBetween(p.values[0] ?? Infinity, p.bound ?? 0));
  const worst = Math.max(0, ...gaps);
  return {
    title:
      `${axes.least.name.charAt(0).toUpperCase()}${axes.least.name.slice(1)} ` +
      `against ${axes.limited.name}: ${r.networks.map((n) => n.name).join(', ')} in ${r.space.name}`,
    subtitle: r.points.length > 0 && worst < 1 ? `every point within ${percent(worst)} of its bound` : '',
    ...axes,
    floor: r.floor ?? 0,
    points: r.points.map((p) => ({
      limit: p.limit ?? undefined,
      status: p.status,
      least: p.values[0] ?? undefined,
      limited: p.values[1] ?? undefined,
      bound: p.bound ?? 0,
      area: p.area ?? undefined,
      machine: p.point ? machineText(p.point) : '-',
      seconds: p.seconds,
    })),
  };
}
