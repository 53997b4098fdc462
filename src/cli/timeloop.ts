// Timeloop's input files, several read together as timeloop-model takes them; what is ignored in them is said.

import { defined, nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, printDiagnostic, refuse, refused } from '../base/diagnostics.js';
import type { Case } from '../interchange/case.js';
import type { Located } from '../interchange/document.js';
import { parseLocated } from '../interchange/document.js';
import type { TimeloopInput } from '../interchange/timeloop/read.js';
import { readTimeloop } from '../interchange/timeloop/read.js';
import type { Half, Sections } from '../interchange/timeloop/sections.js';
import { gather, halfOf, looksLikeTimeloop } from '../interchange/timeloop/sections.js';
import { timeloopConventions } from '../model/cost/conventions.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { dataFormat, formatIn, located, readData, readUnpacked, stem } from './files.js';
import type { Io } from './io.js';

/** False also for what cannot be read: whoever reads it next says why. */
export function isTimeloop(io: Io, path: string): boolean {
  const data = dataFormat(io, path) ? readData(io, path, 'a Timeloop file') : undefined;
  return data?.ok === true && looksLikeTimeloop(data.value);
}

export interface TimeloopReading {
  /** Files that were read before: their notes are not told again. */
  readonly told?: readonly string[];
  /** Of these only the machine or only the problem counts, whatever else they bring: something else takes its place. */
  readonly only?: Readonly<Record<string, Half>>;
}

/** Notes go to standard error. */
export function loadTimeloop(
  io: Io,
  paths: readonly string[],
  { told = [], only = {} }: TimeloopReading = {},
): Parsed<TimeloopInput> {
  const read = paths.map((path) => ({ path, file: halved(load(io, path), only[path]) }));
  const unread = read.flatMap(({ file }) => (file.ok ? [] : file.diagnostics));
  if (unread.length > 0) return refused(unread);
  const files = read.flatMap(({ path, file }) => (file.ok ? [{ name: path, ...file.value }] : []));
  const strange = files.filter(({ data }) => !looksLikeTimeloop(data));
  if (strange.length > 0)
    return refused(
      strange.map(({ name }) => ({
        code: 'unknown-format',
        path: [],
        message: `${name} is not a Timeloop file: expected architecture, problem, mapping, constraints or ERT`,
      })),
    );
  const sections = gather(files);
  if (!sections.ok) return refused(sections.diagnostics.map((d) => ({ ...d, path: [], message: printDiagnostic(d) })));
  const place = placed(files, sections.value);
  const input = readTimeloop(sections.value, namesFor(paths, sections.value));
  if (!input.ok) return refused(input.diagnostics.map((d) => ({ code: d.code, path: [], message: place(d).text })));
  for (const { file, text } of input.value.notes.map(place)) if (!told.includes(file)) io.err(`note: ${text}\n`);
  return input;
}

function load(io: Io, path: string): Parsed<Located> {
  const bytes = readUnpacked(io, path);
  if (!bytes.ok) return bytes;
  const format = formatIn(io, path, bytes.value);
  if (!format) return refuse('unknown-format', [], `${path}: expected a Timeloop file, .yaml, .yml or .json`);
  return located(path, parseLocated(bytes.value, format));
}

const halved = (file: Parsed<Located>, half: Half | undefined): Parsed<Located> =>
  file.ok && half !== undefined ? parsed({ ...file.value, data: halfOf(file.value.data, half) }) : file;

/** A diagnostic with its file and line: the top-level key says which file. */
const placed =
  (files: readonly (Located & { readonly name: string })[], { fileOf }: Sections) =>
  (d: Diagnostic) => {
    const name = fileOf.get(String(d.path[0])) ?? nth(files, 0).name;
    const line = defined(files.find((x) => x.name === name)).lineOf(d.path);
    return { file: name, text: `${name} line ${line}: ${printDiagnostic(d)}` };
  };

/** `cases/A01/arch.yaml` and `cases/A01/problem.yaml` together are A01. */
function namesFor(paths: readonly string[], { fileOf }: Sections) {
  const [folder, ...others] = paths.map((p) => p.split(/[\\/]/).slice(0, -1).join('/'));
  const shared =
    paths.length > 1 && others.every((x) => x === folder) ? defined(defined(folder).split('/').at(-1)) : '';
  const owner = (keys: readonly string[]) =>
    stem(keys.map((k) => fileOf.get(k)).find((x) => x !== undefined) ?? nth(paths, 0));
  return { layer: shared || owner(['problem']), machine: owner(['architecture', 'arch']) };
}

/** Files that hold cases: each its own where each is whole, otherwise all of them one. */
export function groupTimeloop(io: Io, paths: readonly string[]): readonly (readonly string[])[] {
  const whole = (path: string) => {
    const data = readData(io, path, 'a Timeloop file');
    const keys = data.ok ? Object.keys(data.value as object) : [];
    return keys.includes('problem') && keys.includes('mapping');
  };
  return paths.length === 0 ? [] : paths.every(whole) ? paths.map((p) => [p]) : [paths];
}

/** Timeloop's architecture, problem and mapping, from one file or several. */
export function timeloopCase(io: Io, paths: readonly string[]): Parsed<Case & { readonly mapping: Mapping }> {
  const read = loadTimeloop(io, paths);
  if (!read.ok) return read;
  const { architecture, layer, mapping } = read.value;
  if (architecture && layer && mapping)
    return parsed({ id: layer.name, architecture, layer, mapping, conventions: timeloopConventions });
  const lacking = Object.entries({ architecture, problem: layer, mapping }).flatMap(([what, part]) =>
    part ? [] : [what],
  );
  return refuse(
    'missing',
    [],
    `${paths.join(', ')}: no ${lacking.join(' and no ')}; give the Timeloop file that has it too`,
  );
}
