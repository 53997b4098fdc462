// Results of the hardware benchmarks as files: JSON with everything, Markdown to read.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { SimulateResult } from '../../src/sim/simulate.js';

export interface Agreement {
  readonly cyclesEqual: boolean;
  readonly counters: { readonly equal: number; readonly all: number };
  readonly mismatches: number;
}

export const agreement = (r: Pick<SimulateResult, 'cycles' | 'counters' | 'outputs'>): Agreement => ({
  cyclesEqual: r.cycles.model === r.cycles.rtl,
  counters: { equal: r.counters.filter((c) => c.model === c.rtl).length, all: r.counters.length },
  mismatches: r.outputs.mismatches,
});

export const agrees = (a: Agreement): boolean =>
  a.cyclesEqual && a.counters.equal === a.counters.all && a.mismatches === 0;

export const thousands = (n: number): string => Math.round(n).toLocaleString('en');

export function markdownTable(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

export function writeResult(name: string, result: object, markdown: string): void {
  const folder = new URL('../results/rtl/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  writeFileSync(
    new URL(`${name}.json`, folder),
    `${JSON.stringify({ benchmark: name, machine, commit: commit(), ...result }, undefined, 1)}\n`,
  );
  writeFileSync(
    new URL(`${name}.md`, folder),
    `${markdown}\n\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.\n`,
  );
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
