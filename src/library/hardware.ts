// A design as hardware, as `magnet rtl`, `simulate` and `synth` make it: each in one call.

import { eachAtOnce } from '../base/each-at-once.js';
import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { printDiagnostic } from '../base/diagnostics.js';
import type { Design } from '../model/space/design.js';
import { disagreements } from '../report/tables/simulation-table.js';
import { isSlow } from '../results/simulate-answer.js';
import type { ChainResult } from '../sim/chain.js';
import type { Given } from '../sim/drawn-data.js';
import type { Bus } from '../model/machine/template-names.js';
import type { EmitOptions, EmittedFile } from '../sim/emit-files.js';
import type { SimulatorKind, SimulationState } from '../sim/engines.js';
import type { HardwareDesign } from '../sim/hardware-design.js';
import { asHardware, chooseLayers } from '../sim/hardware-design.js';
import { simTasks } from '../sim/sim-tasks.js';
import type { SimulateResult } from '../sim/simulate.js';
import type { Library } from '../sim/synth/liberty/library.js';
import type { SynthResult } from '../sim/synth/synth.js';
import { solveOn } from '../tuner/on-workers.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';
import { layersAlone, scheduledLayers } from './layers-alone.js';
import type { CallOptions } from './session.js';
import { onRunner } from './session.js';

/** What is said of the design's faults is what the call rejects with. */
function sound<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Layers of schedules as each runs alone. */
const alone = async (design: HardwareDesign, { workers, signal }: CallOptions): Promise<HardwareDesign> => {
  const scheduled = scheduledLayers(design);
  if (scheduled.length === 0) return design;
  return onRunner(tunerTasks, { workers, signal }, (runner) => layersAlone(design, scheduled, solveOn(runner)));
};

/** Verilog, a program for every layer, and a bench with golden data: paths below a folder of your own, and their text. */
export const emit = async (
  design: Design,
  { workers, signal, ...options }: EmitOptions & CallOptions = {},
): Promise<readonly EmittedFile[]> =>
  onRunner(simTasks, { workers, signal }, async ({ run }) =>
    sound(await run('emit', { design: await alone(sound(asHardware(design)), { workers, signal }), options })),
  );

/** Which layers are simulated, on what and with which data; what is left out is as the fields say. */
export interface SimulateOptions extends CallOptions, Given {
  /** By name, or by place in the design from 0: all that have a mapping. */
  readonly layers?: readonly (string | number)[];
  /** `wasm` needs nothing installed; the others need their programs, and Node. */
  readonly engine?: SimulatorKind;
  /** Of data that are not given: 1. */
  readonly seed?: number;
  /** Probability that DRAM stalls in a cycle, 0 to 0.9: 0. Cycles are the model's at 0 only. */
  readonly stalls?: number;
  /** Cycles by which an answer of DRAM may be late: 0, likewise. */
  readonly latency?: number;
  /** How the machine is connected: on channels of its own. Cycles are the model's there only. */
  readonly bus?: Bus;
  /** Waves with the result, as the text of a VCD file. */
  readonly vcd?: boolean;
  /** Switching activity with the result, as the text of a SAIF file. */
  readonly saif?: boolean;
  readonly progress?: (layer: string, state: SimulationState) => void;
}

/** What `simulate` answers of a layer. */
export interface SimulatedLayer extends SimulateResult {
  /** Where hardware and model differ, a sentence each; empty where outputs, cycles and all counts are as the model says. */
  readonly disagreements: readonly string[];
}

/** The design's Verilog runs its layers, each alone; `inputs`, `weights` and `bias` are of one layer. */
export async function simulate(design: Design, options: SimulateOptions = {}): Promise<readonly SimulatedLayer[]> {
  const { layers, engine = 'wasm', seed = 1, stalls = 0, latency = 0, bus = 'native', progress = () => {} } = options;
  const { workers, signal, layers: _, progress: __, ...rest } = options;
  const hardware = await alone(sound(asHardware(design)), { workers, signal });
  const chosen = sound(chooseLayers(hardware, design.name, layers?.map(String)));
  const single = (['inputs', 'weights', 'bias', 'vcd', 'saif'] as const).filter((key) => options[key] !== undefined);
  if (single.length > 0 && chosen.length > 1)
    throw new Error(`${single.join(', ')}: of one layer, and ${chosen.length} are to be simulated; name one in layers`);
  const results: SimulatedLayer[] = [];
  await onRunner(simTasks, { workers, signal }, ({ run, width }) =>
    eachAtOnce(
      width,
      chosen,
      async (layer, i) => {
        const { name } = nth(design.layers, layer).layer;
        const task = { ...rest, design: hardware, layer, engine, seed, stalls, latency, bus };
        const result = await run('simulate', task, { progress: (state) => progress(name, state) });
        results[i] = { ...result, disagreements: disagreements(result, isSlow({ stalls, latency, bus })) };
      },
      () => signal?.aborted ?? false,
    ),
  );
  return results;
}

/** How a network is simulated; what is left out is as for `simulate`, and its engine is `wasm`. */
export interface ChainOptions
  extends CallOptions, Pick<SimulateOptions, 'seed' | 'stalls' | 'latency' | 'bus' | 'inputs'> {
  readonly progress?: (layer: number, state: SimulationState) => void;
}

/** The whole network in one DRAM, each layer reading what the one before wrote. */
export const simulateNetwork = async (design: Design, options: ChainOptions = {}): Promise<ChainResult> => {
  const { seed = 1, stalls = 0, latency = 0, bus = 'native', inputs, progress = () => {} } = options;
  const own = await alone(sound(asHardware(design)), options);
  const task = { design: own, seed, stalls, latency, bus, ...(inputs && { inputs }) };
  return onRunner(simTasks, options, ({ run }) => run('chain', task, { progress }));
};

/** What a design is synthesized with. */
export interface SynthesizeOptions extends CallOptions {
  /** What `readLibrary` reads from Liberty files: a 16 nm library of magnet. */
  readonly library?: Library;
  /** By the yosys on the PATH, in Node, in place of the one that comes with magnet. */
  readonly native?: boolean;
  readonly progress?: (stage: string) => void;
}

/** The logic synthesized to cells, module by module; areas in um2 of cells, and mm2 beside the model's. */
export const synthesize = async (design: Design, options: SynthesizeOptions = {}): Promise<SynthResult> => {
  const { library, native = false, progress = () => {} } = options;
  const task = { design: sound(asHardware(design)), native, ...(library && { library }) };
  return onRunner(simTasks, options, ({ run }) => run('synth', task, { progress }));
};
