// The table of whole networks as a page.

import { grouped } from '../../src/report/tables/quantities.js';
import type { NetworkRow } from './row.js';
import { winnerAsked } from './cases.js';

export interface MeasuredRow extends Omit<NetworkRow, 'network'> {
  /** As the table calls it. */
  readonly name: string;
  readonly machine: string;
  readonly commit: string;
}

const millions = (words: number | null): string => (words === null ? '-' : (words / 1e6).toFixed(words < 1e5 ? 2 : 1));

export function networksPage(rows: readonly MeasuredRow[], missing: readonly string[], on: string): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const [sum, wrong] = [rows.reduce((n, r) => n + r.words, 0), rows.filter((r) => !r.agrees)];
  return `${[
    '# Whole networks on the Verilog',
    '',
    'What `magnet run NETWORK --design D` does, in the npm-only engine: every word of every step held against the reference, ' +
      'cycles and counts of accesses of every run against the model. ' +
      `${grouped(sum)} words in ${rows.length} rows; ` +
      (wrong.length === 0
        ? 'no word, cycle or count differs.'
        : `something differs in ${wrong.map((r) => `${r.name} on ${r.machine}`).join(', ')}.`),
    '',
    'Made by `npx tsx benchmarks/networks/run.ts [NETWORK ...] [--machine NAME ...]`, which measures the rows that are asked for ' +
      'and keeps the others. Processor time is all that a row takes: mapping what the design has no mapping of (default ' +
      `mapper), Yosys, reference, simulation; ${on}. \`simba 2x2\` and \`4x4\` are the preset with so many PEs; ` +
      `*winner* is the machine of \`codesign ${winnerAsked.join(' ')}\`, with its own mappings where they fit.`,
    '',
    line([
      'network',
      'machine',
      'runs',
      'cycles',
      'of the model',
      'words',
      'wrong',
      'counts equal',
      'DRAM, M words: activations, weights',
      'processor time (s)',
      'commit',
    ]),
    line(Array.from({ length: 11 }, () => '---')),
    ...rows.map((r) =>
      line([
        r.name,
        r.machine,
        r.runs,
        grouped(r.cycles.rtl),
        grouped(r.cycles.model),
        grouped(r.words),
        grouped(r.wrong),
        r.counts ? `${grouped(r.counts.equal)} of ${grouped(r.counts.of)}` : 'all',
        `${millions(r.activations)}, ${millions(r.weights)}`,
        Math.round(r.processorSeconds),
        r.commit,
      ]),
    ),
    ...(missing.length > 0 ? ['', `Not measured: ${missing.join('; ')}.`] : []),
  ].join('\n')}\n`;
}
