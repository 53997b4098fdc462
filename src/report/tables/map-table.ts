// The mapped layers of a network as a table.

import { table } from '../../base/text.js';
import type { CertificateView } from './certificate-text.js';
import { certifiedWord } from './certificate-text.js';
import { energyIn, energyScale, grouped, percent, secondsText } from './quantities.js';

/** Figures of one instance; undefined where there is no mapping. */
export interface MapRow {
  readonly name: string;
  readonly shape: string;
  readonly count: number;
  readonly status: string;
  readonly energy: number | undefined;
  readonly cycles: number | undefined;
  readonly utilization: number | undefined;
  readonly gap: number | undefined;
  readonly seconds: number;
  /** log10 of the number of mappings; -Infinity where a bound has no factors. */
  readonly space: number;
  /** Absent where there is none. */
  readonly certificate?: CertificateView | undefined;
}

export function mapTable(rows: readonly MapRow[]): string {
  const scale = energyScale(rows.map((r) => r.energy ?? 0));
  const or = (x: number | undefined, show: (x: number) => string) => (x === undefined ? '-' : show(x));
  // Columns for certificates where any were asked for.
  const certified = rows.some((r) => r.certificate);
  const certificateOf = ({ certificate: c }: MapRow) =>
    c ? [certifiedWord[c.status], c.eps === null ? '-' : percent(c.eps), c.seconds.toFixed(1)] : ['-', '-', '-'];
  return table(
    [
      'layer',
      'shape',
      'count',
      `energy (${scale.unit})`,
      'cycles',
      'utilisation',
      'gap',
      'time',
      'log10 mappings',
      'status',
      ...(certified ? ['certified', 'eps', 'cert. s'] : []),
    ],
    rows.map((r) => [
      r.name,
      r.shape,
      String(r.count),
      or(r.energy, (e) => energyIn(scale, e)),
      or(r.cycles, grouped),
      or(r.utilization, percent),
      or(r.gap, percent),
      secondsText(r.seconds),
      r.space === -Infinity ? '-' : r.space.toFixed(1),
      r.status,
      ...(certified ? certificateOf(r) : []),
    ]),
    [false, false, true, true, true, true, true, true, true, false, ...(certified ? [false, true, true] : [])],
  );
}
