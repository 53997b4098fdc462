// Timeloop's inputs are top-level keys, in one file or spread over several; this gathers them.

import type { Parsed } from '../../base/diagnostics.js';
import type { Fields, Path } from './findings.js';
import { fault, fieldsOf, listOf, noFindings, note, unlessFaults } from './findings.js';
import { refuseSlips } from './keys.js';
import { mergeKeys } from './merge-keys.js';

export interface TimeloopFile {
  readonly name: string;
  readonly data: unknown;
}

/** What one top-level key holds, with the path of that key. */
export interface Section {
  readonly data: unknown;
  readonly path: Path;
}

export interface Sections {
  readonly architecture: Section | undefined;
  readonly problem: Section | undefined;
  readonly mapping: Section | undefined;
  readonly constraints: readonly Section[];
  readonly variables: readonly Section[];
  readonly energies: Section | undefined;
  /** Which file brought a top-level key. */
  readonly fileOf: ReadonlyMap<string, string>;
  readonly notes: ReturnType<typeof noFindings>['notes'];
}

/** Keys with these in them count, whatever stands before or after: `constraints_1`, `arch_constraints`. */
const [constraintKey, variableKey] = ['constraints', 'variables'];
const energyKeys = ['ERT', 'energy_reference_table'];
/** Of other programs, or of Timeloop's search: they change nothing about what a mapping costs. */
const harmless = ['ART', 'ART_summary', 'ERT_summary', 'mapper', 'mapspace', 'globals', 'dumped_by_timeloop_front_end'];

/** Whether some data is one of Timeloop's inputs, and not a file of magnet's that has keys of the same names. */
export function looksLikeTimeloop(data: unknown): boolean {
  const fields = fieldsOf(data);
  if (!fields) return false;
  if (energyKeys.some((key) => key in fields) || Object.keys(fields).some((key) => key.includes(constraintKey)))
    return true;
  if (fieldsOf(fields.variables)) return true;
  if (fieldsOf(fields.arch) || listOf(fields.mapping)) return true;
  const tree = fieldsOf(fields.architecture);
  if (tree) return ['nodes', 'subtree', 'arithmetic', 'storage', 'version'].some((key) => key in tree);
  return fieldsOf(fields.problem) !== undefined && !('architecture' in fields);
}

/** The half of a file that counts where something else takes the place of the other. */
export type Half = 'machine' | 'problem';

/** With a machine goes what is about it: its mapping, constraints and energies. */
export function halfOf(data: unknown, half: Half): unknown {
  const fields = fieldsOf(data);
  const both = fields && 'problem' in fields && ('architecture' in fields || 'arch' in fields);
  if (!both) return data;
  const kept = (key: string) =>
    half === 'problem' ? key === 'problem' || key.includes(variableKey) : key !== 'problem' && key !== 'mapping';
  return Object.fromEntries(Object.entries(data as Fields).filter(([key]) => kept(key)));
}

/** The parts of Timeloop's files, from one file or several. Refused where a key stands in two of them. */
export function gather(files: readonly TimeloopFile[]): Parsed<Sections> {
  const f = noFindings();
  const fileOf = new Map<string, string>();
  const all: Record<string, unknown> = {};
  for (const { name, data } of files) {
    const fields: Fields = fieldsOf(mergeKeys(data)) ?? {};
    for (const [key, value] of Object.entries(fields)) {
      if (fileOf.has(key)) fault(f, 'duplicate', [key], `is given in ${fileOf.get(key)} and in ${name}; give it once`);
      else {
        fileOf.set(key, name);
        all[key] = value;
      }
    }
  }
  const section = (keys: readonly string[]): Section | undefined => {
    const [key, other] = keys.filter((k) => all[k] !== undefined && all[k] !== null);
    if (other !== undefined)
      fault(f, 'duplicate', [other], `is given beside ${key}, which means the same; give one of them`);
    return key === undefined ? undefined : { data: all[key], path: [key] };
  };
  const named = (part: string) => Object.keys(all).filter((key) => key.includes(part));
  const known = [
    'arch',
    'architecture',
    'problem',
    'mapping',
    ...named(constraintKey),
    ...named(variableKey),
    ...energyKeys,
    ...harmless,
    'sparse_optimizations',
  ];
  if (!isEmpty(all.sparse_optimizations ?? null))
    fault(
      f,
      'not-covered',
      ['sparse_optimizations'],
      'sparse optimizations change every count; magnet counts dense work',
    );
  for (const key of refuseSlips(f, all, known, []))
    note(f, [key], 'is not read; energies are taken from an ERT or vector_access_energy');
  return unlessFaults(f, {
    architecture: section(['architecture', 'arch']),
    problem: section(['problem']),
    mapping: section(['mapping']),
    constraints: named(constraintKey).flatMap((key) => section([key]) ?? []),
    variables: named(variableKey).flatMap((key) => section([key]) ?? []),
    energies: section(energyKeys),
    fileOf,
    notes: f.notes,
  });
}

/** A front end may write an empty frame: a version and no targets. */
function isEmpty(x: unknown): boolean {
  const fields = fieldsOf(x);
  const targets = listOf(fields ? fields.targets : x);
  return (
    x === null ||
    (targets ? targets.length === 0 : fields !== undefined && Object.keys(fields).every((k) => k === 'version'))
  );
}
