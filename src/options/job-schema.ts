// The job file of a batch as JSON Schema: a job of each kind with the fields of its verb, each value alone or in a list to be swept.

import type { JsonSchema } from '../interchange/json-schema.js';
import { jsonSchemaOf } from '../interchange/json-schema.js';
import { jobFields } from './job-fields.js';
import type { AnyVerb } from './option.js';
import { verbs } from './verbs.js';

const isDoneInBatches = ({ job }: AnyVerb): boolean => job !== undefined;

/** A value, or a list of values that is swept; where several make a value, these stand in a list of their own. */
function sweptSchema({ schema, several }: ReturnType<typeof jobFields>['fields'][string]): JsonSchema {
  const one = jsonSchemaOf(schema);
  const { anyOf: _, ...plain } = one;
  const value = several ? { anyOf: [one, { type: 'array', items: one }] } : one;
  return {
    anyOf: [value, { type: 'array', items: value, minItems: 1 }],
    ...('description' in plain && { description: plain['description'] }),
  };
}

function fieldsOf(verb: AnyVerb): JsonSchema {
  const { fields } = jobFields(verb);
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [
      name,
      { ...sweptSchema(type), description: verb.options[name]?.help ?? verb.arguments[0]?.help },
    ]),
  );
}

export const jobFileSchema = (): JsonSchema => {
  const done = verbs.filter(isDoneInBatches);
  return {
    type: 'object',
    required: ['jobs'],
    additionalProperties: false,
    properties: {
      defaults: {
        type: 'object',
        properties: Object.assign({}, ...done.map(fieldsOf)) as JsonSchema,
        additionalProperties: false,
      },
      jobs: {
        type: 'array',
        minItems: 1,
        items: {
          anyOf: done.map((verb) => ({
            type: 'object',
            properties: { kind: { const: verb.name }, ...fieldsOf(verb) },
            required: ['kind'],
            additionalProperties: false,
          })),
        },
      },
    },
  };
};
