// The file of losses that were measured before: `--losses FILE` of codesign and prove.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { printJson } from './json-print.js';
import { check, nonNegative, record, text, whole } from './schema.js';

const schema = 'magnet-losses/1';

const score = () => record('a score', { first: nonNegative(), five: nonNegative() });

const loss = record('a loss', {
  /** Of network, samples, words and version (`quantize/loss-key.ts`). */
  key: text(),
  weightBits: whole(1),
  activationBits: whole(1),
  accumulatorBits: whole(1),
  samples: whole(1),
  real: score(),
  integer: score(),
  /** Samples that real numbers alone get right, and integers alone. */
  lost: whole(0),
  won: whole(0),
});

export const lossesForm = record('losses', {
  schema: z.literal(schema),
  losses: z.array(loss, { error: 'expected the list of losses' }),
});

export type KnownLoss = z.infer<typeof loss>;

export function parseLosses(data: unknown): Parsed<readonly KnownLoss[]> {
  const given: unknown = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  if (given !== schema)
    return refuse(
      'malformed',
      [],
      `expected losses (${schema}), which --losses FILE writes; name another file, or one that is not there yet`,
    );
  const found = check(lossesForm, data);
  return found.ok ? parsed(found.value.losses) : found;
}

/** What `parseLosses` reads back as the same. */
export const printLosses = (losses: readonly KnownLoss[]): string => `${printJson({ schema, losses })}\n`;
