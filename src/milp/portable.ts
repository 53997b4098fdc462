// A program as every reader of LP and MPS files takes it: safe and unique names, one relation
// per row, the offset as a column.

import { defined, nth } from '../base/invariant.js';
import type { Milp } from '../program/milp.js';

export interface PortableColumn {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  readonly kind: 'continuous' | 'integer' | 'binary';
  readonly cost: number;
}

export interface PortableRow {
  readonly name: string;
  /** At least one. */
  readonly entries: readonly Entry[];
  readonly relation: '<=' | '>=' | '=';
  readonly right: number;
}

/** What a column counts for. */
export interface Entry {
  readonly column: number;
  readonly value: number;
}

/** Minimise the costs. There is at least one column, and each stands in the objective or in a row. */
export interface Portable {
  readonly objective: { readonly name: string; readonly entries: readonly Entry[] };
  readonly columns: readonly PortableColumn[];
  readonly rows: readonly PortableRow[];
}

/** Readers differ in whether they know constants in an objective; all know a column that is 1. */
export const offsetName = 'offset';

/** Some readers take names of up to 100 characters. */
const longestName = 90;

/** Words that begin a section or stand for a value in LP files. */
const reserved = new RegExp(
  '^(free|inf(inity)?|st|end|min(imi[sz]e|imum)?|max(imi[sz]e|imum)?|subject|such|to|that|bounds?|' +
    'bin(ar(y|ies))?|gen(erals?)?|int(egers?)?|sos[12]?|sec|semi|sin|rhs)$',
  'i',
);

/** Inside of a name, what is neither letter nor digit becomes an underscore. */
export const plainName = (name: string): string => name.replace(/[^A-Za-z0-9_.]/g, '_');

/**
 * A name that no reader takes for a number, an operator or a word of its own: `Global Buffer.t` is `Global_Buffer.t`.
 */
export function safeName(name: string): string {
  const plain = plainName(name).slice(0, longestName);
  return /^[A-DF-Za-df-z_]/.test(plain) && !reserved.test(plain) ? plain : `_${plain}`;
}

/** Makes names that differ from all before them. */
export function uniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name}_${n}`;
    taken.add(unique);
    return unique;
  };
}

export function portable({ columns, rows, offset }: Milp): Portable {
  const [columnName, rowName] = [uniqueNames(), uniqueNames()];
  // Always there: it is also what rows and objectives without any other column are written with.
  columnName(offsetName);
  const all = [
    ...columns.map((c): PortableColumn => ({ ...c, name: columnName(safeName(c.name)), kind: kindOf(c) })),
    { name: offsetName, lower: 1, upper: 1, kind: 'continuous' as const, cost: offset },
  ];
  const objective = rowName('objective');
  const sides = rows.flatMap((r): PortableRow[] => {
    const own = r.indices.flatMap((column, k): Entry[] =>
      r.values[k] === 0 ? [] : [{ column, value: nth(r.values, k) }],
    );
    const entries = own.length > 0 ? own : [{ column: all.length - 1, value: 0 }];
    const side = (name: string, relation: PortableRow['relation'], right: number): PortableRow[] =>
      Number.isFinite(right) ? [{ name: rowName(safeName(name)), entries, relation, right }] : [];
    if (r.lower === r.upper) return side(r.name, '=', r.lower);
    const ranges = Number.isFinite(r.lower) && Number.isFinite(r.upper);
    return [
      ...side(ranges ? `${r.name}.least` : r.name, '>=', r.lower),
      ...side(ranges ? `${r.name}.most` : r.name, '<=', r.upper),
    ];
  });
  // Some readers take no program without rows.
  if (sides.length === 0)
    sides.push({ name: rowName(offsetName), entries: [{ column: all.length - 1, value: 1 }], relation: '=', right: 1 });
  const used = new Set(sides.flatMap((r) => r.entries.map((e) => e.column)));
  // Readers learn of a column where it stands: one without a cost and a row is written with a cost of 0.
  const entries = all.flatMap((c, column): Entry[] =>
    c.cost !== 0 || !used.has(column) ? [{ column, value: c.cost }] : [],
  );
  return {
    objective: { name: objective, entries: entries.length > 0 ? entries : [{ column: all.length - 1, value: 0 }] },
    columns: all,
    rows: sides,
  };
}

const kindOf = ({ integer, lower, upper }: Milp['columns'][number]): PortableColumn['kind'] =>
  !integer ? 'continuous' : lower === 0 && upper === 1 ? 'binary' : 'integer';

/** The shortest decimal that reads back as the same number. */
export const numberText = (x: number): string => (x === 0 ? '0' : String(x));

/** Readers of LP files may stop at 255 characters. */
export const longestLine = 200;

/** Comments are plain text in short lines: readers stumble over control characters and other alphabets. */
export function commentLines(mark: string, line: string): readonly string[] {
  const plain = `${mark} ${line.replace(/[^\x20-\x7e]/g, '?')}`.trimEnd();
  const [, indent, text] = defined(/^(. *)(.*)$/.exec(plain));
  const [first, ...rest] = defined(text).match(/\S{1,150}/g) ?? [''];
  return plain.length <= longestLine ? [plain] : wrapped([`${indent}${first}`, ...rest], `${indent}  `);
}

/** Words in lines that are not too long; all but the first begin with `indent`. */
export function wrapped(words: readonly string[], indent: string): readonly string[] {
  const lines: string[] = [];
  let line = words[0] ?? '';
  for (const word of words.slice(1)) {
    const longer = `${line} ${word}`;
    if (longer.length > longestLine) lines.push(line);
    line = longer.length > longestLine ? `${indent} ${word}` : longer;
  }
  return [...lines, line];
}
