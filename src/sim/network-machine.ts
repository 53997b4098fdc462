// What runs a network's programs, whatever engine it is: jobs one after the other, without a reset in between.

import type { Parsed } from '../base/diagnostics.js';
import type { NetworkProgram } from '../compile/network-program.js';
import type { HostJob, HostProgram } from './host.js';
import type { NativeMachineOptions } from './native-machine.js';
import { openNative } from './native-machine.js';
import type { NativeSimulator } from './native/native-simulation.js';
import type { Simulator } from './netlist/simulator.js';
import type { Run, RunOptions } from './run-wasm.js';
import { runWasm, warm } from './run-wasm.js';

export interface NetworkMachine {
  /** Throws with a sentence where the engine fails. */
  readonly run: (job: HostJob, options: RunOptions) => Promise<Run>;
  readonly close: () => Promise<void>;
}

/** `sample` is told after every clock. */
export function wasmMachine(simulator: Simulator, sample?: () => void): NetworkMachine {
  let now = simulator;
  return {
    run: (job, options) => {
      const run = runWasm(now, job, { ...options, sample });
      now = warm(simulator);
      return Promise.resolve(run);
    },
    close: async () => {},
  };
}

/** A bench with room for a network's programs and its memories, built and started. */
export async function nativeMachine(
  engine: NativeSimulator,
  { accelerator: a, activations, weights }: NetworkProgram,
  programs: readonly HostProgram[],
  options: NativeMachineOptions,
): Promise<NetworkMachine> {
  const value = <T>(made: Parsed<T>): T => {
    if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('; '));
    return made.value;
  };
  // A program, its start, and what goes ahead of the next one.
  const writes = 1 + 2 * programs.reduce((n, p) => Math.max(n, p.writes.length), 0);
  const opened = value(await openNative(engine, a, { activations, weights, writes }, options));
  return { run: async (job, limits) => value(await opened.run(job, limits)), close: opened.close };
}
