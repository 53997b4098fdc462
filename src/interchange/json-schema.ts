// Forms of files as JSON Schema, for editors that complete and check them: what checks of our own say by code is noted beside.

import { z } from 'zod';

/** Of draft 7, which editors of YAML read. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a schema of ours that is checked by code looks like from outside; worked out when it is asked for. */
const notes = new WeakMap<z.core.$ZodType, () => JsonSchema>();

/** The same schema, with what stands in its JSON Schema beside or in place of what can be read off it. */
export function noted<T extends z.ZodType>(schema: T, note: () => JsonSchema): T {
  const before = notes.get(schema);
  notes.set(schema, () => ({ ...before?.(), ...note() }));
  return schema;
}

/** What a file may hold. Never stricter than the reader; rules between fields are the reader's alone. */
export function jsonSchemaOf(form: z.ZodType): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(form, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => Object.assign(jsonSchema, notes.get(zodSchema)?.()),
  });
  return made;
}
