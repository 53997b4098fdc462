// The file of a schedule: which tensors of a network stay in the global buffer, each from which bank on.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { check, oneOf, record, text, whole } from './schema.js';

const schema = 'magnet-schedule/1';

const file = record('a schedule', {
  schema: oneOf('schema', [schema]),
  keep: z.array(
    record('a tensor that stays', { tensor: text(), bank: whole(0) }),
    'expected a list of tensors {tensor, bank}',
  ),
});

export type ScheduleFile = z.infer<typeof file>;

export const parseSchedule = (data: unknown): Parsed<ScheduleFile['keep']> => {
  const found = check(file, data);
  return found.ok ? { ...found, value: found.value.keep } : found;
};
