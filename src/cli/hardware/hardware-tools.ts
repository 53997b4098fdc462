// What the hardware verbs call: generation, simulation and synthesis in workers. Loaded at first use; tests bring their own.

import type { Parsed } from '../../base/diagnostics.js';
import type { Design } from '../../model/space/design.js';
import { openRunner } from '../../pool/node/open-runner.js';
import type { ChainProgress, ChainResult, ChainTask } from '../../sim/chain.js';
import type { Built, NativeSimulator } from '../../sim/native/native-simulation.js';
import type { SimulationState } from '../../sim/engines.js';
import { simTasks } from '../../sim/sim-tasks.js';
import type { SimulateResult, SimulateTask } from '../../sim/simulate.js';
import type { SynthResult } from '../../sim/synth/synth.js';
import type { SynthTaskInput } from '../../sim/synth/synth-task.js';
import type { Bus } from '../../model/machine/template-names.js';
import type { EmitOptions, EmittedFile } from '../../sim/emit-files.js';

export interface Tools {
  readonly emit: (design: Design, options: EmitOptions) => Promise<Parsed<readonly EmittedFile[]>>;
  /** A native engine, built once for some layers of a design; it goes away with `close`. */
  readonly build: (design: Design, layers: readonly number[], engine: NativeSimulator, bus?: Bus) => Promise<Built>;
  readonly simulate: (task: SimulateTask, progress: (state: SimulationState) => void) => Promise<SimulateResult>;
  readonly chain: (task: ChainTask, progress: ChainProgress) => Promise<ChainResult>;
  readonly synthesize: (task: SynthTaskInput, progress: (stage: string) => void) => Promise<SynthResult>;
  /** How many tasks are at work at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export function makeTools(workers: number): Tools {
  const closing = new AbortController();
  let building: Promise<Built> | undefined;
  // Programs of others work beside this thread, which only waits for them.
  const build: Tools['build'] = async (design, layers, engine, bus) => {
    const { buildFor } = await import('../../sim/simulate.js');
    return (building = buildFor(design, layers, engine, { bus, signal: closing.signal }));
  };
  const discard = async () => {
    closing.abort();
    const built = await building?.catch(() => undefined);
    if (built) await (await import('../../sim/run-native.js')).discardBench(built);
  };
  const runner = openRunner(simTasks, workers);
  return {
    emit: (design, options) => runner.run('emit', { design, options }),
    build,
    simulate: (task, progress) => runner.run('simulate', task, { progress }),
    chain: (task, progress) => runner.run('chain', task, { progress }),
    synthesize: (task, progress) => runner.run('synth', task, { progress }),
    width: runner.width,
    close: async () => {
      await runner.close();
      await discard();
    },
  };
}
