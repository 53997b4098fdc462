// A job run by the netlist in WebAssembly, with the host and DRAM played around it, cycle by cycle.

import type { CounterName } from '../model/machine/template-names.js';
import { counters } from '../model/machine/template-names.js';
import { blockOf } from '../rtl/registers.js';
import { axiHost } from './axi-host.js';
import { channelHost } from './channel-host.js';
import type { Counters } from './counts.js';
import type { HostJob, HostOptions } from './host.js';
import type { Simulator } from './netlist/simulator.js';

export interface RunOptions extends HostOptions {
  /** Cycles after which a machine that is still busy is given up. */
  readonly limit: number;
  progress: (cycles: number) => void;
}

export interface Run {
  /** Undefined where the machine did not come to an end. */
  readonly counters: Counters | undefined;
  readonly activations: Int32Array;
  readonly cycles: number;
  /** The machine did not accept the program. */
  readonly refused: boolean;
}

const reportEvery = 20_000;

export function runWasm(simulator: Simulator, job: HostJob, options: RunOptions): Run {
  const { bus, registers } = job.accelerator;
  simulator.clear();
  const host = (bus === 'axi' ? axiHost : channelHost)(simulator, job, options);
  const read = (name: string) => host.read(blockOf(registers, name).base);
  let cycles = 0;
  const counted = Object.fromEntries(counters.map(([name]) => [name, 0])) as Record<CounterName, number>;
  const ended = (refused: boolean, of?: Counters): Run => ({
    counters: of,
    activations: host.activations(),
    cycles,
    refused,
  });
  for (const program of job.programs) {
    program.writes.forEach(host.write);
    host.write(program.start);
    if ((read('status') & 2) === 0) return ended(true);
    for (; host.busy() && cycles < options.limit; cycles++) {
      host.clock();
      if (cycles % reportEvery === reportEvery - 1) options.progress(cycles + 1);
    }
    if (host.busy()) return ended(false);
    for (const [name] of counters) counted[name] += read(`count_${name}`);
  }
  return ended(false, counted);
}
