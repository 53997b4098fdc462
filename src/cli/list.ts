// `magnet networks` and `magnet archs`: what is built in, and what a file holds.

import { printMachinery } from '../interchange/architecture.js';
import { machineryName, presets } from '../model/presets.js';
import { machinesTable, machineTable, networksTable, networkTable } from '../report/listings.js';
import { technology16nm } from '../model/technology.js';
import { builtinNetworks } from '../workloads/builtin.js';
import { complain } from './files.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { loadMachine, lower } from './machine.js';
import { loadWorkload } from './workload.js';

export interface NetworksOptions {
  readonly batch?: number;
  readonly dim?: Readonly<Record<string, number>>;
}

export function networks(io: Io, given: string | undefined, options: NetworksOptions): ExitCode {
  if (given === undefined) {
    io.out(`${networksTable(builtinNetworks)}\n`);
    return exit.done;
  }
  const workload = loadWorkload(io, given, { batch: options.batch, dims: options.dim });
  if (!workload.ok) return complain(io, workload.diagnostics);
  io.out(`${networkTable(workload.value.network)}\n`);
  return exit.done;
}

export interface ArchsOptions {
  readonly technology?: string;
  readonly yaml?: boolean;
}

export function archs(io: Io, given: string | undefined, options: ArchsOptions): ExitCode {
  if (given === undefined) {
    if (options.yaml) return complain(io, [{ code: 'missing', path: [], message: `--yaml prints one architecture; name it: ${presets.map(machineryName).join(', ')}` }]);
    const machines = presets.map((m) => lower(m, technology16nm));
    io.out(`${machinesTable(machines.map(({ name, machinery, architectures }) => ({ name, kind: machinery.kind, architecture: architectures[0]! })))}\n`);
    return exit.done;
  }
  const machine = loadMachine(io, given, options.technology);
  if (!machine.ok) return complain(io, machine.diagnostics);
  io.out(options.yaml ? printMachinery(machine.value.machinery) : `${machineTable(machine.value.architectures)}\n`);
  return exit.done;
}
