// Jobs of a batch: their fields are the options of a verb that change its answer; why a job cannot have the others.

import { defined } from '../base/invariant.js';
import type { KindFields } from '../interchange/job-file.js';
import * as types from '../interchange/value-types.js';
import type { AnyVerb, Argument, ArgumentsOf, OptionTable, Values, Verb } from './option.js';

/** Of a verb that a batch can do. */
export function jobFields({ name, job, arguments: [argument], options }: AnyVerb): KindFields {
  const needed = defined(job);
  const entries = Object.entries(options);
  const fields = entries.flatMap(([key, { changesAnswer, notInBatch, type }]) =>
    changesAnswer && notInBatch === undefined ? [[key, type] as const] : [],
  );
  return {
    kind: name,
    required: [needed],
    fields: { [needed]: argument?.form === 'some' ? types.texts : types.text, ...Object.fromEntries(fields) },
    refused: Object.fromEntries(
      entries.flatMap(([key, { notInBatch }]) => (notInBatch === undefined ? [] : [[key, notInBatch]])),
    ),
  };
}

/**
 * What a job asks, as its verb takes it: the values were read by the types of the same table, so they are those of its
 * options.
 */
export function jobQuestion<A extends readonly Argument[], T extends OptionTable>(
  { job, options }: Verb<A, T>,
  values: Readonly<Record<string, unknown>>,
): { readonly given: ArgumentsOf<A>[0]; readonly options: Values<T> } {
  const { [defined(job)]: given, ...asked } = values;
  const defaults = Object.entries(options).flatMap(([key, option]) =>
    option.default === undefined ? [] : [[key, option.default] as const],
  );
  const all: Readonly<Record<string, unknown>> = { ...Object.fromEntries(defaults), ...asked, quiet: true };
  return { given: given as ArgumentsOf<A>[0], options: all as Values<T> };
}
