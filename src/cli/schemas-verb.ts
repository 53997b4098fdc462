// `magnet schemas`: the formats of files, and the JSON Schema of one.

import { table, unknownName } from '../base/text.js';
import { printJson } from '../interchange/json-print.js';

import type { FileSchema } from './file-schemas.js';
import { fileSchemas, schemaFile } from './file-schemas.js';
import { complain } from './files.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';

export function schemas(io: Io, given: string | undefined, { json }: { readonly json?: boolean }): ExitCode {
  const out = io.data ?? io.out;
  if (given === undefined) {
    const formats = fileSchemas.map(({ name, of }) => ({ name, of }));
    if (json) out(`${printJson({ formats })}\n`);
    else
      io.out(
        `${table(
          ['format', 'of'],
          formats.map(({ name, of }) => [name, of]),
          [],
        )}\n`,
      );
    return exit.done;
  }
  const found = fileSchemas.find(({ name }) => name === given);
  if (!found) {
    const known = fileSchemas.map((f) => f.name);
    return complain(io, [{ code: 'unknown-name', path: [], message: unknownName('format', given, known) }]);
  }
  out(printSchema(found));
  return exit.done;
}

/** As it is printed and stands in `schemas/`. */
export const printSchema = (format: FileSchema): string => `${JSON.stringify(schemaFile(format), null, 2)}\n`;
