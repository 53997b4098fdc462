// A machine in WebAssembly that takes down when its engines are busy while it runs a network.

import { nth } from '../base/invariant.js';
import { EngineTrace } from './engine-trace.js';
import type { Simulator } from './netlist/simulator.js';
import type { NetworkMachine } from './network-machine.js';
import { wasmMachine } from './network-machine.js';
import type { Timeline } from './trace-events.js';

export interface TracedMachine {
  readonly machine: NetworkMachine;
  /** What was taken down of the first runs, by their names; what runs behind it is not. Undefined if nothing is. */
  readonly timeline: (runs: readonly string[]) => Timeline | undefined;
}

export const untraced = (machine: NetworkMachine): TracedMachine => ({ machine, timeline: () => undefined });

/** `simulator` shows `tracedNets`. */
export function tracedMachine(simulator: Simulator): TracedMachine {
  const trace = new EngineTrace(simulator);
  const begun: number[] = [];
  let isOver = false;
  const machine = wasmMachine(simulator, () => {
    if (!isOver) trace.sample();
  });
  return {
    machine: {
      ...machine,
      run: (job, options) => {
        begun.push(trace.cycles);
        return machine.run(job, options);
      },
    },
    timeline: (runs) => {
      isOver = true;
      const ends = [...begun.slice(1), trace.cycles];
      return {
        runs: runs.map((name, i) => ({ name, from: nth(begun, i), cycles: nth(ends, i) - nth(begun, i) })),
        engines: trace.stretches,
      };
    },
  };
}
