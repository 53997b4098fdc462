// A design space as a file: a value, a list or a range for each parameter of the template, from
// scratch or over a built-in space.

import { z } from 'zod';
import { defined, nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { DesignPoint, DesignSpace } from '../model/space/design-space.js';
import { spaces } from '../model/space/built-in-spaces.js';
import { check, oneOf, record, text, whole, withOldNames } from './schema.js';
import { uselessValues } from './space-check.js';
import { menu, printMenu } from './space-menu.js';
import { assumed, fieldsOf, fileOrder, meanings, printValue, valueOf, withMeanings } from './template-fields.js';

const noOverflow = 'no-overflow';
const maxPesMeaning = 'rows x columns at most';
const example = `base: ${nth(spaces, 0).name}`;
const forms =
  `expected a design space: {space: {${example}, ...}} with a value, a list or a range for each parameter ` +
  'of the template';
const at: Diagnostic['path'] = ['space'];

/** What fields were called in older files. */
const oldNames = { mostPes: 'maxPes' } as const;

/** Of what stands below `space`. */
const spaceForm = withOldNames(
  oldNames,
  record('a design space', {
    base: oneOf(
      'design space',
      spaces.map((s) => s.name),
    ).optional(),
    name: text().optional(),
    source: text().optional(),
    maxPes: whole(1).optional(),
    ...fieldsOf((p) => menu(valueOf(p), (v) => printValue(p, v), p === 'accumPrecision' ? noOverflow : undefined)),
  }),
);

/** As editors see it. */
export const spaceFileForm = z.strictObject({ space: spaceForm });

/** The old names of fields that a file of a space has, each with today's: they are read, and the user is told. */
export function oldNamesIn(data: unknown): readonly (readonly [old: string, now: string])[] {
  const space = typeof data === 'object' && data !== null && 'space' in data ? data.space : undefined;
  return typeof space === 'object' && space !== null ? Object.entries(oldNames).filter(([old]) => old in space) : [];
}

/** Reads `{space: {...}}`; `name` is taken where the file gives none. All faults are listed at once. */
export function parseSpace(data: unknown, name: string): Parsed<DesignSpace> {
  if (typeof data !== 'object' || data === null || !('space' in data)) return refuse('malformed', [], forms);
  const beside = Object.keys(data).filter((key) => key !== 'space');
  if (beside.length > 0)
    return refuse(
      'unknown-field',
      beside.slice(0, 1),
      `nothing else may be given beside "space"; move ${beside.join(', ')} into it or remove it`,
    );
  const checked = check(spaceForm, data.space, at);
  if (!checked.ok) return checked;
  const file = checked.value;
  const base = spaces.find((s) => s.name === file.base);
  const known: Partial<DesignSpace['menus']> = { ...menusOf(assumed), ...base?.menus };
  const given = fileOrder.flatMap((p) => ((file[p] ?? known[p]) ? [[p, file[p] ?? known[p]]] : []));
  const menus = Object.fromEntries(given) as Partial<DesignSpace['menus']>;
  const missing = fileOrder.filter((p) => menus[p] === undefined);
  if (missing.length > 0) {
    return refused(
      missing.map((p) => ({
        code: 'missing',
        path: [...at, p],
        message: `is missing (${meanings[p]}); give it, or start from a built-in space with "${example}"`,
      })),
    );
  }
  const whole = menus as DesignSpace['menus'];
  const space: DesignSpace = {
    name: file.name ?? name,
    source: file.source ?? (base ? `file, based on ${base.name}` : 'file'),
    menus: whole,
    maxPes: file.maxPes ?? base?.maxPes ?? defined(whole.rows.at(-1)) * defined(whole.columns.at(-1)),
    overflowFree: whole.accumPrecision.length === 0,
  };
  const faults = uselessValues(space, at);
  return faults.length > 0 ? refused(faults) : parsed(space);
}

/** One value each. */
const menusOf = (values: Partial<DesignPoint>): Partial<DesignSpace['menus']> =>
  Object.fromEntries(Object.entries(values).map(([p, v]) => [p, [v]]));

export interface SpaceRow {
  readonly parameter: string;
  /** As `parseSpace` reads it. */
  readonly values: string;
  readonly meaning: string;
}

/** The parameters of a space with their values, in the order in which a file lists them. */
export function spaceRows({ menus, maxPes, overflowFree }: DesignSpace): readonly SpaceRow[] {
  const rows = fileOrder.map((p) => ({
    parameter: p,
    values: p === 'accumPrecision' && overflowFree ? noOverflow : printMenu(menus[p], (v) => printValue(p, v)),
    meaning: meanings[p],
  }));
  return [{ parameter: 'maxPes', values: String(maxPes), meaning: maxPesMeaning }, ...rows];
}

/** The space as a YAML file that `parseSpace` reads back, each parameter with its meaning. */
export function printSpace(space: DesignSpace): string {
  const rows = withMeanings(
    spaceRows(space).map(({ parameter, values, meaning }) => [`${parameter}: ${values}`, meaning]),
  );
  return [
    'space:',
    `  name: ${JSON.stringify(space.name)}`,
    `  source: ${JSON.stringify(space.source)}`,
    ...rows,
    '',
  ].join('\n');
}
