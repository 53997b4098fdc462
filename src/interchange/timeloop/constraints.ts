// Timeloop's constraints: those that our machines can have are applied, the others noted, one by one.

import { nearest } from '../../base/text.js';
import type { Dimension } from '../../model/layer.js';
import { dimensions, relevance, tensors } from '../../model/layer.js';
import type { Item } from './component.js';
import type { DraftLevel } from './draft.js';
import { readFactors, readPermutation } from './factors.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, firstNumber, listOf, note } from './findings.js';
import type { Names } from './names.js';
import { tensorsIn } from './names.js';
import type { Section } from './sections.js';

interface Constraint {
  readonly target: string;
  readonly type: string;
  readonly fields: Fields;
  readonly path: Path;
}

/** Those of v0.4's nodes, and the lists of targets beside the architecture. */
export function applyConstraints(f: Findings, levels: readonly DraftLevel[], items: readonly Item[], sections: readonly Section[], names: Names): void {
  const inline = items.flatMap((item) =>
    Object.entries(item.constraints).flatMap(([type, data]): Constraint[] => {
      const fields = fieldsOf(data);
      return fields ? [{ target: item.name, type, fields, path: [...item.path, 'constraints', type] }] : [];
    }),
  );
  for (const c of [...inline, ...sections.flatMap((s) => listed(f, s, levels))]) apply(f, levels, names, c);
}

/** `{targets: [{target, type, ...}]}`, a bare list, or targets with constraints of their own. */
function listed(f: Findings, { data, path }: Section, levels: readonly DraftLevel[]): readonly Constraint[] {
  const fields = fieldsOf(data);
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
      if (typeof name === 'string' && typeof own.type === 'string') return [{ target: name, type: own.type, fields: { ...own, ...fieldsOf(own.attributes) }, path: here }];
      fault(f, 'malformed', here, 'expected a constraint: {target, type, ...}');
      return [];
    });
  });
}

function apply(f: Findings, levels: readonly DraftLevel[], names: Names, c: Constraint): void {
  const level = levels.find((l) => l.name === c.target);
  const axes = levels.flatMap((l) => l.axes.filter((x) => x.node === c.target || `inter_${x.node}_spatial` === c.target));
  if (!level && axes.length === 0) {
    const known = [...levels.map((l) => l.name), ...levels.flatMap((l) => l.axes.map((x) => x.node))];
    const near = nearest(c.target, known);
    // A container of a single thing has nothing to constrain.
    return fault(f, 'unknown-name', c.path, `the architecture has no ${c.target}${near === undefined ? ` to constrain; it has ${known.join(', ')}` : `; did you mean ${near}?`}`);
  }
  switch (c.type) {
    case 'dataspace': case 'datatype': case 'bypass': case 'bypassing':
      return level && keep(f, level, names, c);
    case 'temporal':
      return level && temporal(f, level, names, c);
    case 'spatial':
      return spatial(f, axes, names, c);
    case 'no_link_transfer':
      return undefined;
    case 'utilization': case 'parallelism': case 'max_overbooked_proportion':
      return note(f, c.path, `${c.type} is not applied: the mapper looks at more mappings than Timeloop would`);
    case 'no_multicast': case 'no_reduction': case 'no_multicast_no_reduction': case 'no_temporal_reuse':
      return fault(f, 'not-covered', c.path, `${c.type} changes what is counted; magnet always has multicast, reduction and reuse`);
    default:
      return fault(f, 'unknown-name', c.path, `unknown type of constraint: ${c.type}; expected temporal, spatial, dataspace (bypass, datatype) or utilization`);
  }
}

