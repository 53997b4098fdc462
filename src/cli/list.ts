// `magnet networks`, `magnet archs` and `magnet spaces`: what is built in, and what a file holds.

import { printMachinery } from '../interchange/architecture.js';
import { printSpace, spaceRows } from '../interchange/space-file.js';
import { machineryName, presets } from '../model/presets.js';
import { spaces as builtinSpaces } from '../model/spaces.js';
import { machinesTable, machineTable, networksTable, networkTable, spacesTable, spaceTable } from '../report/listings.js';
import { technology16nm } from '../model/technology.js';
import { builtinNetworks } from '../workloads/builtin.js';
import { complain } from './files.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { loadMachine, lower, whyNoFile } from './machine.js';
import { readSpace } from './space.js';
import { loadWorkload } from './workload.js';

export interface NetworksOptions {
  readonly batch?: number;
  readonly dim?: Readonly<Record<string, number>>;
  readonly sameShape?: readonly string[];
}

export function networks(io: Io, given: string | undefined, options: NetworksOptions): ExitCode {
  if (given === undefined) {
    io.out(`${networksTable(builtinNetworks)}\n`);
    return exit.done;
  }
  const workload = loadWorkload(io, given, { batch: options.batch, dims: options.dim, sameShape: options.sameShape, replaced: true });
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
  const unsaid = options.yaml ? whyNoFile(machine.value) : undefined;
  if (unsaid !== undefined) return complain(io, [{ code: 'not-covered', path: [], message: `--yaml: ${unsaid}` }]);
  io.out(options.yaml ? printMachinery(machine.value.machinery) : `${machineTable(machine.value.architectures)}\n`);
  return exit.done;
}

export interface SpacesOptions {
  readonly yaml?: boolean;
}

export function spaces(io: Io, given: string | undefined, options: SpacesOptions): ExitCode {
  if (given === undefined) {
    if (options.yaml) return complain(io, [{ code: 'missing', path: [], message: `--yaml prints one design space; name it: ${builtinSpaces.map((s) => s.name).join(', ')}` }]);
    io.out(`${spacesTable(builtinSpaces)}\n`);
    return exit.done;
  }
  const space = readSpace(io, given);
  if (!space.ok) return complain(io, space.diagnostics);
  io.out(options.yaml ? printSpace(space.value) : `${spaceTable(space.value, spaceRows(space.value))}\n`);
  return exit.done;
}
