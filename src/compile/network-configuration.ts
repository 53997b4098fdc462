// What writing its programs takes of a network whose runs are mapped, before anybody knows its numbers: beside all totals.

import { defined } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Design } from '../model/space/design.js';
import type { Layer } from '../model/workload/layer.js';
import { shapeKey } from '../model/workload/layer.js';
import type { KnownWords } from '../model/workload/given-words.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { accelerator } from '../rtl/accelerator.js';
import { configurationOf } from './configuration.js';
import { lowered } from './lower.js';
import type { Lowered, MachineRun } from './lowered.js';
import type { PlacedRun, ProgramFigures } from './network-program.js';
import { figuresOf, networkProgram, runsIn } from './network-program.js';
import { beyondRegisters } from './post-of.js';
import { shapesAlone } from './step-layers.js';

/** Of one run of the network: registers written, cycles for which the machine waits, pJ. */
export interface WrittenConfiguration {
  readonly writes: number;
  readonly cycles: number;
  readonly energy: number;
}

/** Or why nobody can say. */
export type NetworkConfiguration = WrittenConfiguration | { readonly leftOut: string };

/** Instances of one shape that take another mapping stand there again. */
export interface MappedShape {
  readonly layer: Layer;
  readonly mapping: Mapping;
  /** How often in one run of the network. */
  readonly count: number;
}

/** Undefined where the machine has no registers. */
export type Configure = (
  on: Pick<Design, 'machine' | 'technology'>,
  mapped: readonly MappedShape[],
) => NetworkConfiguration | undefined;

/** Layers in a list have no order, in which one is written while the one before runs. */
export const configurationOfList: Configure = ({ machine }) =>
  machine.kind === 'template' ? { leftOut: 'a list of layers has no order of runs' } : undefined;

/** The runs of a graph one after the other; words decide how layers are named that need few bits, and how many registers change. */
export const configurationOfGraph =
  (graph: () => Parsed<NetworkGraph>, words?: KnownWords): Configure =>
  (on, mapped) => {
    const { machine, technology } = on;
    if (machine.kind !== 'template') return undefined;
    const read = graph();
    if (!read.ok) return { leftOut: 'the graph cannot be read' };
    const { template } = machine;
    const { inputPrecision } = template;
    const made = lowered(read.value, shapesAlone(read.value, inputPrecision, words), inputPrecision);
    const [fault] = made.ok ? beyondRegisters(template, made.value) : made.diagnostics;
    if (!made.ok || fault) return { leftOut: `not all of the network runs: ${fault?.message}` };
    const choose = mappingsByShape(mapped);
    const mappings = runsIn(made.value).map(choose);
    if (mappings.includes(undefined)) return { leftOut: 'not every run has a mapping' };
    return configurationOfRuns({ machine, technology }, made.value, mappings.map(defined));
  };

/** The same of a network whose runs all have a mapping, in their order. */
export function configurationOfRuns(
  on: { readonly machine: Extract<Machinery, { readonly kind: 'template' }>; readonly technology: Technology },
  made: Lowered,
  mappings: readonly Mapping[],
): WrittenConfiguration {
  const program = networkProgram(accelerator(on.machine.template), made, mappings);
  // Runs of one mapping are of one shape.
  const figures = new Map<Mapping, ProgramFigures>();
  const once = (placed: PlacedRun): ProgramFigures => {
    const found = figures.get(placed.mapping) ?? figuresOf(on, placed);
    figures.set(placed.mapping, found);
    return found;
  };
  const programs = configurationOf(program, on.technology, once).flat();
  return {
    writes: programs.reduce((n, p) => n + p.writes.length + 1, 0),
    cycles: programs.reduce((n, p) => n + p.waited, 0),
    energy: programs.reduce((n, p) => n + p.energy, 0),
  };
}

/** Of instances with different mappings, which is which is not told: they take them in turn. */
function mappingsByShape(mapped: readonly MappedShape[]): (run: MachineRun) => Mapping | undefined {
  const byShape = new Map<string, { readonly mapping: Mapping; left: number }[]>();
  for (const { layer, mapping, count } of mapped) {
    const known = byShape.get(shapeKey(layer)) ?? [];
    byShape.set(shapeKey(layer), [...known, { mapping, left: count }]);
  }
  return ({ layer }) => {
    // Groups that a user keeps apart are so in the list alone, and so are layers that are not to be folded.
    const { fromHost: _, ...unfolded } = layer;
    const choices =
      [layer, unfolded]
        .flatMap((l): readonly Layer[] => [l, { ...l, diagonal: false }])
        .map((l) => byShape.get(shapeKey(l)))
        .find((known) => known !== undefined) ?? [];
    const chosen = choices.find((c) => c.left > 0) ?? choices.at(-1);
    if (chosen) chosen.left--;
    return chosen?.mapping;
  };
}
