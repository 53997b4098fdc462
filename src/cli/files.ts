// Files in and out: what cannot be read, parsed or written is a complaint that names the file.

import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { defined } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { faultsOf, located, parsed, printDiagnostic, refuse, refused } from '../base/diagnostics.js';
import type { Format } from '../interchange/document.js';
import { parseDocument } from '../interchange/document.js';
import type { Foreign } from '../interchange/foreign/recognise.js';
import { recogniseData } from '../interchange/foreign/foreign-data.js';
import { recogniseBytes } from '../interchange/foreign/recognise.js';
import { recogniseText } from '../interchange/foreign/foreign-text.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';

export { located };

/** The ending alone; undefined for what is not called YAML or JSON. */
export function formatOf(path: string): Format | undefined {
  if (/\.json$/i.test(path)) return 'json';
  return /\.ya?ml$/i.test(path) ? 'yaml' : undefined;
}

/** `networks/small.yaml` is called `small`. */
export const stem = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.[^.]+$/, '');

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  ENOTDIR: 'it is not a directory',
  EEXIST: 'a file of that name is in the way',
  EACCES: 'permission is denied',
  EPERM: 'it is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the device reports an error',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links go round in a circle',
  EMFILE: 'too many files are open',
  ETXTBSY: 'it is a program that is running',
};

export function readBytes(io: Io, path: string): Parsed<Uint8Array> {
  try {
    return parsed(io.read(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no-file' : 'unreadable';
    return refuse(code, [], `cannot read ${path}: ${reasonOf(error)}`);
  }
}

export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
};

/** Undone where the bytes were packed by gzip. */
export function unpacked(path: string, bytes: Uint8Array): Parsed<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return parsed(bytes);
  try {
    return parsed(gunzipSync(bytes));
  } catch (error) {
    return refuse(
      'malformed',
      [],
      `${path}: packed by gzip, but damaged (${(error as Error).message}); get it again, or unpack what is left with gunzip`,
    );
  }
}

export function readUnpacked(io: Io, path: string): Parsed<Uint8Array> {
  const bytes = readBytes(io, path);
  return bytes.ok ? unpacked(path, bytes.value) : bytes;
}

