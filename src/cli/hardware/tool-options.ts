// What the hardware verbs call: generation, simulation and synthesis in workers. Loaded at first use; tests bring their own.

import type { Parsed } from '../../base/diagnostics.js';
import type { Design } from '../../model/space/design.js';
import { Pool } from '../../pool/pool.js';
import type { ChainProgress, ChainResult, ChainTask } from '../../sim/chain.js';
import type { Built, NativeEngine } from '../../sim/native/native-simulation.js';
import type { SimulationNews } from '../../sim/engines.js';
import type { SimulateResult, SimulateTask } from '../../sim/simulate.js';
import type { Library } from '../../sim/synth/liberty/library.js';
import type { SynthResult } from '../../sim/synth/synth.js';

export interface EmittedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface SynthTask {
  readonly design: Design;
  /** In place of the library of magnet. */
  readonly library?: Library;
  readonly native: boolean;
}

export interface Tools {
  readonly emit: (
    design: Design,
    options: { readonly testbench: boolean; readonly seed: number; readonly golden: readonly number[] },
  ) => Promise<Parsed<readonly EmittedFile[]>>;
  /** A native engine, built once for some layers of a design; it goes away with `close`. */
  readonly build: (design: Design, layers: readonly number[], engine: NativeEngine) => Promise<Built>;
  readonly simulate: (task: SimulateTask, progress: (news: SimulationNews) => void) => Promise<SimulateResult>;
  readonly chain: (task: ChainTask, progress: ChainProgress) => Promise<ChainResult>;
  readonly synthesize: (task: SynthTask, progress: (stage: string) => void) => Promise<SynthResult>;
  /** How many tasks are at work at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

/** Seconds, the longest that a timer can wait: large layers take hours, and Ctrl-C ends them. */
const patience = 2_000_000;

export function makeTools(workers: number): Tools {
  const closing = new AbortController();
  let building: Promise<Built> | undefined;
  // Programs of others work beside this thread, which only waits for them.
  const build: Tools['build'] = async (design, layers, engine) => {
    const { buildFor } = await import('../../sim/simulate.js');
    return (building = buildFor(design, layers, engine, closing.signal));
  };
  const discard = async () => {
    closing.abort();
    const built = await building?.catch(() => undefined);
    if (built) await (await import('../../sim/native/native-simulation.js')).discard(built);
  };
  // Sources that are run as they are (tests, tsx) have no compiled worker: all in this thread.
  if (import.meta.url.endsWith('.ts')) {
    return {
      emit: async (design, options) => (await import('../../sim/emit-files.js')).emitDesign(design, options),
      build,
      simulate: async (task, progress) => (await import('../../sim/simulate-task.js')).simulateTask(task, progress),
      chain: async (task, progress) => (await import('../../sim/simulate-task.js')).chainTask(task, progress),
      synthesize: async (task, progress) => (await import('../../sim/synth/synth-task.js')).synthTask(task, progress),
      width: 1,
      close: discard,
    };
  }
  const pool = new Pool(Math.max(1, workers));
  const run = (module: string, name: string, input: unknown, progress: (...news: never[]) => void) =>
    pool.run({ url: new URL(module, import.meta.url).href, name, input, progress, patience });
  return {
    emit: async (design, options) =>
      (await run('../../sim/emit-task.js', 'emitTask', { design, options }, () => {})) as Parsed<
        readonly EmittedFile[]
      >,
    build,
    simulate: async (task, progress) =>
      (await run('../../sim/simulate-task.js', 'simulateTask', task, progress)) as SimulateResult,
    chain: async (task, progress) =>
      (await run('../../sim/simulate-task.js', 'chainTask', task, progress)) as ChainResult,
    synthesize: async (task, progress) =>
      (await run('../../sim/synth/synth-task.js', 'synthTask', task, progress)) as SynthResult,
    width: pool.size,
    close: async () => {
      await pool.close();
      await discard();
    },
  };
}
