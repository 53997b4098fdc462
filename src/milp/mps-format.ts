// A linear program as text in free MPS format, in the part of it that all readers agree on.

import { nth } from '../base/invariant.js';
import type { Milp } from '../program/milp.js';
import type { PortableColumn } from './portable.js';
import { commentLines, numberText, portable } from './portable.js';

const letters = { '<=': 'L', '>=': 'G', '=': 'E' } as const;

/** A program in free MPS format. `comments` stand in front, a line each. */
export function printMps(milp: Milp, comments: readonly string[]): string {
  const { objective, columns, rows } = portable(milp);
  const inRows = columns.map((): string[] => []);
  for (const { name, entries } of [objective, ...rows]) {
    for (const { column, value } of entries)
      nth(inRows, column).push(`    ${nth(columns, column).name} ${name} ${numberText(value)}`);
  }
  return [
    ...comments.flatMap((line) => commentLines('*', line)),
    // The word makes readers that begin with columns of fixed width take names of any length.
    'NAME magnet FREE',
    'ROWS',
    ` N ${objective.name}`,
    ...rows.map((r) => ` ${letters[r.relation]} ${r.name}`),
    'COLUMNS',
    ...withMarkers(columns, inRows),
    'RHS',
    ...rows.flatMap((r) => (r.right === 0 ? [] : [`    rhs ${r.name} ${numberText(r.right)}`])),
    'BOUNDS',
    ...columns.flatMap((c) => boundsOf(c).map((text) => ` ${text}`)),
    'ENDATA',
    '',
  ].join('\n');
}

/** Stretches of whole columns stand between markers. */
function withMarkers(columns: readonly PortableColumn[], lines: readonly (readonly string[])[]): readonly string[] {
  let markers = 0;
  const marker = (side: 'ORG' | 'END') => `    MARKER${++markers} 'MARKER' 'INT${side}'`;
  const whole = (i: number) => columns[i] !== undefined && columns[i].kind !== 'continuous';
  return columns.flatMap((_, i) => [
    ...(whole(i) && !whole(i - 1) ? [marker('ORG')] : []),
    ...nth(lines, i),
    ...(whole(i) && !whole(i + 1) ? [marker('END')] : []),
  ]);
}

/** Readers differ in what they take an unsaid bound of a whole column for: both are said. */
function boundsOf({ name, lower, upper, kind }: PortableColumn): readonly string[] {
  const bound = (type: string, value?: number) =>
    `${type} bound ${name}${value === undefined ? '' : ` ${numberText(value)}`}`;
  if (lower === upper) return [bound('FX', lower)];
  if (lower === -Infinity && upper === Infinity) return [bound('FR')];
  if (kind === 'continuous' && lower === 0 && upper === Infinity) return [];
  return [
    lower === -Infinity ? bound('MI') : bound('LO', lower),
    upper === Infinity ? bound('PL') : bound('UP', upper),
  ];
}
