// A job run by Icarus Verilog or Verilator: the emitted testbench with the job's files, its printout read back.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { expectedHex, memoryHex, programHex } from '../rtl/bench-data.js';
import type { CounterName } from '../rtl/registers.js';
import { counters } from '../rtl/registers.js';
import { testbench } from '../rtl/testbench.js';
import type { Counters } from './counts.js';
import type { Job } from './job.js';
import { runIverilog, runVerilator } from './native/simulate.js';

export interface NativeRun {
  readonly counters: Counters;
  /** Memory as the run left it, as far as outputs go. */
  readonly activations: Int32Array;
}

export interface NativeOptions {
  readonly engine: 'iverilog' | 'verilator';
  /** Per cent. */
  readonly stalls: number;
  readonly seed: number;
  readonly limit: number;
}

/** Files of the machine and of the bench by path. */
export const sources = (job: Job): Readonly<Record<string, string>> =>
  Object.fromEntries([...job.accelerator.files, testbench(job.accelerator, benchSizes(job))].map((f) => [`${f.module}.v`, f.text]));

export const benchSizes = (job: Job) => ({ activations: job.activations.length, weights: job.weights.length, outputs: job.outputs.length, writes: Math.max(...job.programs.map((p) => p.writes.length)) + 1 });

export function benchData(job: Job): Readonly<Record<string, string>> {
  const h = job.accelerator.hardware;
  const { data } = job.operands.expected;
  return {
    'program.hex': programHex(h, job.programs[0]!),
    'activations.hex': memoryHex(job.activations, h.inputBits),
    'weights.hex': memoryHex(job.weights, h.weightBits),
    'expected.hex': expectedHex(Array.from(job.outputs, (address, i) => ({ address, value: data[i]! })), h.inputBits),
  };
}

/** Arguments of the bench for the files of a job in a folder. */
export const plusargs = (job: Job, folder = ''): readonly string[] => [
  `program=${folder}program.hex`,
  `writes=${job.programs[0]!.writes.length + 1}`,
  `activations=${folder}activations.hex`,
  `activation_words=${job.activations.length}`,
  `weights=${folder}weights.hex`,
  `weight_words=${job.weights.length}`,
  `expected=${folder}expected.hex`,
  `outputs=${job.outputs.length}`,
];

/** The bench has one program: a layer in parts is as many benches, each on what the one before has left. */
export async function runNative(job: Job, options: NativeOptions): Promise<Parsed<NativeRun>> {
  const [first, ...more] = job.programs;
  let all = await runOne({ ...job, programs: [first!] }, options);
  for (const program of more) {
    if (!all.ok) return all;
    const before = all.value;
    const next = await runOne({ ...job, programs: [program], activations: before.activations }, options);
    if (!next.ok) return next;
    all = parsed({ activations: next.value.activations, counters: Object.fromEntries(counters.map(([name]) => [name, before.counters[name] + next.value.counters[name]])) as Record<CounterName, number> });
  }
  return all;
}

async function runOne(job: Job, { engine, stalls, seed, limit }: NativeOptions): Promise<Parsed<NativeRun>> {
  const run = engine === 'iverilog' ? runIverilog : runVerilator;
  const done = await run(sources(job), { top: 'magnet_tb', plusargs: [...plusargs(job), `stalls=${stalls}`, `seed=${seed}`, `limit=${limit}`, 'dump'], dataFiles: benchData(job) });
  if (!done.ok) return done;
  const { stdout } = done.value;
  if (!/^OUTPUTS /m.test(stdout) || /TIMEOUT|REFUSED/.test(stdout)) return refuse('failed', [], `${engine}: the bench did not come to its end: ${stdout.split('\n').filter((l) => l.trim() !== '').slice(0, 5).join('; ')}`);
  const counted = new Map([...stdout.matchAll(/COUNT +(\w+) (\d+)/g)].map((m) => [m[1]!, Number(m[2])]));
  const { inputBits } = job.accelerator.hardware;
  const words = [...stdout.matchAll(/^WORD (\S+)$/gm)].map((m) => signed(m[1]!, inputBits));
  const activations = job.activations.slice();
  job.outputs.forEach((address, i) => void (activations[address] = words[i] ?? NaN));
  return parsed({
    counters: Object.fromEntries(counters.map(([name]) => [name, counted.get(name) ?? NaN])) as Record<CounterName, number>,
    activations,
  });
}

/** An unknown digit of a four-state simulator makes a value that no output has. */
function signed(hex: string, bits: number): number {
  const value = /^[0-9a-f]+$/i.test(hex) ? parseInt(hex, 16) : 2 ** 31 - 1;
  return value < 2 ** (bits - 1) || value >= 2 ** bits ? value : value - 2 ** bits;
}
