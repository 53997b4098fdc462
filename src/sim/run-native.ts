// A job run by Icarus Verilog or Verilator: the emitted testbench with the job's files, its printout read back.

import { defined, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Accelerator } from '../rtl/accelerator.js';
import { expectedHex, memoryHex, programHex } from '../rtl/bench-data.js';
import type { CounterName } from '../model/machine/template-names.js';
import { counters } from '../model/machine/template-names.js';
import type { BenchSizes } from '../rtl/testbench.js';
import { testbench } from '../rtl/testbench.js';
import type { Counters } from './counts.js';
import type { Job } from './layer-job.js';
import { maxWrites } from './layer-job.js';
import type { Built, NativeSimulator } from './native/native-simulation.js';

export interface NativeRun {
  readonly counters: Counters;
  /** Memory as the run left it, as far as outputs go. */
  readonly activations: Int32Array;
  /** Addresses of outputs of which some bit is unknown. */
  readonly unknown: ReadonlySet<number>;
}

export interface NativeOptions {
  readonly engine: NativeSimulator;
  /** Per cent. */
  readonly stalls: number;
  /** Cycles by which an answer of DRAM may be late. */
  readonly latency?: number;
  readonly seed: number;
  readonly limit: number;
}

/** Loaded where it is asked for: the rest of the room needs no programs, and runs in a browser. */
const programs = () => import('./native/native-simulation.js');

/** The bench of a machine with memories of some sizes, built. */
export const buildNative = async (
  engine: NativeSimulator,
  a: Accelerator,
  sizes: BenchSizes,
  signal?: AbortSignal,
): Promise<Parsed<Built>> =>
  (await programs()).buildBench(
    engine,
    Object.fromEntries([...a.files, testbench(a, sizes)].map((f) => [`${f.module}.v`, f.text])),
    {
      top: 'magnet_tb',
      ...(signal && { signal }),
    },
  );

/** Removes what `buildNative` made. */
export const discardBench = async (bench: Built): Promise<void> => (await programs()).discard(bench);

export const benchSizes = (job: Job): BenchSizes => ({
  activations: job.activations.length,
  weights: job.weights.length,
  outputs: job.outputs.length,
  writes: maxWrites(job.programs),
});

export function benchData(job: Job): Readonly<Record<string, string>> {
  const h = job.accelerator.hardware;
  const { data } = job.operands.expected;
  return {
    'program.hex': programHex(h, nth(job.programs, 0)),
    'activations.hex': memoryHex(job.activations, h.inputBits),
    'weights.hex': memoryHex(job.weights, h.weightBits),
    'expected.hex': expectedHex(
      Array.from(job.outputs, (address, i) => ({ address, value: nth(data, i) })),
      h.inputBits,
    ),
  };
}

/** Arguments of the bench for the files of a job in a folder. */
export const plusargs = (job: Job, folder = ''): readonly string[] => [
  `program=${folder}program.hex`,
  `writes=${nth(job.programs, 0).writes.length + 1}`,
  `activations=${folder}activations.hex`,
  `activation_words=${job.activations.length}`,
  `weights=${folder}weights.hex`,
  `weight_words=${job.weights.length}`,
  `expected=${folder}expected.hex`,
  `outputs=${job.outputs.length}`,
];

/** `built`: a bench with room for the job; without it one is built for this run alone. */
export async function runNative(job: Job, options: NativeOptions, built?: Built): Promise<Parsed<NativeRun>> {
  if (built) return runAll(built, job, options);
  const own = await buildNative(options.engine, job.accelerator, benchSizes(job));
  if (!own.ok) return own;
  try {
    return await runAll(own.value, job, options);
  } finally {
    await discardBench(own.value);
  }
}

/** The bench has one program: a layer in parts is as many runs, each on what the one before has left. */
async function runAll(built: Built, job: Job, options: NativeOptions): Promise<Parsed<NativeRun>> {
  const [first, ...more] = job.programs;
  let all = await runOne(built, { ...job, programs: [defined(first)] }, options);
  for (const program of more) {
    if (!all.ok) return all;
    const before = all.value;
    const next = await runOne(built, { ...job, programs: [program], activations: before.activations }, options);
    if (!next.ok) return next;
    const sum = Object.fromEntries(
      counters.map(([name]) => [name, before.counters[name] + next.value.counters[name]]),
    ) as Record<CounterName, number>;
    all = parsed({
      activations: next.value.activations,
      unknown: new Set([...before.unknown, ...next.value.unknown]),
      counters: sum,
    });
  }
  return all;
}

async function runOne(
  built: Built,
  job: Job,
  { engine, stalls, latency = 0, seed, limit }: NativeOptions,
): Promise<Parsed<NativeRun>> {
  const { runBuilt } = await programs();
  const done = await runBuilt(built, {
    plusargs: [...plusargs(job), `stalls=${stalls}`, `latency=${latency}`, `seed=${seed}`, `limit=${limit}`, 'dump'],
    dataFiles: benchData(job),
  });
  if (!done.ok) return done;
  const { stdout } = done.value;
  const unfinished = (what: string) => refuse('failed', [], `${engine}: ${what}`);
  const words = [...stdout.matchAll(/^WORD (\S+)$/gm)].map((m) => nth(m, 1));
  if (!/^OUTPUTS /m.test(stdout) || /TIMEOUT|REFUSED/.test(stdout) || words.length !== job.outputs.length) {
    return unfinished(
      `the testbench did not finish: ${stdout
        .split('\n')
        .filter((l) => l.trim() !== '')
        .slice(0, 5)
        .join('; ')}`,
    );
  }
  const counted = new Map([...stdout.matchAll(/COUNT +(\w+) (\S+)/g)].map((m) => [nth(m, 1), nth(m, 2)]));
  const uncounted = counters.map(([name]) => name).filter((name) => !/^\d+$/.test(counted.get(name) ?? ''));
  if (uncounted.length > 0) return unfinished(`the machine's counters of ${uncounted.join(', ')} are unknown (X)`);
  const activations = job.activations.slice();
  const unknown = new Set<number>();
  job.outputs.forEach((address, i) => {
    const word = nth(words, i);
    if (!/^[0-9a-f]+$/i.test(word)) return void unknown.add(address);
    activations[address] = signed(parseInt(word, 16), job.accelerator.hardware.inputBits);
  });
  return parsed({
    counters: Object.fromEntries(counters.map(([name]) => [name, Number(counted.get(name))])) as Record<
      CounterName,
      number
    >,
    activations,
    unknown,
  });
}

const signed = (value: number, bits: number): number => (value < 2 ** (bits - 1) ? value : value - 2 ** bits);
