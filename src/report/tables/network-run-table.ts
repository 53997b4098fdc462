// A network that ran on the Verilog, a row for every run of the machine.

import { nth } from '../../base/invariant.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { lines, tableOf } from '../page/blocks.js';
import type { PlainBlock } from './blocks-text.js';
import { configurationText } from './configuration-text.js';
import { grouped } from './quantities.js';

/** What the host writes: cycles for which the machine waits are not those of runs, nor is the energy, in pJ. */
export interface Configuration {
  readonly writes: number;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly energy: number;
}

/** What of a run the table tells. */
export interface RunRow {
  readonly name: string;
  readonly step: number;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly counters: readonly { readonly model: number; readonly rtl: number }[];
  readonly configuration: Configuration;
  readonly words: number;
  readonly mismatches: number;
}

/** Work of the host: words that it reads, and those that it writes, held against the reference. */
export interface HostRow {
  readonly name: string;
  readonly step: number;
  readonly operator: string;
  readonly read: number;
  readonly words: number;
  readonly mismatches: number;
}

export interface NetworkRunRows {
  readonly runs: readonly RunRow[];
  readonly hosts: readonly HostRow[];
  /** Words of the memories. */
  readonly activations: number;
  /** If every tensor had a room of its own. */
  readonly unshared: number;
  readonly weights: number;
}

export function networkRunBlocks(
  graph: Pick<NetworkGraph, 'steps'>,
  { runs, hosts, activations, unshared, weights }: NetworkRunRows,
  more: readonly string[],
): readonly PlainBlock[] {
  const equal = ({ counters }: RunRow) => counters.filter((c) => c.model === c.rtl).length;
  const sum = (of: (r: RunRow) => number) => runs.reduce((n, r) => n + of(r), 0);
  const all = (of: (r: RunRow | HostRow) => number) => [...runs, ...hosts].reduce((n, r) => n + of(r), 0);
  const ofRun = (r: RunRow) => [
    `${r.step}`,
    r.name,
    nth(graph.steps, r.step).kind,
    grouped(r.cycles.rtl),
    grouped(r.cycles.model),
    `${equal(r)}/${r.counters.length}`,
    grouped(r.words),
    grouped(r.mismatches),
  ];
  const ofHost = (h: HostRow) => [`${h.step}`, h.name, 'host', '', '', '', grouped(h.words), grouped(h.mismatches)];
  const rows = [
    ...runs.map((r) => ({ step: r.step, row: ofRun(r) })),
    ...hosts.map((h) => ({ step: h.step, row: ofHost(h) })),
  ].sort((a, b) => a.step - b.step);
  const total = `${runs.length} runs, ${grouped(sum((r) => r.cycles.rtl))} cycles (model ${grouped(sum((r) => r.cycles.model))}), ${grouped(
    all((r) => r.words),
  )} words, ${grouped(all((r) => r.mismatches))} of them wrong, ${sum(equal)} of ${sum((r) => r.counters.length)} counts equal`;
  const head = ['>#', 'run', 'kind', '>cycles', '>model', '>counts', '>words', '>wrong'];
  const dram =
    `DRAM: ${grouped(activations)} words of activations ` +
    `(${grouped(unshared)} if no two tensors shared a room), ${grouped(weights)} of weights`;
  const configuration = configurationText(
    {
      writes: sum((r) => r.configuration.writes),
      cycles: sum((r) => r.configuration.cycles.rtl),
      model: sum((r) => r.configuration.cycles.model),
      energy: sum((r) => r.configuration.energy),
    },
    sum((r) => r.cycles.rtl),
  );
  return [
    tableOf(
      'Steps in their order: cycles and counts in the Verilog beside the model',
      head,
      rows.map(({ row }) => row),
    ),
    lines([total, configuration, ...hostText(hosts), dram, ...more]),
  ];
}

function hostText(hosts: readonly HostRow[]): readonly string[] {
  if (hosts.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { operator } of hosts) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  const sum = (of: (h: HostRow) => number) => grouped(hosts.reduce((n, h) => n + of(h), 0));
  const named = [...counts].map(([operator, n]) => `${operator} ${n}`).join(', ');
  return [`host: ${named}; ${sum((h) => h.read)} words read, ${sum((h) => h.words)} written`];
}
