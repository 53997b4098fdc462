// A directory that a verb writes whole: what it wrote there before is replaced, what others wrote is left alone.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { reasonOf, writeFile } from '../files.js';
import type { Io } from '../io.js';

export interface WrittenFile {
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** Lists what was written, a file a line: a directory that holds it may be written again. */
const manifestOf = (verb: string): string => `magnet-${verb}.txt`;

/** Without slashes at the end. */
export const folderOf = (output: string): string => output.replace(/(?<=.)[\\/]+$/, '');

/** The files that the verb wrote there before. */
export function openFolder(io: Io, verb: string, folder: string, force: boolean): Parsed<readonly string[]> {
  const manifest = manifestOf(verb);
  try {
    const inside = io.list(folder) ?? [];
    if (inside.includes(manifest)) {
      const names = new TextDecoder().decode(io.read(`${folder}/${manifest}`)).split('\n');
      return parsed(names.filter(isInside));
    }
    if (inside.length === 0 || force) return parsed([]);
    return refuse(
      'not-empty',
      [],
      `${folder} is not empty, and magnet ${verb} did not write it (it has no ${manifest}); ` +
        'name another directory, or write into it with --force',
    );
  } catch (error) {
    return refuse('unwritable', [], `cannot write to ${folder}: ${reasonOf(error)}`);
  }
}

/** Never followed out of the directory, whatever the list says. */
const isInside = (path: string) => /^[^\\/:]/.test(path) && !path.split(/[\\/]/).includes('..') && !path.includes(':');

/** The list comes first, so that a run that was cut short can be repeated; files of an earlier run that are no more are removed. */
export function writeAll(
  io: Io,
  verb: string,
  folder: string,
  files: readonly WrittenFile[],
  before: readonly string[],
): Parsed<undefined> {
  const manifest = manifestOf(verb);
  const paths = files.map((f) => f.path);
  const stale = before.filter((path) => !paths.includes(path));
  try {
    for (const sub of new Set(paths.map((path) => `${folder}/${path}`.replace(/\/[^/]*$/, '')))) io.makeDirectory(sub);
    io.write(`${folder}/${manifest}`, `${[...paths, ...stale].join('\n')}\n`);
    for (const path of stale) io.remove(`${folder}/${path}`);
  } catch (error) {
    return refuse('unwritable', [], `cannot write to ${folder}: ${reasonOf(error)}`);
  }
  for (const { path, text } of [...files, { path: manifest, text: `${paths.join('\n')}\n` }]) {
    const written = writeFile(io, `${folder}/${path}`, text);
    if (!written.ok) return refused(written.diagnostics);
  }
  return parsed(undefined);
}
