// A job run by the netlist in WebAssembly, with the host and DRAM played around it, cycle by cycle.

import type { CounterName } from '../model/machine/template-names.js';
import { counters } from '../model/machine/template-names.js';
import { blockOf } from '../rtl/registers.js';
import { axiHost } from './axi-host.js';
import { channelHost } from './channel-host.js';
import type { Counters } from './counts.js';
import type { Host, HostJob, HostOptions } from './host.js';
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
  /** Of all cycles, those that the counters do not see: writes for which the machine waits, and their taking over. */
  readonly configuration: number;
  /** Writes of the job's `next` program that went ahead. */
  readonly written: number;
  /** The machine did not accept the program. */
  readonly refused: boolean;
}

const reportEvery = 20_000;

export function runWasm(simulator: Simulator, job: HostJob, options: RunOptions): Run {
  const { bus, registers } = job.accelerator;
  simulator.clear();
  const host = (bus === 'axi' ? axiHost : channelHost)(simulator, job, options);
  const read = (name: string) => host.read(blockOf(registers, name).base);
  let [cycles, configuration, written] = [0, 0, job.written ?? 0];
  const counted = Object.fromEntries(counters.map(([name]) => [name, 0])) as Record<CounterName, number>;
  const ended = (refused: boolean, of?: Counters): Run => ({
    counters: of,
    activations: host.activations(),
    cycles,
    configuration,
    written,
    refused,
  });
  for (const [i, program] of job.programs.entries()) {
    for (const write of program.writes.slice(written)) configuration += host.write(write);
    configuration += host.write(program.start);
    if ((read('status') & 2) === 0) return ended(true);
    const [following, begin] = [job.programs[i + 1] ?? job.next, cycles];
    const ahead = following?.writes.slice(0, following.ahead ?? 0) ?? [];
    for (written = 0; host.busy() && cycles < options.limit;) {
      const write = ahead[written];
      const reported = Math.floor(cycles / reportEvery);
      if (write) written++;
      cycles += write ? host.write(write) : clocked(host);
      if (Math.floor(cycles / reportEvery) > reported) options.progress(cycles);
    }
    if (host.busy()) return ended(false);
    configuration += cycles - begin - read('count_cycles');
    for (const [name] of counters) counted[name] += read(`count_${name}`);
  }
  return ended(false, counted);
}

const clocked = (host: Pick<Host, 'clock'>): number => {
  host.clock();
  return 1;
};

/** Between two runs there is no reset: what the one before has left in registers and buffers is still there. */
export const warm = (simulator: Simulator): Simulator => ({
  ...simulator,
  clear: () => {},
  set: (port, value) => simulator.set(port, port === 'rst' ? 0 : value),
});
