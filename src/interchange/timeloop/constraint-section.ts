// Timeloop's constraints: those that our machines can have are applied, the others noted, one by one.

import { nearest } from '../../base/text.js';
import type { Bounds, Dimension } from '../../model/workload/layer.js';
import { dimensions, relevance, tensors } from '../../model/workload/layer.js';
import type { Item } from './component.js';
import { checkDirective, keepTypes } from './directive.js';
import type { DraftAxis, DraftLevel, DraftRule } from './draft.js';
import { betweenName } from './draft.js';
import { readFactors, readPermutation } from './factor-text.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, firstNumber, listOf, note } from './findings.js';
import { checkKeys } from './keys.js';
import type { Names } from './names.js';
import { tensorName, tensorsIn } from './names.js';
import type { Section } from './sections.js';

interface Constraint {
  readonly target: string;
  readonly type: string;
  readonly fields: Fields;
  readonly path: Path;
}

/**
 * Those of v0.4's nodes, and the lists of targets beside the architecture; `bounds` of the problem, where it is there.
 */
export function applyConstraints(
  f: Findings,
  levels: readonly DraftLevel[],
  items: readonly Item[],
  sections: readonly Section[],
  names: Names,
  bounds: Bounds | undefined,
): void {
  const inline = items.flatMap((item) =>
    Object.entries(item.constraints).flatMap(([type, data]): Constraint[] => {
      const fields = fieldsOf(data);
      return fields ? [{ target: item.name, type, fields, path: [...item.path, 'constraints', type] }] : [];
    }),
  );
  for (const c of [...inline, ...sections.flatMap((s) => listed(f, s, levels))]) apply(f, levels, names, bounds, c);
}

/** `{targets: [{target, type, ...}]}`, a bare list, or targets with constraints of their own. */
function listed(f: Findings, { data, path }: Section, levels: readonly DraftLevel[]): readonly Constraint[] {
  const fields = fieldsOf(data);
  if (fields) checkKeys(f, fields, ['version', 'targets'], path);
  const list = listOf(fields ? (fields.targets ?? []) : data);
  const at = fields ? [...path, 'targets'] : path;
  if (!list) fault(f, 'malformed', at, 'expected a list of constraints: [{target, type, ...}]');
  return (list ?? []).flatMap((x, i) => {
    const outer = fieldsOf(x) ?? {};
    const inner = listOf(outer.constraints);
    return (inner ?? [outer]).flatMap((y, j): Constraint[] => {
      const own = fieldsOf(y) ?? {};
      const here = [...at, i, ...(inner ? ['constraints', j] : [])];
      // Older files count memories from the innermost.
      const target = outer.target ?? outer.name;
      const name = typeof target === 'number' ? levels.at(-1 - target)?.name : target;
      if (typeof name === 'string' && typeof own.type === 'string')
        return [{ target: name, type: own.type, fields: { ...own, ...fieldsOf(own.attributes) }, path: here }];
      fault(f, 'malformed', here, 'expected a constraint: {target, type, ...}');
      return [];
    });
  });
}