/** Behind brackets, what begins YAML and no JSON. */
const bareWord = /^[\s[{]*(?!(?:true|false|null)\b)[A-Za-z_]/;

/**
 * The ending decides where the text can be what it says; of YAML that is called .json, of any other ending, or of none,
 * what is in the file: YAML or JSON of a kind that we know.
 */
export function formatIn(io: Io, path: string, bytes: Uint8Array): Format | undefined {
  const called = formatOf(path);
  // Lines of JSON are neither, and long: reading them as YAML would take minutes.
  if (called === 'yaml' || /\.jsonl$/i.test(path)) return called;
  const text = textOf(bytes);
  const begun = /^\s*(?:#[^\n]*\n\s*|%YAML[^\n]*\n|---\s)*(?:([{[])|- |["']?[\w.-]+["']?\s*:)/.exec(text);
  if (called === 'json') return (begun && begun[1] === undefined) || bareWord.test(text) ? 'yaml' : called;
  if (!begun) return undefined;
  const known = (format: Format) => {
    const data = (io.parse ?? parseDocument)(bytes, format);
    return data.ok && recogniseData(data.value) !== undefined;
  };
  // What begins with a bracket may be YAML as well, but is read faster where it is JSON.
  return (begun[1] === undefined ? (['yaml'] as const) : (['json', 'yaml'] as const)).find(known);
}

/** Of a file that may not be there, as a name may be meant. */
export function dataFormat(io: Io, path: string): Format | undefined {
  const called = formatOf(path);
  if (called !== undefined) return called;
  const bytes = readUnpacked(io, path);
  return bytes.ok ? formatIn(io, path, bytes.value) : undefined;
}

/** The complaint about a file that another tool wrote; undefined for what is text or not known. */
export function foreignFile(path: string, bytes: Uint8Array, wanted: string): Parsed<never> | undefined {
  const found = recogniseBytes(bytes) ?? recogniseText(textOf(bytes));
  return found && notRead(path, found, wanted);
}

export const notRead = (path: string, { what, way }: Foreign, wanted: string) =>
  refuse('foreign-file', [], `${path} is ${what}, expected ${wanted}; ${way(path)}`);

/** Enough to tell a text by. */
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(0, 1 << 20));

/** YAML or JSON to data. */
export function readData(io: Io, path: string, what: string): Parsed<unknown> {
  const bytes = readUnpacked(io, path);
  if (!bytes.ok) return bytes;
  const foreign = foreignFile(path, bytes.value, what);
  if (foreign) return foreign;
  const format = formatIn(io, path, bytes.value);
  if (format === undefined)
    return refuse('unknown-format', [], `${path}: expected ${what} as a .yaml, .yml or .json file`);
  return located(path, (io.parse ?? parseDocument)(bytes.value, format));
}

/** What a JSON file of our own holds; undefined where there is none of that name. */
export function readOwnFile<T>(io: Io, path: string, parse: (data: unknown) => Parsed<T>): Parsed<T | undefined> {
  const bytes = readBytes(io, path);
  if (!bytes.ok) return bytes.diagnostics.some((d) => d.code === 'no-file') ? parsed(undefined) : bytes;
  const data = located(path, parseDocument(bytes.value, 'json'));
  return data.ok ? located(path, parse(data.value)) : data;
}

/** Figures are written as SVG; `option` with its dashes. */
export const checkFigure = (option: string, path: string | undefined): Parsed<undefined> =>
  path === undefined || path === '-' || /\.svg$/i.test(path)
    ? parsed(undefined)
    : refuse('unknown-format', [], `${option} ${path}: figures are SVG; name a .svg file`);

/** Asked before long work: the complaint where a file could not be written. */
export function checkTarget(io: Io, path: string | undefined): Parsed<undefined> {
  const obstacle = path === undefined || path === '-' ? undefined : io.obstacle(path);
  return obstacle === undefined ? parsed(undefined) : refuse('unwritable', [], `cannot write ${path}: ${obstacle}`);
}

/**
 * All files that a command writes, by what names them, beside those that it reads: only one of them can be standard output, and none may
 * take the place of another or of what is read.
 */
export function checkTargets(
  io: Io,
  targets: Readonly<Record<string, string | undefined>>,
  read: readonly (string | undefined)[] = [],
): Parsed<undefined> {
  const faults: Diagnostic[] = [];
  const given = Object.entries(targets).flatMap(([name, path]) => (path === undefined ? [] : [{ name, path }]));
  const piped = given.filter(({ path }) => path === '-').map(({ name }) => `${name} -`);
  if (piped.length > 1)
    faults.push({
      code: 'conflict',
      path: [],
      message: `${piped.join(' and ')} cannot ${piped.length > 2 ? 'all' : 'both'} be standard output; give files`,
    });
  const files = given
    .filter(({ path }) => path !== '-')
    .map(({ name, path }) => ({ name, path, place: resolve(path) }));
  for (const [i, { name, path, place }] of files.entries()) {
    const before = files.slice(0, i).find((f) => f.place === place);
    if (before)
      faults.push({
        code: 'conflict',
        path: [],
        message: `${path} would be written twice, by ${before.name} and ${name}; give each a file of its own`,
      });
    if (read.some((r) => r !== undefined && resolve(r) === place))
      faults.push({
        code: 'conflict',
        path: [],
        message: `${name} ${path} would take the place of what is read; give another file`,
      });
  }
  faults.push(...faultsOf(...given.map(({ path }) => checkTarget(io, path))));
  return faults.length > 0 ? refused(faults) : parsed(undefined);
}

/** To a file, or to standard output where the path is `-`. */
export function writeText(io: Io, path: string, text: string): Parsed<undefined> {
  if (path === '-') {
    (io.data ?? io.out)(text);
    return parsed(undefined);
  }
  return writeFile(io, path, text);
}

export function writeFile(io: Io, path: string, content: string | Uint8Array): Parsed<undefined> {
  try {
    io.write(path, content);
    return parsed(undefined);
  } catch (error) {
    return refuse('unwritable', [], `cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Says on standard error what is wrong with the input, one line each. */
export function complain(io: Io, diagnostics: readonly Diagnostic[]): ExitCode {
  for (const said of new Set(diagnostics.map(printDiagnostic))) io.err(`error: ${said}\n`);
  return exit.badInput;
}

/** `x.json` for several as `x.NAME.json`, a file each. */
export function filesBeside(file: string, names: readonly string[]): readonly string[] {
  const [, stem, ending = ''] = defined(/^(.*?)(\.[^./\\]*)?$/s.exec(file));
  // Some file systems do not tell capitals from small letters.
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = `${stem}.${name.replace(/[^A-Za-z0-9._-]/g, '_')}`;
    let unique = plain;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${plain}_${n}`;
    taken.add(unique.toLowerCase());
    return `${unique}${ending}`;
  });
}
