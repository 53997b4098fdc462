// `magnet networks`, `archs`, `spaces` and `technology`: what is built in, and what a file holds, as tables, YAML or JSON.

import type { Parsed } from '../base/diagnostics.js';
import { refuse } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { printMachinery } from '../interchange/architecture-file.js';
import { printJson } from '../interchange/json-print.js';
import { printSpace, spaceRows } from '../interchange/space-file.js';
import { printTechnology } from '../interchange/technology-file.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { draw } from '../report/figures/draw-lazily.js';
import { graphFigure } from '../report/figures/graph-figure.js';
import { machineryName, presets } from '../model/machine/presets.js';
import { spaces as builtinSpaces } from '../model/space/built-in-spaces.js';
import {
  machinesTable,
  machineTable,
  networksTable,
  networkTable,
  spacesTable,
  spaceTable,
  technologyTable,
} from '../report/tables/listings.js';
import { technology16nm } from '../model/machine/technology.js';
import { builtinNetworks } from '../workloads/builtin-networks.js';
import { checkFigure, checkTargets, complain, writeText } from './files.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import {
  machineDetails,
  machineEntry,
  networkDetails,
  networkEntry,
  spaceDetails,
  spaceEntry,
} from '../results/listing-records.js';
import { packagedNames } from './packaged.js';
import { loadMachine, loadTechnology, lower } from './read-machine.js';
import type { ArchsOptions, NetworksOptions } from '../options/listing-tables.js';
import { readSpace } from './read-space.js';
import { loadWorkload } from './read-workload.js';
import { whyNoFile } from '../interchange/hardware-file.js';

interface Printed {
  /** As a file to start from. */
  readonly yaml?: boolean;
  readonly json?: boolean;
}

/** The form that was asked for; both at once are refused. */
function print(
  io: Io,
  { yaml, json }: Printed,
  forms: { readonly table: () => string; readonly yaml?: () => string; readonly data: () => unknown },
): ExitCode {
  if (yaml && json)
    return complain(io, [
      { code: 'conflict', path: [], message: '--yaml and --json are two forms of the same; choose one' },
    ]);
  const file = yaml && forms.yaml ? forms.yaml() : json ? `${printJson(forms.data())}\n` : undefined;
  if (file === undefined) io.out(`${forms.table()}\n`);
  else (io.data ?? io.out)(file);
  return exit.done;
}

const nameOne = (io: Io, what: string, names: readonly string[]): ExitCode =>
  complain(io, [{ code: 'missing', path: [], message: `--yaml prints one ${what}; name it: ${names.join(', ')}` }]);

export async function networks(io: Io, given: string | undefined, options: NetworksOptions): Promise<ExitCode> {
  const { svg } = options;
  if (given === undefined && svg !== undefined)
    return complain(io, [{ code: 'missing', path: [], message: '--svg draws the steps of one network; name it' }]);
  if (given === undefined) {
    const trained = packagedNames.flatMap((name) => {
      const read = loadWorkload(io, name, {});
      return read.ok ? [read.value.network] : [];
    });
    const all = [...builtinNetworks, ...trained];
    return print(io, options, {
      table: () => networksTable(all),
      data: () => ({ networks: all.map(networkEntry) }),
    });
  }
  const target = svgTarget(io, svg, given);
  if (!target.ok) return complain(io, target.diagnostics);
  const workload = loadWorkload(io, given, {
    batch: options.batch,
    dims: options.dim,
    sameShape: options.sameShape,
    replaced: true,
    graphAlone: true,
  });
  if (!workload.ok) return complain(io, workload.diagnostics);
  const { network } = workload.value;
  const graph = workload.value.graph?.();
  if (graph?.ok === false) return complain(io, graph.diagnostics);
  if (svg !== undefined) {
    const written = await drawSteps(io, svg, given, graph?.value);
    if (!written.ok) return complain(io, written.diagnostics);
  }
  if (svg === '-') return exit.done;
  return print(io, options, {
    table: () => networkTable(network, graph?.value),
    data: () => networkDetails(network, graph?.value),
  });
}

function svgTarget(io: Io, svg: string | undefined, read: string): Parsed<undefined> {
  const figure = checkFigure('--svg', svg);
  return figure.ok ? checkTargets(io, { '--svg': svg }, [read]) : figure;
}

async function drawSteps(
  io: Io,
  svg: string,
  given: string,
  graph: NetworkGraph | undefined,
): Promise<Parsed<undefined>> {
  return graph
    ? writeText(io, svg, await draw(graphFigure(graph)))
    : refuse(
        'no-effect',
        [],
        `--svg draws the steps of a network, and ${given} has layers alone, without what lies between them; ` +
          'give an ONNX file or a built-in network',
      );
}

export function archs(io: Io, given: string | undefined, options: ArchsOptions): ExitCode {
  if (given === undefined) {
    if (options.yaml) return nameOne(io, 'architecture', presets.map(machineryName));
    const machines = presets.map((m) => lower(m, technology16nm));
    return print(io, options, {
      table: () =>
        machinesTable(
          machines.map(({ name, machinery, architectures }) => ({
            name,
            kind: machinery.kind,
            architecture: nth(architectures, 0),
          })),
        ),
      data: () => ({ architectures: machines.map(machineEntry) }),
    });
  }
  const read = loadMachine(io, given, options.technology);
  if (!read.ok) return complain(io, read.diagnostics);
  const machine = read.value;
  const unsaid = options.yaml ? whyNoFile(machine.machinery) : undefined;
  if (unsaid !== undefined) return complain(io, [{ code: 'not-covered', path: [], message: `--yaml: ${unsaid}` }]);
  return print(io, options, {
    table: () => machineTable(machine.architectures),
    yaml: () => printMachinery(machine.machinery),
    data: () => machineDetails(machine),
  });
}

export function spaces(io: Io, given: string | undefined, options: Printed): ExitCode {
  if (given === undefined) {
    if (options.yaml)
      return nameOne(
        io,
        'design space',
        builtinSpaces.map((s) => s.name),
      );
    return print(io, options, {
      table: () => spacesTable(builtinSpaces),
      data: () => ({ spaces: builtinSpaces.map(spaceEntry) }),
    });
  }
  const read = readSpace(io, given);
  if (!read.ok) return complain(io, read.diagnostics);
  const space = read.value;
  return print(io, options, {
    table: () => spaceTable(space, spaceRows(space)),
    yaml: () => printSpace(space),
    data: () => spaceDetails(space),
  });
}

export function technology(io: Io, given: string | undefined, options: Printed): ExitCode {
  const read = loadTechnology(io, given ?? technology16nm.name);
  if (!read.ok) return complain(io, read.diagnostics);
  return print(io, options, {
    table: () => technologyTable(read.value),
    yaml: () => printTechnology(read.value),
    data: () => read.value,
  });
}
