// A limit on accuracy in a result: the precisions that were measured, and what the one that was found loses.

import { z } from 'zod';
import { nonNegative, record, text, whole } from '../interchange/schema.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';

const share = () => z.number({ error: 'expected a share' }).min(-1).max(1);

/** Shares of the samples: top-1 in real numbers and in words, and what is lost with its interval of 95 %. */
export const lossFigures = {
  samples: whole(1),
  real: nonNegative(),
  integer: nonNegative(),
  loss: share(),
  low: share(),
  high: share(),
};
export const precisionBits = { weightBits: whole(1), activationBits: whole(1) };
export const sampleSource = record('samples', { file: text(), samples: whole(1) });

/** Accumulators are as wide as the weights of the network need for any input. */
export const precisionFields = { ...precisionBits, accumulatorBits: whole(1), ...lossFigures };

export const accuracyFields = {
  network: text(),
  limit: share(),
  unsigned: z.boolean(),
  calibrate: sampleSource,
  validate: sampleSource,
  precisions: listOf('precisions', record('a precision', precisionFields)),
  /** Left out with no fewer bits than theirs shown to be beyond the limit: nothing is said of their machines. */
  unmeasured: listOf(
    'precisions',
    record('a precision', { ...precisionBits, below: record('a precision', precisionBits) }),
  ).optional(),
  /** Of the machine found; `unseen`: on samples that had no part in choosing it. */
  chosen: record('the precision of the machine', {
    ...precisionBits,
    file: text(),
    unseen: z.boolean(),
    ...lossFigures,
    status: z.enum(['within', 'beyond', 'undecided']),
    /** About how many such samples would decide. */
    needed: whole(1).optional(),
  }).optional(),
};

export const accuracyLimit = record('a limit on accuracy', accuracyFields);

export type AccuracyLimit = Read<typeof accuracyLimit>;
