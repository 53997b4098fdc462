// A machine in Icarus Verilog or Verilator that stays: programs one after the other in one DRAM, the host between them.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { CounterName } from '../model/machine/template-names.js';
import { counters } from '../model/machine/template-names.js';
import type { Accelerator } from '../rtl/accelerator.js';
import { changedHex, wordsInHex, writesHex } from '../rtl/bench-data.js';
import { answered, asked, networkBench, networkFiles, ownCounts } from '../rtl/network-bench.js';
import type { BenchSizes } from '../rtl/testbench.js';
import type { HostJob, HostProgram } from './host.js';
import type { NativeSimulator } from './native/native-simulation.js';
import type { Run, RunOptions } from './run-wasm.js';

type Limits = Pick<RunOptions, 'limit' | 'progress'>;

export interface NativeMachine {
  /** Of a job, what `runWasm` says of it, beside calm memory; a machine that fails or leaves unknown words is refused. */
  readonly run: (job: HostJob, options: Limits) => Promise<Parsed<Run>>;
  /** Ends the simulator and removes what was built. */
  readonly close: () => Promise<void>;
}

export interface NativeMachineOptions {
  /** As `HostOptions` has them. */
  readonly stalls: number;
  readonly latency: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** What `$fscanf` reads. */
const maxCycles = 2 ** 31 - 1;

/** Builds the bench of a machine with memories of some sizes, and starts it. */
export async function openNative(
  engine: NativeSimulator,
  a: Accelerator,
  sizes: Omit<BenchSizes, 'outputs'>,
  { stalls, latency, seed, signal }: NativeMachineOptions,
): Promise<Parsed<NativeMachine>> {
  const { buildBench, discard, startBuilt } = await import('./native/native-simulation.js');
  const { hardware: h } = a;
  const bench = networkBench(a, sizes);
  const files = Object.fromEntries([...a.files, bench].map((f) => [`${f.module}.v`, f.text]));
  const built = await buildBench(engine, files, { top: bench.module, ...(signal && { signal }) });
  if (!built.ok) return built;
  const plusargs = [`stalls=${Math.round(100 * stalls)}`, `latency=${latency}`, `seed=${seed}`];
  const simulator = startBuilt(built.value, { plusargs, ...(signal && { signal }) });
  // What the bench holds.
  let activations: Int32Array = new Int32Array(sizes.activations);
  const weights = new Int32Array(sizes.weights);

  /** Tells the bench of words that the host has changed. */
  async function told(job: HostJob): Promise<number> {
    let extras = 0;
    for (const [name, held, now, bits] of [
      ['activations', activations, job.activations, h.inputBits],
      ['weights', weights, job.weights, h.weightBits],
    ] as const) {
      const changed = changedHex(held, now, bits);
      if (!changed) continue;
      await simulator.write(networkFiles[name], changed);
      held.set(now);
      extras += asked[name];
    }
    return extras;
  }

  /** One program; `extras` as the bench has them. */
  async function one(
    { writes, start }: HostProgram,
    ahead: HostProgram['writes'],
    extras: number,
    { limit, progress }: Limits,
  ): Promise<Parsed<Figures>> {
    await simulator.write(networkFiles.settings, writesHex(h, [...writes, start, ...ahead]));
    const command = [writes.length + 1, ahead.length, extras, Math.min(limit, maxCycles)];
    const lines = await simulator.ask(command.join(' '), answered, (line) => {
      const cycles = /^CYCLE (\d+)$/.exec(line)?.[1];
      if (cycles !== undefined) progress(Number(cycles));
    });
    return lines.ok ? figuresIn(engine, lines.value) : lines;
  }

  async function run(job: HostJob, options: Limits): Promise<Parsed<Run>> {
    let extras = await told(job);
    let [cycles, configuration, written] = [0, 0, job.written ?? 0];
    const counted = Object.fromEntries(counters.map(([name]) => [name, 0])) as Record<CounterName, number>;
    for (const [i, program] of job.programs.entries()) {
      const following = job.programs[i + 1] ?? job.next;
      const ahead = following?.writes.slice(0, following.ahead ?? 0) ?? [];
      if (i === job.programs.length - 1) extras += asked.memory;
      const before = cycles;
      const done = await one({ ...program, writes: program.writes.slice(written) }, ahead, extras, {
        limit: options.limit - before,
        progress: (n) => options.progress(before + n),
      });
      if (!done.ok) return done;
      const { value: figures } = done;
      extras = 0;
      written = figures.ahead;
      cycles += figures.ran;
      const refused = figures.accepted === 0;
      if (refused || figures.busy === 1)
        return parsed({ counters: undefined, activations, cycles, configuration, written, refused });
      configuration += figures.took - figures.cycles;
      for (const [name] of counters) counted[name] += figures[name];
    }
    const left = wordsInHex(await simulator.read(networkFiles.memory), sizes.activations, h.inputBits);
    if (left.unknown !== undefined)
      return refuse('failed', [], `${engine}: word ${left.unknown} of DRAM is unknown (X) after a run`);
    activations = left.words;
    return parsed({
      counters: counted,
      activations: left.words.slice(),
      cycles,
      configuration,
      written,
      refused: false,
    });
  }

  return parsed({
    run,
    close: async () => {
      await simulator.close();
      await discard(built.value);
    },
  });
}

type Figures = Readonly<Record<CounterName | (typeof ownCounts)[number], number>>;

function figuresIn(engine: NativeSimulator, lines: readonly string[]): Parsed<Figures> {
  const found = new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^COUNT +(\w+) +(\d+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(value)] as const];
    }),
  );
  const unknown = [...ownCounts, ...counters.map(([name]) => name)].filter((name) => !found.has(name));
  return unknown.length === 0
    ? parsed(Object.fromEntries(found) as Figures)
    : refuse('failed', [], `${engine}: figures of ${unknown.join(', ')} are missing or unknown (X)`);
}
