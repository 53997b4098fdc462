// A limit on accuracy beside a proof: what is measured of each precision, and what is proven of its machines.

import { table } from '../../base/text.js';
import type { OtherLimits, ProvenLoss } from '../../results/proven-loss.js';
import { chosenText, lossFigures, measuredHow, precisionName } from './precision-table.js';

type Field = ProvenLoss['field'];

const others: Readonly<Record<OtherLimits, string>> = {
  met: 'met by the machine',
  unmet: 'proven: met by none',
  open: 'open',
  unasked: '',
};

/** By the interval, as a claim is made. */
const measuredAs = (limit: number, { low, high }: Field['precisions'][number]): string =>
  high <= limit ? 'within' : low > limit ? 'beyond' : 'undecided';

/** Headings of numbers begin with `>`. */
export const provenLossRows = ({ limit, precisions }: Field) => ({
  headings: ['precision', ...lossFigures.headings, 'measured', 'other limits'],
  rows: precisions.map((p) => [precisionName(p), ...lossFigures.of(p), measuredAs(limit, p), others[p.others]]),
});

/** What each column is worth. */
export const provenLossNote =
  'Losses are measured on these samples, each interval of 95 % by itself, and nothing is concluded from one precision to another; ' +
  'what is said of other limits is proven of all machines of the precision.';

export function provenLossText(field: Field): string {
  const { headings, rows } = provenLossRows(field);
  return [
    measuredHow(field),
    table(
      headings.map((h) => h.replace(/^>/, '')),
      rows,
      headings.map((h) => h.startsWith('>')),
    ),
    [...chosenText(field), provenLossNote].join('\n'),
  ].join('\n\n');
}

/** Whether every precision was measured to lose too much, so that no machine was asked about. */
export const allBeyond = ({ precisions, limit }: Field): boolean => precisions.every((p) => p.low > limit);
