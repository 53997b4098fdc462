// ARCH: a preset, an architecture file or a design file, lowered with a technology to the arrangements that the mapper works on.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import { parseMachinery } from '../interchange/architecture-file.js';
import { printRate } from '../interchange/quantity.js';
import { contradictions } from '../interchange/template-fields.js';
import { looksLikeDesign, parseDesignBase } from '../results/design-file.js';
import { parseTechnology } from '../interchange/technology-file.js';
import { looksLikeTimeloop } from '../interchange/timeloop/sections.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Conventions } from '../model/cost/conventions.js';
import { timeloopConventions } from '../model/cost/conventions.js';
import { keepingAll } from '../model/machine/keeping.js';
import type { Machinery } from '../model/machine/presets.js';
import { machineryName, presets } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import { builtInTechnologies, technology16nm } from '../model/machine/technology.js';
import { lowerTemplate } from '../model/machine/template.js';
import { contentOf, otherThan } from './content.js';
import { dataFormat, located, readData, stem } from './files.js';
import type { Io } from './io.js';
import { loadTimeloop } from './timeloop.js';

/** Timeloop files that are read with an architecture of Timeloop's. */
export interface Beside {
  readonly problem?: string | undefined;
  readonly constraints?: readonly string[] | undefined;
  /** Nothing goes by that may be kept. */
  readonly keepAll?: boolean | undefined;
  /** GB/s; takes the place of what the machine says. */
  readonly dramBandwidth?: number | undefined;
}

export interface GivenMachine {
  readonly name: string;
  readonly machinery: Machinery;
  readonly technology: Technology;
  /** Orders in which the machine's collectors can be nested; most machines have one. */
  readonly architectures: readonly Architecture[];
  /** Those of its file's own program; the rules to count by unless a user or a case says otherwise. */
  readonly conventions?: Conventions;
}

export const presetNames: readonly string[] = presets.map(machineryName);

/**
 * A design brings its technology, which `--technology` replaces. A Timeloop architecture is read with the files beside it:
 * constraints, energies, and the problem (already read) whose names they speak in.
 */
export function loadMachine(
  io: Io,
  given: string,
  technologyFile: string | undefined,
  beside: Beside = {},
): Parsed<GivenMachine> {
  const technology = technologyFile === undefined ? parsed(undefined) : loadTechnology(io, technologyFile);
  if (!technology.ok) return technology;
  const base = loadBase(io, given, beside);
  if (!base.ok) return base;
  const { conventions } = base.value;
  const { dramBandwidth } = beside;
  const served =
    dramBandwidth === undefined ? parsed(base.value.machine) : withBandwidth(base.value.machine, dramBandwidth);
  if (!served.ok) return served;
  const machine = served.value;
  return parsed({
    ...lower(machine, technology.value ?? base.value.technology ?? technology16nm, beside.keepAll),
    ...(conventions && { conventions }),
  });
}

function withBandwidth(machine: Machinery, dramBandwidth: number): Parsed<Machinery> {
  const said = `--dram-bandwidth ${printRate(dramBandwidth)}`;
  if (machine.kind === 'hierarchy')
    return refuse(
      'no-effect',
      [],
      `${said}: ${machine.architecture.name} is not made from the template; its levels have bandwidths of their own, ` +
        'so give readBandwidth and writeBandwidth of the outermost one in its file',
    );
  const { template } = machine;
  const made = { ...template, dramBandwidth, source: `${template.source}; ${said}` };
  const faults = contradictions(made, []).map((d) => ({ ...d, message: `--dram-bandwidth: ${d.message}` }));
  return faults.length > 0 ? refused(faults) : parsed({ kind: 'template', template: made });
}

/** One that is built in, by its name, or that of a file. */
export function loadTechnology(io: Io, path: string): Parsed<Technology> {
  const known = builtInTechnologies.find((t) => t.name === path);
  if (known) return parsed(known);
  const data = readData(io, path, 'a technology');
  if (!data.ok) return data;
  return otherThan(path, data.value, ['technology'], 'a technology') ?? located(path, parseTechnology(data.value));
}

function loadBase(
  io: Io,
  given: string,
  beside: Beside,
): Parsed<{ readonly machine: Machinery; readonly technology?: Technology; readonly conventions?: Conventions }> {
  const constrained = (beside.constraints ?? []).length > 0;
  const preset = presets.find((m) => machineryName(m) === given.toLowerCase());
  if (!preset && dataFormat(io, given)) {
    const data = readData(io, given, 'an architecture');
    if (!data.ok) return data;
    if (looksLikeTimeloop(data.value)) return loadForeign(io, given, beside);
    const other = otherThan(given, data.value, ['machine', 'design', 'case'], 'a machine');
    if (other) return other;
    if (constrained) return ownConstraints(given);
    if (looksLikeDesign(data.value)) return located(given, parseDesignBase(data.value));
    const machine = located(given, parseMachinery(data.value, stem(given)));
    return machine.ok ? parsed({ machine: machine.value }) : machine;
  }
  if (preset && constrained) return ownConstraints(given);
  const content =
    preset || !/[\\/.]/.test(given) ? undefined : contentOf(io, given, 'a machine (preset, .yaml or .json)');
  if (content?.ok === false && content.diagnostics[0]?.code === 'foreign-file') return content;
  if (content?.ok && (content.value.kind === 'onnx' || content.value.kind === 'network'))
    return refuse(
      'other-file',
      [],
      `${given} is a workload, expected a machine (preset, .yaml or .json); give it as WORKLOAD`,
    );
  return preset
    ? parsed({ machine: preset })
    : refuse(
        'unknown-name',
        [],
        `${unknownName('architecture', given, presetNames)} A file must end in .yaml, .yml or .json`,
      );
}

const ownConstraints = (given: string): Parsed<never> =>
  refuse(
    'no-effect',
    [],
    `--constraints takes Timeloop files, which are about a Timeloop architecture, and ${given} is not one; ` +
      "give such an architecture as --arch, or drop --constraints (magnet's own machine files have fields for " +
      'constraints: docs/timeloop.md)',
  );

function loadForeign(io: Io, given: string, { problem, constraints = [] }: Beside) {
  const reading =
    problem === undefined ? {} : { told: [problem], only: { [given]: 'machine', [problem]: 'problem' } as const };
  const read = loadTimeloop(
    io,
    [...new Set([given, ...(problem === undefined ? [] : [problem]), ...constraints])],
    reading,
  );
  if (!read.ok) return read;
  const { architecture } = read.value;
  if (!architecture)
    return refuse('missing', [], `${given} has no architecture; expected a Timeloop file with one as ARCH`);
  return parsed({ machine: { kind: 'hierarchy', architecture } as const, conventions: timeloopConventions });
}

/** A hierarchy has literal energies, to which a technology does not apply. */
export function lower(machinery: Machinery, technology: Technology, keepAll = false): GivenMachine {
  const name = machineryName(machinery);
  if (machinery.kind === 'template')
    return { name, machinery, technology, architectures: lowerTemplate(machinery.template, technology) };
  const architecture = keepAll ? keepingAll(machinery.architecture) : machinery.architecture;
  return { name, machinery: { ...machinery, architecture }, technology, architectures: [architecture] };
}

/** Said where a technology was asked for in vain. */
export const technologyNote = (machine: GivenMachine, technologyFile: string | undefined): string =>
  technologyFile !== undefined && machine.machinery.kind === 'hierarchy'
    ? `note: ${machine.name} gives its energies itself; --technology ${technologyFile} changes nothing\n`
    : '';
