// One layer of a design, simulated: the emitted Verilog runs the layer's mapping, and every
// figure stands beside the model's.

import { defined, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Design } from '../model/space/design.js';
import { arrangementFor } from '../model/space/design.js';
import type { Template } from '../model/machine/template.js';
import { accelerator } from '../rtl/accelerator.js';
import type { Bus } from '../model/machine/template-names.js';
import type { ResidualTerm } from '../rtl/program/post-registers.js';
import type { Placement } from '../rtl/program/placement.js';
import type { BenchSizes } from '../rtl/testbench.js';
import type { Counters } from './counts.js';
import { compareCounts } from './counts.js';
import type { Given } from './drawn-data.js';
import type { Job, Verdict } from './layer-job.js';
import { compareOutputs, prepareJob, roomFor } from './layer-job.js';
import type { Built, NativeSimulator } from './native/native-simulation.js';
import { elaborate } from './netlist/yosys-json.js';
import type { Simulator } from './netlist/simulator.js';
import { buildSimulator } from './netlist/simulator.js';
import type { Observed } from './netlist/compile.js';
import { traceActivity } from './netlist/saif.js';
import { traceVcd } from './netlist/vcd.js';
import type { SimulatorKind, SimulationState } from './engines.js';
import { beyondSimulation, buildTime } from './engines.js';
import { buildNative, discardBench, runNative } from './run-native.js';
import { runWasm } from './run-wasm.js';
import type { Tensor } from './tensor.js';

export type { Tensor } from './tensor.js';

/** One layer of a design, and how it is run; tensors that are not given are drawn from the seed. */
export interface SimulateTask extends Given {
  readonly design: Design;
  /** Index of the layer. */
  readonly layer: number;
  readonly engine: SimulatorKind;
  readonly seed: number;
  /** Probability of a stall of each DRAM channel in a cycle; cycles are only comparable without. */
  readonly stalls: number;
  /** Cycles by which DRAM may answer late; cycles are only comparable without. */
  readonly latency?: number;
  /** How the machine is connected; cycles are only comparable on its own channels, `native`, which is the default. */
  readonly bus?: Bus;
  /** A bench of `buildFor` for this design; without it a native engine is built for this layer alone. */
  readonly built?: Built;
  /** Whether waves are recorded. */
  readonly vcd?: boolean;
  readonly saif?: boolean;
}

/** What the Verilog did on a layer, beside what the model says of the same mapping. */
export interface SimulateResult {
  readonly layer: string;
  readonly engine: string;
  /** Without the register writes before the layer. */
  readonly cycles: { readonly model: number; readonly rtl: number };
  /** What the hardware counts by itself, such as words that DRAM gives and reads of a buffer. */
  readonly counters: readonly { readonly name: string; readonly model: number; readonly rtl: number }[];
  /** pJ; that of the RTL is what it counted times the energies of the model. */
  readonly energy: readonly { readonly component: string; readonly model: number; readonly rtl: number }[];
  /**
   * Words beside those of the reference; of the mismatches, `unknown` were x in a four-state simulator; `saturated` are at an end
   * of their range that is not 0.
   */
  readonly outputs: {
    readonly words: number;
    readonly mismatches: number;
    readonly unknown: number;
    readonly firstMismatch?: string;
    readonly zeros: number;
    readonly saturated: number;
  };
  /** What post-processing did, drawn or given; what channels have of their own by its range. */
  readonly post: {
    readonly bias: readonly [min: number, max: number];
    readonly scale: readonly [min: number, max: number];
    readonly shift: readonly [min: number, max: number];
    readonly low: number;
    readonly high: number;
    readonly unsigned: boolean;
    readonly wrap: boolean;
    readonly residual?: ResidualTerm;
  };
  /** Where the images lay in DRAM, in words (docs/hardware.md, DRAM). */
  readonly dram: Placement;
  /** The outputs. */
  readonly tensor: Tensor;
  /** Building the engine, as far as this layer had to wait for it: 0 where it was there. */
  readonly buildSeconds: number;
  /** The run alone. */
  readonly seconds: number;
  readonly cyclesPerSecond: number;
  /** The text of a VCD file, where it was asked for. */
  readonly vcd?: string;
  /** Switching activity of ports, registers and what memories are asked. */
  readonly saif?: string;
}

