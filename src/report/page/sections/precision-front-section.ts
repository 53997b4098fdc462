// Accuracy against a cost in a report: the best machine of each precision, beside what the network loses there.

import { counted } from '../../../base/text.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import type { PrecisionFront } from '../../../results/precision-front-result.js';
import { lossFigure } from '../../figures/loss-figure.js';
import {
  precisionFrontFigure,
  precisionFrontProof,
  precisionFrontRows,
  precisionFrontText,
  precisionFrontTitle,
} from '../../tables/precision-front-table.js';
import { precisionName } from '../../tables/precision-table.js';
import { unscheduledText } from '../../tables/schedule-table.js';
import type { Section } from '../blocks.js';
import { drawing, tableOf, text } from '../blocks.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { scheduleFolds } from './schedule-section.js';

export function precisionFrontSection(file: string, r: PrecisionFront): Section {
  const found = r.points.filter((p) => p.value !== null);
  const front = r.points.filter((p) => p.front);
  const proved = found.length > 0 && r.points.every((p) => p.status === 'optimal' || p.status === 'infeasible');
  const { headings, rows } = precisionFrontRows(r);
  const proof = precisionFrontProof(r);
  const names = front.map(precisionName).join(', ');
  const losses = r.points.map((p) => ({ ...p, name: precisionName(p) }));
  return {
    title: precisionFrontTitle(r),
    source: `Front of precisions, read from ${file}.`,
    summary:
      found.length === 0
        ? 'No design of the space was found with any of the precisions.'
        : `On the front: ${names}; ${proof === '' ? 'not all machines are bounded' : proof}.`,
    status: ofLayersAlone(
      found.length === 0
        ? { text: 'no design found', mood: 'bad' }
        : proved
          ? { text: `${counted(found.length, 'precision')}, all proved`, mood: 'good' }
          : { text: `${counted(found.length, 'precision')}, not all proved`, mood: 'open' },
      coverageIn(r.network),
    ),
    blocks: [
      ...(found.length > 0
        ? [
            drawing({
              ...precisionFrontFigure(r),
              title: 'Best machine of each precision, and what it loses',
              description: `On the front are ${names}`,
            }),
          ]
        : [text(`There is no design: ${r.points.find((p) => p.reason !== '')?.reason ?? 'none was found in time'}.`)]),
      ...leftOutBlocks(coverageIn(r.network)),
      ...(losses.length > 0
        ? [
            drawing(lossFigure(losses, undefined, 'Accuracy against bits')),
            text(`${capital(precisionFrontText(r))}. Each point is the best of a search of its own.`),
            tableOf('Precisions, each with its best machine', headings, rows),
            ...r.points.flatMap((p) => scheduleFolds(p.schedules ?? [], precisionName(p))),
          ]
        : []),
      ...(r.unscheduled === undefined ? [] : [text(`${unscheduledText(r.unscheduled)}.`)]),
    ],
  };
}

const capital = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
