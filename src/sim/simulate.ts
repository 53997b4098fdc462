// One layer of a design, simulated: the emitted Verilog runs the layer's mapping, and every figure stands beside the model's.

import { invariant } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { Design } from '../model/design.js';
import { arrangementFor } from '../model/design.js';
import type { Template } from '../model/template.js';
import { accelerator } from '../rtl/accelerator.js';
import type { Counters } from './counts.js';
import { compareCounts } from './counts.js';
import type { Job, Verdict } from './job.js';
import { compareOutputs, prepareJob } from './job.js';
import { elaborate } from './netlist/json.js';
import type { Simulator } from './netlist/simulator.js';
import { buildSimulator } from './netlist/simulator.js';
import { traceVcd } from './netlist/vcd.js';
import { runNative } from './run-native.js';
import { runWasm } from './run-wasm.js';
import type { Tensor } from './tensor.js';

export type { Tensor } from './tensor.js';

export interface SimulateTask {
  readonly design: Design;
  /** Index of the layer. */
  readonly layer: number;
  readonly engine: 'wasm' | 'iverilog' | 'verilator';
  readonly seed: number;
  /** Probability of a stall of each DRAM channel in a cycle; cycles are only comparable without. */
  readonly stalls: number;
  readonly inputs?: Tensor;
  readonly weights?: Tensor;
  readonly bias?: Tensor;
  readonly vcd?: boolean;
}

export interface SimulateResult {
  readonly layer: string;
  readonly engine: string;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly counters: readonly { readonly name: string; readonly model: number; readonly rtl: number }[];
  /** pJ; that of the RTL is what it counted times the energies of the model. */
  readonly energy: readonly { readonly component: string; readonly model: number; readonly rtl: number }[];
  readonly outputs: { readonly words: number; readonly mismatches: number; readonly firstMismatch?: string; readonly zeros: number; readonly saturated: number };
  readonly tensor: Tensor;
  readonly seconds: number;
  readonly cyclesPerSecond: number;
  readonly vcd?: string;
}

/** The netlist of a machine, ready to run. */
export async function machineSimulator(t: Template): Promise<Simulator> {
  const { files, top } = accelerator(t);
  return buildSimulator(await elaborate(Object.fromEntries(files.map((f) => [`${f.module}.v`, f.text])), top), top);
}

/** The last machine that was built: the layers of a design follow each other, and building takes longer than most of them. */
let built: { readonly of: string; readonly simulator: Promise<Simulator> } | undefined;

/** A run begins by clearing the simulator and does not pause, so that calls may share one. */
function sharedSimulator(t: Template): Promise<Simulator> {
  const of = JSON.stringify(t);
  if (built?.of !== of) built = { of, simulator: machineSimulator(t) };
  return built.simulator;
}

/** Throws with a sentence where an engine fails; wrong results are not failures but figures. */
export async function simulateLayer(task: SimulateTask, progress: (cycles: number, expected: number) => void): Promise<SimulateResult> {
  const { design, engine, seed, stalls } = task;
  const { machine } = design;
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  const { layer, mapping } = design.layers[task.layer]!;
  invariant(mapping, `layer ${layer.name} has no mapping`);
  const t = machine.template;
  const architecture = arrangementFor(design, mapping);
  invariant(architecture, `no arrangement of ${t.name} has the levels of the mapping`);
  const chance = seeded(seed + task.layer);
  const job = prepareJob(accelerator(t), t, layer, mapping, chance, task);
  const compare = (counters: Counters) => compareCounts(architecture, layer, mapping, job.programs[0]!.nests, counters);
  const expected = design.layers[task.layer]!.cycles ?? 0;
  // Stalls stretch a run by 1 / (1 - p) at most; ten times that is a machine that hangs.
  const limit = Math.ceil((10 * expected) / (1 - Math.min(stalls, 0.95))) + 10_000;
  const simulator = engine === 'wasm' ? await sharedSimulator(t) : undefined;
  const begin = performance.now();
  const run = simulator ? inWasm(job, simulator) : await natively(job);
  const seconds = (performance.now() - begin) / 1000;
  const { cycles, counts, energy } = compare(run.counters);
  return { layer: layer.name, engine, cycles, counters: counts, energy, ...run.found, seconds, cyclesPerSecond: run.counters.cycles / seconds, ...(run.vcd !== undefined && { vcd: run.vcd }) };

  function inWasm(ready: Job, machineNow: Simulator) {
    const waves = task.vcd ? traceVcd(machineNow) : undefined;
    const run = runWasm(machineNow, ready, { stalls, chance, limit, sample: waves?.sample, progress: (cycles) => progress(cycles, expected) });
    if (run.refused) throw new Error('the machine refused the program: its capability word is another');
    if (!run.counters) throw new Error(`the machine was still busy after ${run.cycles} cycles`);
    return { counters: run.counters, found: found(compareOutputs(ready, run.activations)), vcd: waves?.text() };
  }

  async function natively(ready: Job) {
    invariant(engine !== 'wasm', 'no native engine');
    const run = await runNative(ready, { engine, stalls: Math.round(100 * stalls), seed, limit });
    if (!run.ok) throw new Error(run.diagnostics.map((d) => d.message).join('; '));
    return { counters: run.value.counters, found: found(compareOutputs(ready, run.value.activations)), vcd: undefined };
  }
}

function found({ tensor, firstMismatch, ...outputs }: Verdict): Pick<SimulateResult, 'outputs' | 'tensor'> {
  return { outputs: { ...outputs, ...(firstMismatch !== undefined && { firstMismatch }) }, tensor };
}
