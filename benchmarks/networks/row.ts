// One network on one machine, as `magnet run` runs it, told as a line of JSON: node --import tsx row.ts NETWORK DESIGN.
// A process of its own, so that its processor time is that of the row: reading, mapping, Yosys, reference, simulation.

import { networkAgrees } from '../../src/sim/network-run.js';
import { nodeIo } from '../../src/cli/node.js';
import { loadNetwork } from '../../src/cli/hardware/network-input.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { runNetwork } from '../../src/library/run-network.js';

/** What a row of the table says; `network` is the name of its graph. */
export interface NetworkRow {
  readonly network: string;
  readonly runs: number;
  readonly cycles: { readonly rtl: number; readonly model: number };
  readonly words: number;
  readonly wrong: number;
  /** Null of rows that were measured by hand, where all were equal. */
  readonly counts: { readonly equal: number; readonly of: number } | null;
  /** Words of DRAM; null where nobody noted them. */
  readonly activations: number | null;
  readonly weights: number | null;
  /** Where words come from, a line each. */
  readonly sources: readonly string[];
  /** Every word, every run's cycles and every count. */
  readonly agrees: boolean;
  readonly processorSeconds: number;
}

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

export async function networkRow(network: string, design: string, drawn: boolean): Promise<NetworkRow> {
  const io = { ...nodeIo(), err: () => {} };
  const quiet = { told: () => {}, noted: () => {} };
  const prepared = got(loadNetwork(io, network, { design, seed: 1, drawn }, quiet.told));
  const { graph, words } = prepared;
  const result = got(await runNetwork(prepared, { seed: 1, workers: 1, ...quiet }));
  const sum = (of: (r: (typeof result.runs)[number]) => number) => result.runs.reduce((n, r) => n + of(r), 0);
  return {
    network: graph.name,
    runs: result.runs.length,
    cycles: { rtl: sum((r) => r.cycles.rtl), model: sum((r) => r.cycles.model) },
    words: sum((r) => r.words),
    wrong: sum((r) => r.mismatches),
    counts: {
      equal: sum((r) => r.counters.filter((c) => c.model === c.rtl).length),
      of: sum((r) => r.counters.length),
    },
    activations: result.activations,
    weights: result.weights,
    sources: words.sources,
    agrees: networkAgrees(result),
    processorSeconds: 0,
  };
}

const [network, design, drawn] = process.argv.slice(2);
if (network !== undefined && design !== undefined) {
  const row = await networkRow(network, design, drawn === 'drawn');
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...row, processorSeconds: (user + system) / 1e6 }));
}
