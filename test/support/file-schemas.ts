// Files held against the JSON Schemas of `magnet schemas`, by a validator that shares nothing with our readers.

import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { fileSchemas, schemaFile } from '../../src/cli/file-schemas.js';

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, strictTuples: false });
const made = new Map<string, ValidateFunction>();

function validator(name: string): ValidateFunction {
  const known = made.get(name);
  if (known) return known;
  const format = fileSchemas.find((f) => f.name === name);
  if (!format) throw new Error(`no JSON Schema is called ${name}`);
  const validate = ajv.compile(schemaFile(format));
  made.set(name, validate);
  return validate;
}

/** Each with its place; none where the data has the form. */
export function schemaFaults(name: string, data: unknown): readonly string[] {
  const validate = validator(name);
  if (validate(data)) return [];
  return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

/** Of text that says `schema: magnet-NAME/VERSION`; all else is no result of ours. */
export function holdAgainstSchema(path: string, text: string): void {
  const name = /^\s*\{\s*"schema": *"magnet-([a-z-]+)\/\d+"/.exec(text.slice(0, 200))?.[1];
  if (name === undefined || name === 'batch') return;
  const faults = schemaFaults(name, JSON.parse(text));
  if (faults.length > 0)
    throw new Error(`${path} is not as "magnet schemas ${name}" says:\n${faults.slice(0, 9).join('\n')}`);
}
