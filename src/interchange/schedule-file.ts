// The file of a schedule: which tensors of a network stay in the global buffer, each from which bank on. What `magnet schedule`
// writes is one, and says more.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { check, oneOf, record, text, whole } from './schema.js';

const schema = 'magnet-schedule/1';

const file = z.looseObject(
  {
    schema: oneOf('schema', [schema]),
    keep: z.array(
      record('a tensor that stays', { tensor: text(), bank: whole(0) }),
      'expected a list of tensors {tensor, bank}',
    ),
  },
  { error: 'expected a schedule: {schema, keep: [{tensor, bank}]}' },
);

export type ScheduleFile = z.infer<typeof file>;

export const parseSchedule = (data: unknown): Parsed<ScheduleFile['keep']> => {
  const found = check(file, data);
  return found.ok ? { ...found, value: found.value.keep } : found;
};
