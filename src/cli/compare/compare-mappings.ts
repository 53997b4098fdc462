// The question of `compare --arch`: mappings of every layer of a network on one machine.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import { objectiveOfLayers } from '../../model/cost/network-goal.js';
import type { Task } from '../../search/strategy.js';
import type { MissingSolvers } from '../../tuner/compare/contestants.js';
import { entriesOf, everybody, isHeuristic, referee } from '../../tuner/compare/contestants.js';
import type { SolverName } from '../../tuner/solver-names.js';
import { solverNames } from '../../tuner/solver-names.js';
import { goalOf } from '../../tuner/map-network.js';
import type { CompareJob } from './compare-job.js';
import { strategiesOf } from './compare-job.js';
import type { CompareOptions } from '../../options/compare-table.js';
import type { Io } from '../io.js';
import type { PlainLimits } from '../../library/layer-limits.js';
import { presetNames, technologyNote } from '../read-machine.js';
import { readMappingQuestion, tooLargeFor } from '../mapping-question.js';
import { limitsByName } from '../../results/limits-by-name.js';

export function prepareMappings(
  io: Io,
  given: string,
  options: CompareOptions,
  missing: MissingSolvers,
  plain: PlainLimits,
): Parsed<CompareJob> {
  const read = readMappingQuestion(
    io,
    given,
    options,
    `--arch or --space is missing: name a preset (${presetNames.join(', ')}) or an architecture file to compare ` +
      'mappings, or a design space ("magnet spaces" lists them) to compare searches over machines',
    plain,
  );
  const names = strategiesOf(options.strategies, solverNames);
  if (!read.ok || !names.ok) return refused(faultsOf(read, names));
  const {
    network,
    machine,
    conventions,
    limits: { each, layers: own, understood },
  } = read.value;
  const { name, machinery, technology, architectures } = machine;
  const question = {
    machine: machinery.kind === 'template' ? { template: machinery.template, technology } : undefined,
    conventions,
    goal: { objective: objectiveOfLayers[options.objective], limits: each },
  };
  const tasks = network.layers.map(({ layer }): Task => ({
    ...question,
    goal: goalOf({ goal: question.goal, layerLimits: own }, layer),
    architectures,
    layer,
    padding: options.padding,
  }));
  const contestants = contestantsOf(names.value, tasks, missing);
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
    question: { kind: 'mappings', tasks },
    network,
    on: name,
    conventions: conventions.name,
    limits: limitsByName(read.value.limits),
    hopeless: tooLargeFor(read.value),
    notes: [technologyNote(machine, options.technology).trim()].filter((note) => note !== ''),
    understood,
  });
}

/** Who was asked for must be able to take part; where nobody was named, those do who can. */
function contestantsOf(
  names: readonly SolverName[] | undefined,
  tasks: readonly Task[],
  missing: MissingSolvers,
): Parsed<readonly SolverName[]> {
  if (names === undefined) return parsed(everybody(tasks, missing));
  const faults = entriesOf(names, tasks, missing).flatMap(({ strategy, obstacle }): readonly Diagnostic[] =>
    obstacle === undefined
      ? []
      : [{ code: 'unsuited-strategy', path: [], message: `${strategy} cannot take part: ${obstacle}` }],
  );
  return faults.length > 0 ? refused(faults) : parsed(names);
}
