// A trained network quantized, a machine of its precision, and samples on that machine's Verilog: by the command line, as users do it.

import { defined } from '../../src/base/invariant.js';
import type { RunResult } from '../../src/results/run-result.js';
import { parseRunResult } from '../../src/results/run-result.js';

/** The command line, and what it has written. */
export interface Magnet {
  /** Throws where the exit code is not one of those. */
  readonly call: (argv: readonly string[], codes?: readonly number[]) => Promise<unknown>;
  readonly written: (file: string) => string;
}

export interface VerilogCase {
  readonly network: string;
  /** A file, or the name of a network that comes with magnet. */
  readonly file: string;
  /** w4a8 and the like. */
  readonly bits: string;
  readonly samples: number;
  /** Options of `quantize` and of `run` that name samples, and what numbers are divided by. */
  readonly calibration: readonly string[];
  readonly test: readonly string[];
  /** The command that finds a machine, without `--design`. */
  readonly machine: readonly string[];
}

export interface VerilogRow {
  readonly network: string;
  readonly bits: string;
  /** Of weights, activations and sums on the machine. */
  readonly machine: readonly [weights: number, activations: number, sums: number];
  readonly samples: number;
  readonly right: number;
  /** Of every tensor of every sample, beside the integers. */
  readonly words: number;
  readonly wrong: number;
  /** Of the outputs, beside ONNX Runtime. */
  readonly runtime: NonNullable<RunResult['samples']>['runtime'];
  /** Of one sample, and those of the model. */
  readonly cycles: { readonly rtl: number; readonly model: number };
  readonly agrees: boolean;
}

export async function onVerilog(magnet: Magnet, of: VerilogCase): Promise<VerilogRow> {
  const { network, file, bits, samples } = of;
  const stem = `${network}-${bits}`;
  const [quantized, design, result] = [`${stem}.onnx`, `${stem}.design.json`, `${stem}.run.json`];
  await magnet.call(['quantize', file, ...of.calibration, '--bits', bits, '--unsigned', '-o', quantized, '-q']);
  // A search that its time ends has a machine all the same.
  await magnet.call([...of.machine, '--design', design, '-q'], [0, 2]);
  const data = [...of.test, '--samples', `${samples}`];
  await magnet.call(['run', quantized, '--design', design, ...data, '--json', result, '-q'], [0, 4]);
  const read = parseRunResult(JSON.parse(magnet.written(result)));
  if (!read.ok) throw new Error(`${result}: ${read.diagnostics[0]?.message}`);
  const found = defined(read.value.samples);
  const { template } = (JSON.parse(magnet.written(design)) as { machine: { template: Record<string, number> } })
    .machine;
  const width = (name: string) => defined(template[name]);
  return {
    network,
    bits,
    machine: [width('weightPrecision'), width('inputPrecision'), width('accumPrecision')],
    samples,
    right: found.guesses.filter((guess, i) => guess === found.labels?.[i]).length,
    words: found.words,
    wrong: found.mismatches,
    runtime: found.runtime,
    cycles: read.value.totals.cycles,
    agrees: read.value.agrees,
  };
}

const grouped = (n: number) => n.toLocaleString('en-US');

export function verilogPage(rows: readonly VerilogRow[], how: string): string {
  const cells = rows.map(({ network, bits, machine, samples, right, words, wrong, runtime, cycles, agrees }) => [
    network,
    bits,
    `w${machine[0]}a${machine[1]}, sums of ${machine[2]}`,
    grouped(samples),
    grouped(right),
    grouped(words),
    grouped(wrong),
    runtime.name === undefined ? 'not asked' : `${runtime.differing} of ${runtime.words}`,
    grouped(cycles.rtl),
    agrees && cycles.rtl === cycles.model ? 'all equal' : `not equal (${grouped(cycles.model)} cycles)`,
  ]);
  const heads =
    'network, file, machine, samples, right, words, wrong, differing from ONNX Runtime, cycles of a sample, cycles and counts of the model';
  const table = [heads.split(', '), heads.split(', ').map(() => '---'), ...cells];
  const runtimes = [...new Set(rows.flatMap(({ runtime }) => runtime.name ?? []))];
  return `# Quantized networks on the Verilog

${how}

Words: all words of all tensors, beside those of the integers that the file says. ONNX Runtime (${runtimes.join(', ') || 'absent'}, without optimizations) runs the file itself; compared are the words of the output. Cycles and counts are compared on the first sample.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
}
