// The machine, the space and the technology of a question: built in, edited, or files of the user's.

import type { DesignSpace, Machinery, Parsed, Technology, Template } from 'magnet-accelerator';
import {
  areaOf,
  builtInTechnologies,
  parseDesignBase,
  parseMachinery,
  parseSpace,
  parseTechnology,
  presets,
  printMachinery,
  recogniseData,
  spaces,
  technology16nm,
} from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { dataOf, faultsOf, fileNamed, located, parsed, refuse, refused, stem } from './given.js';

export interface GivenMachine {
  readonly machinery: Machinery;
  readonly technology: Technology;
  /** As `--arch` names it. */
  readonly arch: string;
  /** The text of that file; undefined of a preset, and of a file that the user has. */
  readonly file: string | undefined;
}

export const machineName = (m: Machinery): string => (m.kind === 'template' ? m.template.name : m.architecture.name);

export const templateOf = (m: Machinery): Template | undefined => (m.kind === 'template' ? m.template : undefined);

/** MHz that times are turned into cycles by. */
export function clockOf(machine: Parsed<GivenMachine>) {
  if (!machine.ok) return { of: 'the machine', mhz: [1000] };
  const { machinery } = machine.value;
  const { clock } = machinery.kind === 'template' ? machinery.template : machinery.architecture;
  return { of: machineName(machinery), mhz: [clock] };
}

/** mm2; undefined of a machine that gives its energies itself. */
export const areaIn = (m: Machinery, technology: Technology = technology16nm): number | undefined =>
  m.kind === 'template' ? areaOf(m.template, technology).reduce((sum, { area }) => sum + area, 0) : undefined;

/** As YAML reads them: numbers where they are some. */
export const fieldsOf = (edits: Question['edits']): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(edits).map(([name, v]) => [name, /^\d+(\.\d+)?$/.test(v) ? Number(v) : v]));

/** All faults of the parameters are listed at once, each with the parameter in front. */
export function machineOf(q: Question, files: Files): Parsed<GivenMachine> {
  const technology = technologyOf(q, files);
  const base = baseOf(q, files);
  if (!technology.ok || !base.ok) return refused(faultsOf(technology, base));
  return parsed({ ...base.value, technology: technology.value ?? base.value.technology ?? technology16nm });
}

type Base = Omit<GivenMachine, 'technology'> & { readonly technology?: Technology };

function baseOf({ machine, edits }: Question, files: Files): Parsed<Base> {
  const file = fileNamed(files, machine);
  if (file) {
    const data = dataOf(file, ['machine', 'design'], 'a machine');
    if (!data.ok) return data;
    if (recogniseData(data.value)?.kind === 'design') {
      const base = located(machine, parseDesignBase(data.value));
      return base.ok
        ? parsed({ machinery: base.value.machine, technology: base.value.technology, arch: machine, file: undefined })
        : base;
    }
    const own = located(machine, parseMachinery(data.value, stem(machine)));
    return own.ok ? parsed({ machinery: own.value, arch: machine, file: undefined }) : own;
  }
  const preset = presets.find((m) => machineName(m) === machine);
  if (!preset) return refuse(`unknown machine: ${machine}; there are ${presets.map(machineName).join(', ')}`);
  if (Object.keys(edits).length === 0) return parsed({ machinery: preset, arch: machine, file: undefined });
  if (preset.kind !== 'template')
    return refuse(`${machine} is not made from the template, whose parameters alone change`);
  const name = `${machine}-edited`;
  const made = parseMachinery({ template: { base: machine, name, ...fieldsOf(edits) } }, name);
  if (!made.ok) return made;
  // As the command line reads the file that the page hands out.
  const text = printMachinery(made.value);
  const again = parseMachinery(text, name);
  return again.ok ? parsed({ machinery: again.value, arch: `${name}.yaml`, file: text }) : again;
}

/** Undefined where nothing is said. */
export function technologyOf({ technology }: Question, files: Files): Parsed<Technology | undefined> {
  if (technology === '') return parsed(undefined);
  const file = fileNamed(files, technology);
  if (file) {
    const data = dataOf(file, ['technology'], 'a technology');
    return data.ok ? located(technology, parseTechnology(data.value)) : data;
  }
  const known = builtInTechnologies.find((t) => t.name === technology);
  return known
    ? parsed(known)
    : refuse(`unknown technology: ${technology}; there are ${builtInTechnologies.map((t) => t.name).join(', ')}`);
}

export function spaceOf({ space }: Question, files: Files): Parsed<DesignSpace> {
  const file = fileNamed(files, space);
  if (file) {
    const data = dataOf(file, ['space'], 'a design space');
    return data.ok ? located(space, parseSpace(data.value, stem(space))) : data;
  }
  const named = spaces.find((s) => s.name === space);
  return named ? parsed(named) : refuse(`unknown space: ${space}; there are ${spaces.map((s) => s.name).join(', ')}`);
}