function apply(
  f: Findings,
  levels: readonly DraftLevel[],
  names: Names,
  bounds: Bounds | undefined,
  c: Constraint,
): void {
  const level = levels.find((l) => l.name === c.target);
  const axes = levels.flatMap((l) => l.axes.filter((x) => x.node === c.target || betweenName(x.node) === c.target));
  if (!level && axes.length === 0) {
    const known = [...levels.map((l) => l.name), ...levels.flatMap((l) => l.axes.map((x) => x.node))];
    const near = nearest(c.target, known);
    // A container of a single thing has nothing to constrain.
    return fault(
      f,
      'unknown-name',
      c.path,
      `the architecture has no ${c.target}` +
        (near === undefined ? ` to constrain; it has ${known.join(', ')}` : `; did you mean ${near}?`),
    );
  }
  if (keepTypes.includes(c.type)) return level ? keep(f, level, names, c) : undefined;
  switch (c.type) {
    case 'temporal':
      return level ? temporal(f, level, names, bounds, c) : undefined;
    case 'spatial':
      return spatial(f, levels, axes, names, bounds, c);
    case 'no_link_transfer':
      return undefined;
    case 'utilization':
    case 'parallelism':
    case 'max_overbooked_proportion':
      return note(f, c.path, `${c.type} is not applied: the mapper looks at more mappings than Timeloop would`);
    case 'no_multicast':
    case 'no_reduction':
    case 'no_multicast_no_reduction':
    case 'no_temporal_reuse':
      return fault(
        f,
        'not-covered',
        c.path,
        `${c.type} changes what is counted; magnet always has multicast, reduction and reuse`,
      );
    default:
      return fault(
        f,
        'unknown-name',
        c.path,
        `unknown type of constraint: ${c.type}; expected temporal, spatial, dataspace (bypass, ` +
          'datatype) or utilization',
      );
  }
}

/** What no constraint names is the mapper's choice. */
function keep(f: Findings, level: DraftLevel, names: Names, { fields, path }: Constraint): void {
  if (!level.memory) {
    const kept = tensorsIn(f, names, fields.keep, [...path, 'keep']);
    if (kept.length > 0)
      fault(
        f,
        'not-covered',
        [...path, 'keep'],
        `nothing can be kept at ${level.name}, between two fan-outs; put a memory there`,
      );
    return undefined;
  }
  checkDirective(f, names, 'keep', fields, path, ['keep_only', 'bypass_only']);
  const these = (key: string) =>
    fields[key] === undefined || fields[key] === null ? undefined : tensorsIn(f, names, fields[key], [...path, key]);
  const only = these('keep_only');
  const allBut = these('bypass_only');
  const keeps = [
    ...(these('keep') ?? []),
    ...(only ?? []),
    ...(allBut ? tensors.filter((t) => !allBut.includes(t)) : []),
  ];
  const bypasses = [
    ...(these('bypass') ?? []),
    ...(allBut ?? []),
    ...(only ? tensors.filter((t) => !only.includes(t)) : []),
  ];
  for (const t of tensors) {
    // Constraints before, of another file or of the node itself, count as these do.
    const fixed = !level.open.has(t);
    const kept = keeps.includes(t) || (fixed && level.keeps.has(t));
    const goesBy = bypasses.includes(t) || (fixed && !level.keeps.has(t));
    if (kept && goesBy)
      fault(
        f,
        'conflict',
        path,
        `${tensorName(names, t)} is both kept and bypassed at ${level.name}; name it in one of them`,
      );
    else if (goesBy) level.keeps.delete(t);
    if (kept || goesBy) level.open.delete(t);
  }
}

function temporal(f: Findings, level: DraftLevel, names: Names, bounds: Bounds | undefined, c: Constraint): void {
  const { gone, rules } = readRules(f, level.name, names, bounds, c);
  for (const d of gone) level.temporal.delete(d);
  level.factors.push(...rules.map((r) => ({ ...r, axes: [] })));
  const order = readPermutation(f, names, c.fields.permutation, [...c.path, 'permutation']);
  if (order.length === 0) return;
  if (level.innermost)
    fault(f, 'duplicate', [...c.path, 'permutation'], `a second permutation of ${level.name}; keep one of them`);
  level.innermost = order;
}

