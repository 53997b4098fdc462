// `magnet show`: mappings as loop nests, from a map result, a design or a case file.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import { looksLikeCase, parseCase } from '../interchange/case.js';
import { coverageIn } from '../results/coverage-fields.js';
import { looksLikeDesign } from '../results/design-file.js';
import { parseHardware } from '../interchange/hardware-file.js';
import type { MapResult, MapResultLayer } from '../results/map-result.js';
import { looksLikeMapResult, parseMapResult } from '../results/map-result.js';
import { looksLikeTimeloop } from '../interchange/timeloop/sections.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Coverage } from '../model/workload/coverage.js';
import { arrangementFor } from '../model/space/design.js';
import { printShape } from '../model/workload/layer.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { goalUnit } from '../model/cost/goal.js';
import { printMapping } from '../model/mapping/loop-nest.js';
import { leftOutText } from '../report/tables/coverage-text.js';
import { machineProofText } from '../report/tables/machine-proof-text.js';
import { energyText, grouped, percent } from '../report/tables/quantities.js';
import { chooseLayers } from '../sim/hardware-design.js';
import { noteOnFirst } from '../results/older-files.js';
import { loadDesign } from './hardware/design-input.js';
import type { ShowOptions } from '../options/listing-tables.js';
import { otherThan } from './content.js';
import { complain, located, readData } from './files.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { loadMachine, lower, presetNames } from './read-machine.js';
import { timeloopCase } from './timeloop.js';

export function show(io: Io, file: string, options: ShowOptions): ExitCode {
  const data = readData(io, file, 'a map result, a design or a case');
  if (!data.ok) return complain(io, data.diagnostics);
  const nests = looksLikeMapResult(data.value)
    ? resultNests(io, file, data.value, options)
    : looksLikeDesign(data.value)
      ? designNests(io, file, options)
      : caseNests(io, file, data.value);
  if (!nests.ok) return complain(io, nests.diagnostics);
  const note = noteOnFirst(data.value);
  if (note !== undefined) io.err(`note: ${file}: ${note}\n`);
  io.out(`${nests.value.join('\n\n')}\n`);
  return exit.done;
}

/** A design has its machine with it. */
function designNests(io: Io, file: string, { layer, arch }: ShowOptions): Parsed<readonly string[]> {
  if (arch !== undefined) return refuse('conflict', [], `${file} includes its machine; drop --arch`);
  const design = loadDesign(io, file);
  if (!design.ok) return design;
  const chosen =
    layer === undefined ? parsed(design.value.layers.map((_, i) => i)) : chooseLayers(design.value, file, layer);
  if (!chosen.ok) return chosen;
  const nests = chosen.value.map((i) => {
    const { layer: shape, count, status, energy, cycles, gap, mapping } = nth(design.value.layers, i);
    const arrangement = mapping && arrangementFor(design.value, mapping);
    return layerNest(
      { name: shape.name, count, layer: shape, status, energy, cycles, gap, mapping },
      arrangement ? [arrangement] : [],
    );
  });
  const { machineProof, coverage } = design.value;
  const proof = machineProof && layer === undefined ? [machineProofText(machineProof, goalUnit)] : [];
  return parsed([...proof, ...nests, ...leftOut(coverage ?? null, layer)]);
}

/** Under the layers of a whole network: what multiplies and is not among them. */
function leftOut(coverage: Coverage | null, layer: ShowOptions['layer']): readonly string[] {
  const text = coverage === null || layer !== undefined ? '' : leftOutText(coverage);
  return text === '' ? [] : [text];
}

function caseNests(io: Io, file: string, data: unknown): Parsed<readonly string[]> {
  const foreign = looksLikeTimeloop(data) ? timeloopCase(io, [file]) : undefined;
  if (!foreign && !looksLikeCase(data))
    return (
      otherThan(file, data, [], 'what "map --json" or "map --design" writes, or a case') ??
      refuse(
        'malformed',
        [],
        `${file}: expected what "map --json" or "map --design" writes, or a case {architecture, problem, mapping}`,
      )
    );
  const read = foreign ?? located(file, parseCase(data));
  if (!read.ok) return read;
  const { id, architecture, layer, mapping } = read.value;
  if (!mapping) return refuse('missing', [], `${file}: the case has no mapping; find one with magnet map`);
  return parsed([`${id}: ${printShape(layer)} on ${architecture.name}\n${printMapping(architecture, mapping, layer)}`]);
}

function resultNests(io: Io, file: string, data: unknown, options: ShowOptions): Parsed<readonly string[]> {
  const result = located(file, parseMapResult(data));
  if (!result.ok) return result;
  const known = result.value.layers.map((l) => l.name);
  const unknown = (options.layer ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    return refused(
      unknown.map((name) => ({
        code: 'unknown-name',
        path: [],
        message: unknownName(`layer of ${file}`, name, known),
      })),
    );
  const machine = arrangementsOf(io, result.value, options);
  if (!machine.ok) return machine;
  const chosen = result.value.layers.filter((l) => options.layer?.includes(l.name) ?? true);
  return parsed([
    ...chosen.map((l) => layerNest(l, machine.value)),
    ...leftOut(coverageIn(result.value), options.layer),
  ]);
}

/**
 * Older files do not hold their machine. Without it a mapping can be printed too; it only does not show which
 * positions of a fan-out are idle.
 */
function arrangementsOf(io: Io, result: MapResult, { arch }: ShowOptions): Parsed<readonly Architecture[]> {
  if (arch === undefined && result.hardware !== null) {
    const hardware = parseHardware(result.hardware);
    return hardware.ok ? parsed(lower(hardware.value.machine, hardware.value.technology).architectures) : hardware;
  }
  if (arch === undefined && !presetNames.includes(result.arch)) return parsed([]);
  const machine = loadMachine(io, arch ?? result.arch, undefined);
  return machine.ok ? parsed(machine.value.architectures) : machine;
}

function layerNest(
  {
    name,
    count,
    layer,
    status,
    energy,
    cycles,
    gap,
    mapping,
  }: Pick<MapResultLayer, 'name' | 'layer' | 'count' | 'status' | 'energy' | 'cycles' | 'gap'> & {
    readonly mapping: Mapping | null;
  },
  arrangements: readonly Architecture[],
): string {
  const heading = `${name}${count > 1 ? ` (${count} times)` : ''}: ${status}`;
  if (!mapping || energy === null || cycles === null || gap === null) return `${heading}, no mapping`;
  const machine = arrangements.find(
    (a) => a.levels.map((l) => l.name).join() === mapping.levels.map((l) => l.name).join(),
  );
  const figures = `${energyText(energy)}, ${grouped(cycles)} cycles, gap ${percent(gap)}`;
  return `${heading}, ${figures}\n${printMapping(machine, mapping, layer ?? {})}`;
}