/** The mapper keeps bypass fixed: what no constraint sends by is kept. */
function keep(f: Findings, level: DraftLevel, names: Names, { fields, path }: Constraint): void {
  const these = (key: string) => (fields[key] === undefined || fields[key] === null ? undefined : tensorsIn(f, names, fields[key], [...path, key]));
  const only = these('keep_only');
  const allBut = these('bypass_only');
  const keeps = [...(these('keep') ?? []), ...(only ?? []), ...(allBut ? tensors.filter((t) => !allBut.includes(t)) : [])];
  const bypasses = [...(these('bypass') ?? []), ...(allBut ?? []), ...(only ? tensors.filter((t) => !only.includes(t)) : [])];
  for (const t of tensors) {
    if (keeps.includes(t) && bypasses.includes(t)) fault(f, 'conflict', path, `${t} is kept and goes by at ${level.name}; name it in one of them`);
    else if (bypasses.includes(t)) level.keeps.delete(t);
  }
  if ((these('no_coalesce') ?? []).length > 0) fault(f, 'not-covered', [...path, 'no_coalesce'], 'magnet always coalesces');
}

function temporal(f: Findings, level: DraftLevel, names: Names, c: Constraint): void {
  for (const d of unlooped(f, level.name, names, c)) level.temporal.delete(d);
  const order = readPermutation(f, names, c.fields.permutation, [...c.path, 'permutation']).filter((d) => level.temporal.has(d));
  if (order.length > 1) note(f, [...c.path, 'permutation'], `the order of the loops of ${level.name} is not fixed: the mapper chooses it`);
}

function spatial(f: Findings, axes: readonly DraftLevel['axes'][number][], names: Names, c: Constraint): void {
  if (axes.length === 0) return note(f, c.path, `there is no fan-out below ${c.target}; its spatial constraint says nothing`);
  for (const d of unlooped(f, c.target, names, c)) for (const axis of axes) axis.dims.delete(d);
  const order = readPermutation(f, names, c.fields.permutation, [...c.path, 'permutation']);
  const split = firstNumber(f, c.fields, ['split'], c.path, 'a whole number of at least 0', (n) => Number.isSafeInteger(n) && n >= 0);
  if (split === undefined) return undefined;
  // The first of the permutation go to X, the rest to Y. What it does not name comes after.
  for (const d of dimensions) {
    const at = order.indexOf(d);
    if (at < 0 && split > order.length) continue;
    const letter = at >= 0 && at < split ? 'X' : 'Y';
    for (const axis of axes) if (axis.letter !== letter) axis.dims.delete(d);
  }
}

/** Dimensions whose factor must be 1; other bounds on factors are noted. */
function unlooped(f: Findings, target: string, names: Names, { type, fields, path }: Constraint): readonly Dimension[] {
  const gone = new Set<Dimension>();
  const known = [...names.dims.values()];
  const factors = [...readFactors(f, names, fields.factors, [...path, 'factors']), ...readFactors(f, names, fields.factors_only, [...path, 'factors_only'])];
  for (const { dim, relation, value } of factors) {
    if (value === 1 && relation !== '>=') gone.add(dim);
    else if (!(value === 1 && relation === '>=')) note(f, [...path, 'factors' in fields ? 'factors' : 'factors_only'], `${nameOf(names, dim)}${relation}${value} (${type}, ${target}) is not applied: the mapper may choose any factor there`);
  }
  if (fields.factors_only !== undefined && fields.factors_only !== null) for (const d of known) if (!factors.some((x) => x.dim === d)) gone.add(d);
  const over = (key: string) => tensorsIn(f, names, fields[key], [...path, key]);
  for (const t of over('no_iteration_over_dataspaces')) for (const d of relevance[t]) gone.add(d);
  const must = over('must_iterate_over_dataspaces');
  if (must.length > 0) for (const d of known) if (!must.some((t) => relevance[t].includes(d))) gone.add(d);
  for (const key of ['no_reuse', 'no_temporal_reuse', 'rmw_first_update']) if (over(key).length > 0) fault(f, 'not-covered', [...path, key], `${key} changes what is counted; magnet always has multicast, reduction and reuse`);
  for (const key of ['maximize_dims', 'default_max_factor', 'default_min_factor', 'remainders']) {
    if (fields[key] !== undefined && fields[key] !== null) note(f, [...path, key], `${key} (${type}, ${target}) is not applied: the mapper may choose any factor there`);
  }
  return [...gone];
}

const nameOf = (names: Names, dim: Dimension) => [...names.dims].find(([, d]) => d === dim)?.[0] ?? dim;
