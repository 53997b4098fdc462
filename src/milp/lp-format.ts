// A linear program as text in CPLEX LP format, in the part of it that all readers agree on.

import { nth } from '../base/invariant.js';
import type { Milp } from '../program/milp.js';
import type { Entry, PortableColumn } from './portable.js';
import { commentLines, numberText, portable, wrapped } from './portable.js';

/** A program in CPLEX LP format. `comments` stand in front, a line each. */
export function printLp(milp: Milp, comments: readonly string[]): string {
  const { objective, columns, rows } = portable(milp);
  const named = (kind: PortableColumn['kind']) => columns.filter((c) => c.kind === kind).map((c) => c.name);
  const sum = (entries: readonly Entry[]) =>
    entries.map(
      ({ column, value }) => `${value < 0 ? '-' : '+'} ${numberText(Math.abs(value))} ${nth(columns, column).name}`,
    );
  return [
    ...comments.flatMap((line) => commentLines('\\', line)),
    'Minimize',
    ...words([`${objective.name}:`, ...sum(objective.entries)]),
    'Subject To',
    ...rows.flatMap((r) => words([`${r.name}:`, ...sum(r.entries), `${r.relation} ${numberText(r.right)}`])),
    'Bounds',
    ...columns.flatMap((c) => boundsOf(c)),
    ...section('Generals', named('integer')),
    ...section('Binaries', named('binary')),
    'End',
    '',
  ].join('\n');
}

/** Indented; what goes on on the next line is further in. */
const words = ([first, ...rest]: readonly string[]) => wrapped([` ${first}`, ...rest], '  ');

/** What is not said is from 0 up, and 0 or 1 for binaries. */
function boundsOf({ name, lower, upper, kind }: PortableColumn): readonly string[] {
  if (kind === 'binary') return [];
  if (lower === upper) return [` ${name} = ${numberText(lower)}`];
  if (lower === -Infinity) return [upper === Infinity ? ` ${name} free` : ` -inf <= ${name} <= ${numberText(upper)}`];
  if (upper < Infinity) return [` ${numberText(lower)} <= ${name} <= ${numberText(upper)}`];
  return lower === 0 && kind === 'continuous' ? [] : [` ${name} >= ${numberText(lower)}`];
}

const section = (title: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [title, ...words(names)];
