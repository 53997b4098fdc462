// What directives of mappings and constraints may say, by their type.

import type { Fields, Findings, Path } from './findings.js';
import { fault } from './findings.js';
import { checkKeys } from './keys.js';
import type { Names } from './names.js';
import { tensorsIn } from './names.js';

/** Types of the directives that say what a memory keeps. */
export const keepTypes = ['datatype', 'dataspace', 'bypass', 'bypassing'];

const uncounted = {
  loops: ['no_reuse', 'no_temporal_reuse', 'rmw_first_update', 'no_multicast_no_reduction'],
  keep: ['no_coalesce'],
};
/** Link transfers are off in any case. */
const known = { loops: ['factors', 'permutation', 'split', 'no_link_transfer'], keep: ['keep', 'bypass'] };

/** `more` are the keys of constraints. Refuses what would change counts. */
export function checkDirective(
  f: Findings,
  names: Names,
  kind: 'loops' | 'keep',
  fields: Fields,
  path: Path,
  more: readonly string[] = [],
): void {
  checkKeys(f, fields, ['target', 'name', 'type', 'attributes', ...known[kind], ...uncounted[kind], ...more], path);
  for (const key of uncounted[kind]) {
    if (tensorsIn(f, names, fields[key], [...path, key]).length > 0)
      fault(
        f,
        'not-covered',
        [...path, key],
        `${key} changes what is counted; magnet always has multicast, reduction, reuse and coalescing`,
      );
  }
}