/** The netlist of a machine, ready to run. */
export async function machineSimulator(t: Template, bus: Bus = 'native', observe: Observed = []): Promise<Simulator> {
  const { files, top } = accelerator(t, bus);
  const netlist = await elaborate(Object.fromEntries(files.map((f) => [`${f.module}.v`, f.text])), top);
  return buildSimulator(netlist, top, { observe, ...(bus === 'axi' && { clock: 'aclk' }) });
}

/**
 * The last machine that was built: the layers of a design follow each other, and building
 * takes longer than most of them.
 */
let built: { readonly of: string; readonly simulator: Promise<Simulator> } | undefined;

const identity = (t: Template, bus: Bus, saif: boolean | undefined): string => JSON.stringify([t, bus, saif ?? false]);

/** When a memory is used: the enables of its ports. */
export const isMemoryEnable = (path: string): boolean => /\.u_(sram|sum|bias)\.(en|we|re)$/.test(path);

/** A run begins by clearing the simulator and does not pause, so that calls may share one. */
function sharedSimulator(t: Template, bus: Bus, saif: boolean | undefined): Promise<Simulator> {
  const of = identity(t, bus, saif);
  if (built?.of !== of) built = { of, simulator: machineSimulator(t, bus, saif ? isMemoryEnable : []) };
  return built.simulator;
}

/**
 * Builds a native engine once for some layers of a design; whoever asks for it discards it. Throws
 * with a sentence where that fails.
 */
export async function buildFor(
  design: Design,
  layers: readonly number[],
  engine: NativeSimulator,
  { bus, signal }: { readonly bus?: Bus | undefined; readonly signal?: AbortSignal } = {},
): Promise<Built> {
  const a = accelerator(templateOf(design), bus);
  const rooms = layers.map((i) => roomFor(a, nth(design.layers, i).layer, defined(nth(design.layers, i).mapping)));
  const largest = (key: keyof BenchSizes) => Math.max(...rooms.map((r) => r[key]));
  const built = await buildNative(
    engine,
    a,
    {
      activations: largest('activations'),
      weights: largest('weights'),
      outputs: largest('outputs'),
      writes: largest('writes'),
    },
    signal,
  );
  if (!built.ok) throw new Error(built.diagnostics.map((d) => d.message).join('; '));
  return built.value;
}

/**
 * Runs one layer on the design's Verilog. Throws with a sentence where an engine fails; wrong results are not failures but
 * figures.
 */