function spatial(
  f: Findings,
  levels: readonly DraftLevel[],
  axes: readonly DraftAxis[],
  names: Names,
  bounds: Bounds | undefined,
  c: Constraint,
): void {
  const level = levels.find((l) => l.axes.some((x) => axes.includes(x)));
  if (!level) return note(f, c.path, `there is no fan-out below ${c.target}; its spatial constraint has no effect`);
  const { gone, rules } = readRules(f, c.target, names, bounds, c);
  for (const d of gone) for (const axis of axes) axis.dims.delete(d);
  level.factors.push(...rules.map((r) => ({ ...r, axes })));
  const order = readPermutation(f, names, c.fields.permutation, [...c.path, 'permutation']);
  const split = firstNumber(
    f,
    c.fields,
    ['split'],
    c.path,
    'a whole number of at least 0',
    (n) => Number.isSafeInteger(n) && n >= 0,
  );
  if (split === undefined) return undefined;
  // The first of the permutation go to X, the rest to Y. What it does not name comes after.
  for (const d of dimensions) {
    const at = order.indexOf(d);
    if (at < 0 && split > order.length) continue;
    const letter = at >= 0 && at < split ? 'X' : 'Y';
    for (const axis of axes) if (axis.letter !== letter) axis.dims.delete(d);
  }
}

interface Rules {
  /** Dimensions whose factor must be 1. */
  readonly gone: ReadonlySet<Dimension>;
  readonly rules: readonly Omit<DraftRule, 'axes'>[];
}

/** They would narrow what the mapper looks at. */
const unapplied = ['maximize_dims', 'default_max_factor', 'default_min_factor', 'remainders'];
const applied = [
  'factors_only',
  'no_iteration_over_dataspaces',
  'must_iterate_over_dataspaces',
  'maximize_dims_capacity',
];

function readRules(
  f: Findings,
  target: string,
  names: Names,
  bounds: Bounds | undefined,
  { type, fields, path }: Constraint,
): Rules {
  checkDirective(f, names, 'loops', fields, path, [...applied, ...unapplied]);
  const gone = new Set<Dimension>();
  const rules: Omit<DraftRule, 'axes'>[] = [];
  const known = [...names.dims.values()];
  const factors = (['factors', 'factors_only'] as const).flatMap((key) =>
    readFactors(f, names, fields[key], [...path, key]).map((x) => ({ ...x, at: [...path, key] })),
  );
  for (const { dim, relation, value: given, at } of factors) {
    const said = `${nameOf(names, dim)}${relation}${given} (${type}, ${target})`;
    // What the other levels leave is no rule.
    if (given < 0 || (relation === '>=' && given <= 1)) continue;
    if (relation === '<=' && given === 0) fault(f, 'invalid-value', at, `${said} allows no factor; give at least 1`);
    const value = relation === '=' ? whole(given, bounds?.[dim]) : given;
    if (value === undefined)
      note(
        f,
        at,
        `${said} is not applied: it stands for the whole bound, which only a problem given with the architecture says`,
      );
    else if (value === 1) gone.add(dim);
    else if (value > 0) rules.push({ dim, relation, value });
    if (value !== undefined && value < given)
      note(f, at, `${said} is taken as ${value}, the whole bound, as Timeloop does`);
  }
  if (fields.factors_only !== undefined && fields.factors_only !== null)
    for (const d of known) if (!factors.some((x) => x.dim === d)) gone.add(d);
  const over = (key: string) => tensorsIn(f, names, fields[key], [...path, key]);
  for (const t of over('no_iteration_over_dataspaces')) for (const d of relevance[t]) gone.add(d);
  const must = over('must_iterate_over_dataspaces');
  if (must.length > 0) for (const d of known) if (!must.some((t) => relevance[t].includes(d))) gone.add(d);
  for (const key of unapplied) {
    if (fields[key] !== undefined && fields[key] !== null)
      note(f, [...path, key], `${key} (${type}, ${target}) is not applied: the mapper may choose any factor there`);
  }
  return { gone, rules };
}

/** 0 stands for the bound, and no factor is fixed beyond it. */
const whole = (value: number, bound: number | undefined): number | undefined =>
  bound === undefined ? (value === 0 ? undefined : value) : value === 0 ? bound : Math.min(value, bound);

const nameOf = (names: Names, dim: Dimension) => [...names.dims].find(([, d]) => d === dim)?.[0] ?? dim;
