// What `magnet check` can be asked for.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { shared } from './shared.js';

export const checkVerb = defineVerb({
  name: 'check',
  summary: 'check a certificate of a co-design or a schedule in whole numbers, without a solver or a search',
  arguments: [
    {
      name: 'certificate',
      help: 'what "codesign --certificate" or "schedule --certificate" wrote',
      form: 'one',
      example: 'certificate.json',
    },
  ],
  options: {
    full: {
      type: types.flag,
      help:
        'believe nothing but the cost model and the table of layers: look at all mappings of every layer on every ' +
        'shape once more, which suits small layers and small spaces',
      changesAnswer: true,
    },
    quiet: { ...shared.quiet, help: 'show no progress of --full' },
  },
  notes: ['Exit code 0 where it holds, 1 where it does not, 3 where the file is not a certificate.'],
  examples: ['check certificate.json', 'check certificate.json --full'],
});

export type CheckOptions = OptionsOf<typeof checkVerb>;
