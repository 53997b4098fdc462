// Arrays in NumPy's .npz files: a zip archive of .npy files, packed or not.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';

/** Zip archives begin with this; an empty one with its end. */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * The .npy files of an .npz archive by the names of their arrays: all, or the one that is asked for. Refused where there is none.
 */
export async function npyFiles(bytes: Uint8Array, name?: string): Promise<Parsed<ReadonlyMap<string, Uint8Array>>> {
  const { unzipSync } = await import('fflate');
  const all: string[] = [];
  try {
    const files = unzipSync(bytes, {
      filter(file) {
        const array = /^(.*)\.npy$/.exec(file.name)?.[1];
        if (array !== undefined) all.push(array);
        return array !== undefined && (name === undefined || array === name);
      },
    });
    const found = new Map(Object.entries(files).map(([file, content]) => [file.replace(/\.npy$/, ''), content]));
    if (all.length === 0)
      return refuse('malformed', [], 'a zip archive without .npy files; expected one of numpy.savez');
    if (found.size === 0) return refuse('unknown-name', [], unknownName('array', name ?? '', all));
    return parsed(found);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse('malformed', [], `a damaged zip archive (${why}); expected one of numpy.savez`);
  }
}
