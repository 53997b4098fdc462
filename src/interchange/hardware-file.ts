// What mappings run on, in full: the machine as its own file says it, and the technology that it was lowered with.

import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { faultsOf, invariant, parsed, refused } from '../base/diagnostics.js';
import type { Machinery } from '../model/machine/presets.js';
import { machineryName } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import { parseMachinery, printMachinery } from './architecture-file.js';
import { parseDocument } from './document.js';
import { hierarchyFile } from './hierarchy-print.js';
import { check, present, record } from './schema.js';
import { parseTechnology } from './technology-file.js';

export interface Hardware {
  readonly machine: Machinery;
  /** A hierarchy gives its energies itself. */
  readonly technology: Technology;
}

/** Both as data, not read yet. */
export interface HardwareFile {
  readonly machine?: unknown;
  readonly technology?: unknown;
}

/** What is in them is asked by `parseHardware`. */
export const hardwareFields = { machine: z.unknown().optional(), technology: z.unknown().optional() };
/** Files from before it was written have none. */
export const hardwareField = record('the hardware', hardwareFields).nullable().default(null);
const form = z.object({
  machine: present('{template: {...}} or a hierarchy {name, levels, compute}'),
  technology: present('a technology {name, constants, sramArea}'),
});

export const hardwareFile = ({ machine, technology }: Hardware): HardwareFile => ({
  machine: machineFile(machine),
  technology,
});

/** A machine of Timeloop's may have fan-outs that our machine files have no field for; undefined where it has none such. */
export function whyNoFile(machine: Machinery): string | undefined {
  const fits =
    machine.kind === 'template' ||
    machine.architecture.levels.every(
      (l) => Object.keys(l.stores).length > 0 && l.axes.every((x) => x.dims.length > 0),
    );
  return fits
    ? undefined
    : `${machineryName(machine)} has one fan-out right inside another, or one that nothing may use, which a machine file cannot say`;
}

/** In full, for results; null where no file can say the machine. */
export const hardwareOf = (machine: Machinery, technology: Technology): HardwareFile | null =>
  whyNoFile(machine) === undefined ? hardwareFile({ machine, technology }) : null;

/**
 * All faults of both are listed; what else is in the data is not looked at. A level that says nothing of what it keeps
 * keeps everything: it was written before that was a choice, and what was proven then holds for no more.
 */
export function parseHardware(data: unknown): Parsed<Hardware> {
  const whole = check(form, data);
  const file = data as HardwareFile;
  const machine =
    file.machine === undefined ? refused([]) : under('machine', parseMachinery(file.machine, 'machine', 'kept'));
  const technology =
    file.technology === undefined ? refused([]) : under('technology', parseTechnology(file.technology));
  if (!whole.ok || !machine.ok || !technology.ok) return refused(faultsOf(whole, machine, technology));
  return parsed({ machine: machine.value, technology: technology.value });
}

/** As the machine's own file says it, as data. */
function machineFile(machine: Machinery): unknown {
  if (machine.kind === 'hierarchy') return hierarchyFile(machine.architecture);
  const file = parseDocument(new TextEncoder().encode(printMachinery(machine)), 'yaml');
  invariant(file.ok, 'a printed machine cannot be read');
  return file.value;
}

const under = <T>(key: string, result: Parsed<T>): Parsed<T> =>
  result.ok ? result : refused(result.diagnostics.map((d): Diagnostic => ({ ...d, path: [key, ...d.path] })));
