// ARCH: a preset, an architecture file or a design file, lowered with a technology to the arrangements that the mapper works on.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import { parseMachinery } from '../interchange/architecture.js';
import { looksLikeDesign, parseDesignBase } from '../interchange/design-file.js';
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
  readonly technology: Technology;
  /** Orders in which the machine's collectors can be nested; most machines have one. */
  readonly architectures: readonly Architecture[];
}

export const presetNames: readonly string[] = presets.map(machineryName);

/** A design brings its technology, which `--technology` replaces. */
export function loadMachine(io: Io, given: string, technologyFile: string | undefined): Parsed<Machine> {
  const technology = technologyFile === undefined ? parsed(undefined) : loadTechnology(io, technologyFile);
  if (!technology.ok) return technology;
  const base = loadBase(io, given);
  return base.ok ? parsed(lower(base.value.machine, technology.value ?? base.value.technology ?? technology16nm)) : base;
}

export function loadTechnology(io: Io, path: string): Parsed<Technology> {
  const data = readData(io, path, 'a technology');
  return data.ok ? located(path, parseTechnology(data.value)) : data;
}

function loadBase(io: Io, given: string): Parsed<{ readonly machine: Machinery; readonly technology?: Technology }> {
  if (formatOf(given)) {
    const data = readData(io, given, 'an architecture');
    if (!data.ok) return data;
    if (looksLikeDesign(data.value)) return located(given, parseDesignBase(data.value));
    const machine = located(given, parseMachinery(data.value, stem(given)));
    return machine.ok ? parsed({ machine: machine.value }) : machine;
  }
  const preset = presets.find((m) => machineryName(m) === given.toLowerCase());
  return preset ? parsed({ machine: preset }) : refuse('unknown-name', [], `${unknownName('architecture', given, presetNames)} A file must end in .yaml, .yml or .json`);
}

/** A hierarchy has literal energies, to which a technology does not apply. */
export const lower = (machinery: Machinery, technology: Technology): Machine => ({
  name: machineryName(machinery),
  machinery,
  technology,
  architectures: machinery.kind === 'template' ? lowerTemplate(machinery.template, technology) : [machinery.architecture],
});

/** Said where a technology was asked for in vain. */
export const technologyNote = (machine: Machine, technologyFile: string | undefined): string =>
  technologyFile !== undefined && machine.machinery.kind === 'hierarchy' ? `note: ${machine.name} gives its energies itself; --technology ${technologyFile} changes nothing\n` : '';
