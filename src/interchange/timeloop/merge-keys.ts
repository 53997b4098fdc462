// The merge key of Timeloop's front end: under `<<<` stands a record whose fields are taken over, and those of records
// in both one by one. What a record says itself counts. (YAML's own `<<` is merged by its reader.)

import { isRecord } from '../../base/records.js';
import { listOf } from './findings.js';

const key = '<<<';

export function mergeKeys(x: unknown): unknown {
  const list = listOf(x);
  if (list) return list.map(mergeKeys);
  if (!isRecord(x)) return x;
  const own = Object.fromEntries(Object.entries(x).map(([k, value]) => [k, mergeKeys(value)]));
  const { [key]: taken, ...rest } = own;
  return isRecord(taken) ? merged(rest, taken) : own;
}

const merged = (
  into: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, unknown>>,
): Record<string, unknown> => ({
  ...from,
  ...Object.fromEntries(
    Object.entries(into).map(([k, value]) => [
      k,
      isRecord(value) && isRecord(from[k]) ? merged(value, from[k]) : value,
    ]),
  ),
});
