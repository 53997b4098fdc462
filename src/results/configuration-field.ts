// What writing the programs of a network takes, in files: beside the totals, and absent from those of before.

import { z } from 'zod';
import { nonNegative, record, text, whole } from '../interchange/schema.js';

/** Of one run, modelled: registers written, cycles for which the machine waits, pJ; or why it is in no figure. */
export const configurationField = z
  .union([
    record('what configuration takes', { writes: whole(0), cycles: whole(0), energy: nonNegative() }),
    record('why configuration is left out', { leftOut: text() }),
  ])
  .optional();

export type ConfigurationFile = z.infer<typeof configurationField>;
