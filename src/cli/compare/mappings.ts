// The question of `compare --arch`: mappings of every layer of a network on one machine.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { conventionsByName, magnetConventions } from '../../model/conventions.js';
import { objectiveUnits } from '../../model/goal.js';
import type { Network } from '../../model/network.js';
import { technology16nm } from '../../model/technology.js';
import { areaOfMachine } from '../../report/listings.js';
import { digits } from '../../report/quantities.js';
import type { Task } from '../../search/strategy.js';
import { entriesOf, everybody, isHeuristic, referee } from '../../tuner/compare/contestants.js';
import type { SolverName } from '../../tuner/map-layer.js';
import { solverNames } from '../../tuner/map-layer.js';
import type { CompareJob } from './job.js';
import { strategiesOf } from './job.js';
import type { CompareOptions } from './options.js';
import type { Io } from '../io.js';
import { parseLimits } from '../limits.js';
import type { Machine } from '../machine.js';
import { loadMachine, lower, presetNames, technologyNote } from '../machine.js';
import type { Workload } from '../workload.js';

export async function prepareMappings(io: Io, { fromCase }: Workload, network: Network, options: CompareOptions): Promise<Parsed<CompareJob>> {
  const machine = machineFor(io, fromCase, options);
  const names = strategiesOf(options.strategies, solverNames);
  if (!machine.ok || !names.ok) return refused([machine, names].flatMap((r): readonly Diagnostic[] => (r.ok ? [] : r.diagnostics)));
  const { name, machinery, technology, architectures } = machine.value;
  const limits = parseLimits(options.limit ?? [], architectures[0]!.clock);
  if (!limits.ok) return limits;
  const area = areaOfMachine(architectures[0]!);
  const { layer: own, area: mostArea } = limits.value;
  if (mostArea !== undefined && area === undefined) return refuse('no-area', [], `--limit area: the area of ${name} is not known, because it is not made from the template; drop the limit`);
  const question = {
    machine: machinery.kind === 'template' ? { template: machinery.template, technology } : undefined,
    conventions: conventionsByName.find((c) => c.name === options.conventions) ?? fromCase?.conventions ?? magnetConventions,
    goal: { objective: options.objective, limits: own },
  };
  const contestants = await contestantsOf(names.value, question);
  if (!contestants.ok) return contestants;
  return parsed({
    request: {
      arenas: network.layers.map(({ layer, count }) => ({ name: layer.name, count })),
      contestants: contestants.value,
      referee: { strategy: referee, first: contestants.value.every(isHeuristic) },
      time: options.time,
      repeat: options.repeat,
      seed: options.seed,
      gap: options.gap ?? 1e-4,
    },
    question: { kind: 'mappings', tasks: network.layers.map(({ layer }): Task => ({ ...question, architectures, layer, padding: options.padding })) },
    network,
    on: name,
    unit: objectiveUnits[options.objective],
    conventions: question.conventions.name,
    limits: { ...own, ...(mostArea !== undefined && { area: mostArea }) },
    hopeless: mostArea !== undefined && area! > mostArea ? `${name} takes ${digits(area!)} mm2, more than the limit of ${digits(mostArea)} mm2; choose a smaller machine or a higher limit` : undefined,
    notes: [technologyNote(machine.value, options.technology).trim()].filter((note) => note !== ''),
  });
}

/** A case brings its own machine, which --arch replaces. */
function machineFor(io: Io, fromCase: Workload['fromCase'], { arch, technology }: CompareOptions): Parsed<Machine> {
  if (arch !== undefined) return loadMachine(io, arch, technology);
  if (fromCase) return parsed(lower({ kind: 'hierarchy', architecture: fromCase.architecture }, technology16nm));
  return refuse('missing', [], `--arch or --space is missing: name a preset (${presetNames.join(', ')}) or an architecture file to compare mappings, or a design space ("magnet spaces" lists them) to compare searches over machines`);
}

/** Who was asked for must be able to take part; where nobody was named, those do who can. */
async function contestantsOf(names: readonly SolverName[] | undefined, question: Parameters<typeof everybody>[0]): Promise<Parsed<readonly SolverName[]>> {
  if (names === undefined) return parsed(await everybody(question));
  const faults = (await entriesOf(names, question)).flatMap(({ strategy, obstacle }): readonly Diagnostic[] => (obstacle === undefined ? [] : [{ code: 'unsuited-strategy', path: [], message: `${strategy} cannot take part: ${obstacle}` }]));
  return faults.length > 0 ? refused(faults) : parsed(names);
}
