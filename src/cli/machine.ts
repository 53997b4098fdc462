// ARCH: a preset or a file, lowered with a technology to the arrangements that the mapper works on.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import { parseMachinery } from '../interchange/architecture.js';
import { parseTechnology } from '../interchange/technology-file.js';
import type { Architecture } from '../model/architecture.js';
import type { Machinery } from '../model/presets.js';
import { machineryName, presets } from '../model/presets.js';
import type { Technology } from '../model/technology.js';
import { technology16nm } from '../model/technology.js';
import { lowerTemplate } from '../model/template.js';
import { formatOf, located, readData, stem } from './files.js';
import type { Io } from './io.js';

export interface Machine {
  readonly name: string;
  readonly machinery: Machinery;
  /** Orders in which the machine's collectors can be nested; most machines have one. */
  readonly architectures: readonly Architecture[];
}

export const presetNames: readonly string[] = presets.map(machineryName);

export function loadMachine(io: Io, given: string, technologyFile: string | undefined): Parsed<Machine> {
  const technology = technologyFile === undefined ? parsed(technology16nm) : loadTechnology(io, technologyFile);
  if (!technology.ok) return technology;
  const machinery = loadMachinery(io, given);
  return machinery.ok ? parsed(lower(machinery.value, technology.value)) : machinery;
}

function loadTechnology(io: Io, path: string): Parsed<Technology> {
  const data = readData(io, path, 'a technology');
  return data.ok ? located(path, parseTechnology(data.value)) : data;
}

function loadMachinery(io: Io, given: string): Parsed<Machinery> {
  if (formatOf(given)) {
    const data = readData(io, given, 'an architecture');
    return data.ok ? located(given, parseMachinery(data.value, stem(given))) : data;
  }
  const preset = presets.find((m) => machineryName(m) === given.toLowerCase());
  return preset ? parsed(preset) : refuse('unknown-name', [], `${unknownName('architecture', given, presetNames)} A file must end in .yaml, .yml or .json`);
}

/** A hierarchy has literal energies, to which a technology does not apply. */
export const lower = (machinery: Machinery, technology: Technology): Machine => ({
  name: machineryName(machinery),
  machinery,
  architectures: machinery.kind === 'template' ? lowerTemplate(machinery.template, technology) : [machinery.architecture],
});

/** Said where a technology was asked for in vain. */
export const technologyNote = (machine: Machine, technologyFile: string | undefined): string =>
  technologyFile !== undefined && machine.machinery.kind === 'hierarchy' ? `note: ${machine.name} gives its energies itself; --technology ${technologyFile} changes nothing\n` : '';
