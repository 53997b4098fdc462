// The jobs of a batch as a table, and what they come to.

import { counted, table } from '../../base/text.js';
import type { Figures, JobLine } from '../../results/batch-result.js';
import { magnitude, percent, secondsText } from './quantities.js';

type BatchRow = Pick<JobLine, 'label' | 'kind' | keyof Figures>;

export function batchTable(rows: readonly BatchRow[]): string {
  const or = (x: number | null, show: (x: number) => string) => (x === null ? '-' : show(x));
  return table(
    ['job', 'kind', 'status', 'objective', 'bound', 'gap', 'time'],
    rows.map((r) => [
      r.label,
      r.kind,
      r.status,
      or(r.objective, magnitude),
      or(r.bound, magnitude),
      or(r.gap, percent),
      secondsText(r.seconds),
    ]),
    [false, false, false, true, true, true, true],
  );
}

/** `30 jobs: 28 settled, 1 unsettled, 1 failed`. */
export function batchCounts(rows: readonly BatchRow[]): string {
  const failed = rows.filter((r) => r.status === 'failed').length;
  const settled = rows.filter((r) => r.settled).length;
  const open = rows.length - settled - failed;
  return (
    `${counted(rows.length, 'job')}: ` +
    [
      `${settled} settled`,
      ...(open > 0 ? [`${open} unsettled`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ].join(', ')
  );
}
