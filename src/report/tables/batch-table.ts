// The jobs of a batch as a table, and what they come to.

import { table } from '../../base/text.js';
import { magnitude, percent, secondsText } from './quantities.js';

/** Null where the kind of job has no such figure, or nothing is known. */
export interface BatchRow {
  readonly label: string;
  readonly kind: string;
  readonly status: string;
  readonly settled: boolean;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly seconds: number;
  readonly reason: string;
}

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
    `${rows.length} ${rows.length === 1 ? 'job' : 'jobs'}: ` +
    [
      `${settled} settled`,
      ...(open > 0 ? [`${open} unsettled`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ].join(', ')
  );
}
