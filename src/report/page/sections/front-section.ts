// A front of designs in a report: the figure, and every point with its machine and its bound.

import { nth } from '../../../base/invariant.js';
import type { Parsed } from '../../../base/diagnostics.js';
import { parsed, refuse } from '../../../base/diagnostics.js';
import { counted, unknownName } from '../../../base/text.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import type { CodesignFrontFile } from '../../../results/codesign-result.js';
import { frontFigure, frontProof, frontRows, frontSpan, frontTitle } from '../../tables/front-table.js';
import { unscheduledText } from '../../tables/schedule-table.js';
import type { Section } from '../blocks.js';
import { drawing, tableOf, text } from '../blocks.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { frontMetrics } from '../../../results/codesign-result.js';
import { scheduleFolds } from './schedule-section.js';

export function frontSection(file: string, r: CodesignFrontFile): Parsed<Section> {
  const unknown = r.metrics.filter((m) => !(frontMetrics as readonly string[]).includes(m));
  if (unknown.length > 0)
    return refuse('unknown-name', ['metrics'], unknownName('metric', nth(unknown, 0), frontMetrics));
  const found = r.points.filter((p) => p.point !== null);
  const proved = found.length > 0 && r.points.every((p) => p.status === 'optimal' || p.status === 'infeasible');
  const { headings, rows, floor } = frontRows(r);
  return parsed({
    title: frontTitle(r),
    source: `Front, read from ${file}; ${counted(r.space.machines, 'machine')}.`,
    summary: summaryOf(r, found.length, proved),
    status: ofLayersAlone(
      found.length === 0
        ? { text: 'no design found', mood: 'bad' }
        : proved
          ? { text: `${counted(found.length, 'point')}, all proved`, mood: 'good' }
          : { text: `${counted(found.length, 'point')}, not all proved`, mood: 'open' },
      ...r.networks.map(coverageIn),
    ),
    blocks: [
      ...(found.length > 0
        ? [
            drawing({
              ...frontFigure(r),
              subtitle: frontProof(r),
              title: 'Best designs, and where none can be',
              description: `${counted(found.length, 'point')}; the best designs for each limit, above what is proven of all.`,
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
      ...r.points.flatMap(({ schedules = [] }, i) =>
        scheduleFolds(schedules, `${nth(headings, 0).replace('>l', 'L')} ${nth(nth(rows, i), 0)}`),
      ),
      ...(r.unscheduled === undefined ? [] : [text(`${unscheduledText(r.unscheduled)}.`)]),
    ],
  });
}

function summaryOf(r: CodesignFrontFile, found: number, proved: boolean): string {
  const span = frontSpan(r);
  if (!span) return 'No design of the space was found within any of the limits.';
  const within = frontProof(r);
  const proof =
    within === '' ? 'not all of them are bounded' : `${within}${proved ? '' : ', and not all are proved optimal'}`;
  return `${counted(found, 'design')}, ${span.from === '' ? '' : `from ${span.from} to `}${span.to}; ${proof}.`;
}