export async function simulateLayer(
  task: SimulateTask,
  progress: (state: SimulationState) => void,
): Promise<SimulateResult> {
  const { design, engine, seed, stalls, latency = 0, bus = 'native' } = task;
  const { layer, mapping } = nth(design.layers, task.layer);
  invariant(mapping, `layer ${layer.name} has no mapping`);
  const t = templateOf(design);
  const refused = beyondSimulation(t);
  if (refused !== undefined) throw new Error(refused);
  const chance = seeded(seed + task.layer);
  const a = accelerator(t, bus);
  const job = prepareJob(a, t, layer, mapping, chance, task);
  const expected = nth(design.layers, task.layer).cycles ?? 0;
  const running = (cycles: number) => progress({ doing: 'running', cycles, expected });
  const limit = patience(expected, stalls, latency);

  const isThere = engine === 'wasm' ? built?.of === identity(t, bus, task.saif) : task.built !== undefined;
  if (!isThere) progress({ doing: 'building', engine, about: buildTime(engine, t) });
  const begin = performance.now();
  const simulator = engine === 'wasm' ? await sharedSimulator(t, bus, task.saif) : undefined;
  const own = engine === 'wasm' || task.built ? undefined : await buildFor(design, [task.layer], engine, { bus });
  const ready = performance.now();
  running(0);
  try {
    const run = simulator ? inWasm(simulator) : await natively(task.built ?? defined(own));
    const seconds = (performance.now() - ready) / 1000;
    const buildSeconds = isThere ? 0 : (ready - begin) / 1000;
    return {
      ...resultOf(design, mapping, {
        engine,
        job,
        counters: run.counters,
        verdict: run.verdict,
        buildSeconds,
        seconds,
      }),
      ...(run.vcd !== undefined && { vcd: run.vcd }),
      ...(run.saif !== undefined && { saif: run.saif }),
    };
  } finally {
    if (own) await discardBench(own);
  }

  function inWasm(machineNow: Simulator) {
    const waves = task.vcd ? traceVcd(machineNow) : undefined;
    // An even number of picoseconds, so that half a clock is whole.
    const period = 2 * Math.round(500_000 / t.clock);
    const activity = task.saif ? traceActivity(machineNow, { period }) : undefined;
    const sample = () => [waves, activity].forEach((trace) => trace?.sample());
    const run = runWasm(machineNow, job, {
      ...{ stalls, latency, chance, limit, progress: running },
      ...((waves ?? activity) && { sample }),
    });
    if (run.refused) throw new Error('the machine refused the program: its capability word is another');
    if (!run.counters) throw new Error(`the machine was still busy after ${run.cycles} cycles`);
    const verdict = compareOutputs(job, run.activations);
    return { counters: run.counters, verdict, vcd: waves?.text(), saif: activity?.text() };
  }

  async function natively(bench: Built) {
    const run = await runNative(
      job,
      { engine: bench.engine, stalls: Math.round(100 * stalls), latency, seed, limit },
      bench,
    );
    if (!run.ok) throw new Error(run.diagnostics.map((d) => d.message).join('; '));
    return {
      counters: run.value.counters,
      verdict: compareOutputs(job, run.value.activations, run.value.unknown),
      vcd: undefined,
      saif: undefined,
    };
  }
}

/**
 * Cycles after which a machine hangs: stalls stretch a run by 1 / (1 - p) at most, latency each beat and
 * step by itself; ten times that.
 */
export const patience = (expected: number, stalls: number, latency: number): number =>
  Math.ceil((10 * expected * (1 + latency)) / (1 - Math.min(stalls, 0.95))) + 10_000;

/** A layer that a machine has run to its end. */
export interface FinishedRun {
  readonly engine: SimulatorKind;
  readonly job: Job;
  readonly counters: Counters;
  readonly verdict: Verdict;
  readonly buildSeconds: number;
  readonly seconds: number;
}

/** What a run found, beside what the model says of the same mapping. */
export function resultOf(design: Design, mapping: Mapping, run: FinishedRun): SimulateResult {
  const { engine, job, counters, buildSeconds, seconds } = run;
  const architecture = arrangementFor(design, mapping);
  invariant(architecture, `no arrangement of ${templateOf(design).name} has the levels of the mapping`);
  const { cycles, counts, energy } = compareCounts(
    architecture,
    job.layer,
    mapping,
    nth(job.programs, 0).nests,
    counters,
  );
  return {
    layer: job.layer.name,
    engine,
    cycles,
    counters: counts,
    energy,
    ...told(job, run.verdict),
    buildSeconds,
    seconds,
    cyclesPerSecond: counters.cycles / seconds,
  };
}

/** Of a job and its verdict, what a result tells. */
function told(
  job: Job,
  { tensor, firstMismatch, ...outputs }: Verdict,
): Pick<SimulateResult, 'outputs' | 'tensor' | 'post' | 'dram'> {
  const { bias, scale, shift, low, high, unsigned, wrap, residual } = job.operands.post;
  const range = (xs: readonly number[]) =>
    [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))] as const;
  return {
    outputs: { ...outputs, ...(firstMismatch !== undefined && { firstMismatch }) },
    post: {
      bias: range(bias),
      scale: range(scale),
      shift: range(shift),
      low,
      high,
      unsigned,
      wrap,
      ...(residual && { residual }),
    },
    dram: imagesOf(nth(job.programs, 0).placement),
    tensor,
  };
}

/** Where tensors lie, without how their words are read. */
const imagesOf = ({ natural: _, ...images }: Placement): SimulateResult['dram'] => images;

function templateOf({ machine }: Design): Template {
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  return machine.template;
}
