// Files as the jobs of a batch read them: the same few again and again, once when all are checked and once when each is begun.

import { defined } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import type { Format } from '../../interchange/document.js';
import { parseDocument } from '../../interchange/document.js';
import type { Io } from '../io.js';

/** How many files' data is kept: jobs that stand together name the same few. */
export const maxDocuments = 64;

/** Files are read once: jobs that are opened later see what was checked. They are parsed again only where many others came between. */
export function remembering(io: Io): Io {
  const files = new Map<string, Uint8Array>();
  const documents = new Map<Uint8Array, { readonly format: Format; readonly data: Parsed<unknown> }>();
  return {
    ...io,
    read(path) {
      const known = files.get(path) ?? io.read(path);
      files.set(path, known);
      return known;
    },
    parse(bytes, format) {
      const before = documents.get(bytes);
      // What is no JSON may be YAML.
      const known = before?.format === format ? before : { format, data: parseDocument(bytes, format) };
      // Anew at the end: the first is the one that was asked for longest ago.
      documents.delete(bytes);
      documents.set(bytes, known);
      if (documents.size > maxDocuments) documents.delete(defined(documents.keys().next().value));
      return known.data;
    },
  };
}
