// The file of a schedule: which chains of a network's steps are in bands, and which tensors stay in the global buffer, each
// from which bank on. What `magnet schedule` writes is one, and says more.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { layoutField } from './layer-shape.js';
import { check, oneOf, record, text, whole } from './schema.js';

const schema = 'magnet-schedule/1';

/** Weights that stay in the weight buffers from the first run of a step in bands to its last: which half, from which line on. */
const weightsThatStay = record('weights that stay', {
  run: text(),
  half: whole(0),
  line: whole(0),
  layout: layoutField,
});

/** Steps from one to another, by name, in so many bands of rows, or of images of a batch. */
export const bandsField = z.array(
  record('a chain in bands', {
    first: text(),
    last: text(),
    bands: whole(2),
    of: oneOf('bands of', ['rows', 'images'] as const).optional(),
    weights: z.array(weightsThatStay, 'expected a list of weights {run, half, line, layout}').optional(),
  }),
  'expected a list of chains in bands {first, last, bands}, of rows or images',
);

/** From which bank on. */
export const keptTensor = record('a tensor that stays', { tensor: text(), bank: whole(0) });

export const keptForm = z.looseObject(
  {
    schema: oneOf('schema', [schema]),
    bands: bandsField.optional(),
    keep: z.array(keptTensor, 'expected a list of tensors {tensor, bank}'),
  },
  { error: 'expected a schedule: {schema, keep: [{tensor, bank}]} and perhaps bands' },
);

export type ReadSchedule = Pick<z.infer<typeof keptForm>, 'bands' | 'keep'>;

export const parseSchedule = (data: unknown): Parsed<ReadSchedule> => check(keptForm, data);
