// The machine of a question: a preset, or one with other parameters, which is a machine file then.

import type { Machinery, Parsed, Template } from 'magnet-accelerator';
import { areaOf, parseMachinery, presets, printMachinery, technology16nm } from 'magnet-accelerator';
import type { Question } from './question.js';

export interface GivenMachine {
  readonly machinery: Machinery;
  /** As `--arch` names it. */
  readonly arch: string;
  /** The text of that file; undefined of a preset. */
  readonly file: string | undefined;
}

export const machineName = (m: Machinery): string => (m.kind === 'template' ? m.template.name : m.architecture.name);

export const templateOf = (m: Machinery): Template | undefined => (m.kind === 'template' ? m.template : undefined);

/** mm2, at 16 nm; undefined of a machine that gives its energies itself. */
export const areaIn = (m: Machinery): number | undefined =>
  m.kind === 'template' ? areaOf(m.template, technology16nm).reduce((sum, { area }) => sum + area, 0) : undefined;

const refuse = (message: string): Parsed<never> => ({
  ok: false,
  diagnostics: [{ code: 'unknown-name', path: [], message }],
});

/** As YAML reads them: numbers where they are some. */
export const fieldsOf = (edits: Question['edits']): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(edits).map(([name, v]) => [name, /^\d+(\.\d+)?$/.test(v) ? Number(v) : v]));

/** All faults of the parameters are listed at once, each with the parameter in front. */
export function machineOf({ machine, edits }: Pick<Question, 'machine' | 'edits'>): Parsed<GivenMachine> {
  const preset = presets.find((m) => machineName(m) === machine);
  if (!preset) return refuse(`unknown machine: ${machine}; there are ${presets.map(machineName).join(', ')}`);
  if (Object.keys(edits).length === 0)
    return { ok: true, value: { machinery: preset, arch: machine, file: undefined } };
  if (preset.kind !== 'template')
    return refuse(`${machine} is not made from the template, whose parameters alone change`);
  const name = `${machine}-edited`;
  const made = parseMachinery({ template: { base: machine, name, ...fieldsOf(edits) } }, name);
  if (!made.ok) return made;
  // As the command line reads the file that the page hands out.
  const file = printMachinery(made.value);
  const again = parseMachinery(file, name);
  return again.ok ? { ok: true, value: { machinery: again.value, arch: `${name}.yaml`, file } } : again;
}
