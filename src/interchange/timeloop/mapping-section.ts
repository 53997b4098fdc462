// A Timeloop mapping: directives per memory and fan-out, each with factors, permutation and what is kept.

import { nth } from '../../base/invariant.js';
import type { Level } from '../../model/machine/architecture.js';
import type { Layer } from '../../model/workload/layer.js';
import { tensors } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { TimeloopArchitecture } from './architecture-section.js';
import { checkDirective, keepTypes } from './directive.js';
import { fanOutOf, levelOf } from './directive-target.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, listOf } from './findings.js';
import type { DraftLevel, MappingDraft } from './mapping-loops.js';
import { checkPerfect, loopsOf, settle, unrolled } from './mapping-loops.js';
import type { Names } from './names.js';
import { tensorsIn } from './names.js';
import type { Section } from './sections.js';

/** Memories without a directive have no loops and keep what the architecture says. Legality is the model's question. */
export function readMapping(
  f: Findings,
  { data, path }: Section,
  architecture: TimeloopArchitecture,
  names: Names,
  layer: Layer | undefined,
): Mapping | undefined {
  const list = listOf(data);
  if (!list) {
    fault(f, 'malformed', path, 'expected a list of directives: [{target, type, factors, permutation}]');
    return undefined;
  }
  const { levels } = architecture.architecture;
  const draft: MappingDraft = {
    f,
    names,
    architecture,
    levels: levels.map(() => ({ temporal: [], spatial: [], keep: new Map() })),
    seen: new Set(),
    open: [],
  };
  list.forEach((x, i) => directive(draft, fieldsOf(x) ?? {}, [...path, i]));
  const mapping: Mapping = { levels: levels.map((level, i) => mappedLevel(level, nth(draft.levels, i))) };
  for (const t of tensors)
    if (!mapping.levels.some((l) => l.keep.includes(t))) fault(f, 'not-kept', path, `no memory keeps ${t}`);
  const settled = settle(draft, mapping, layer);
  if (layer) checkPerfect(draft, path, settled, layer.bounds);
  return settled;
}

function mappedLevel(level: Level, draft: DraftLevel): Mapping['levels'][number] {
  const outward = (axis: string) => level.axes.findIndex((y) => y.label === axis);
  return {
    name: level.name,
    keep: tensors.filter((t) => draft.keep.get(t) ?? level.keeps.includes(t)),
    temporal: draft.temporal,
    spatial: [...draft.spatial].sort((s, t) => outward(s.axis) - outward(t.axis)),
  };
}

function directive(draft: MappingDraft, d: Fields, at: Path): void {
  const { f, names, architecture, seen } = draft;
  const { type } = d;
  const isSpatial = type === 'spatial';
  const index = isSpatial ? fanOutOf(f, architecture, d.target, at)?.level : levelOf(f, architecture, d.target, at);
  if (typeof type !== 'string' || !(isSpatial || type === 'temporal' || keepTypes.includes(type))) {
    return fault(
      f,
      'unknown-name',
      at,
      `unknown type of directive: ${String(type)}; expected temporal, spatial or dataspace (datatype, bypass)`,
    );
  }
  if (index === undefined) return undefined;
  const key = `${String(d.target)} ${keepTypes.includes(type) ? 'dataspace' : type}`;
  if (seen.has(key)) fault(f, 'duplicate', at, `a second ${type} directive for ${String(d.target)}; merge them`);
  seen.add(key);
  checkDirective(f, names, isSpatial || type === 'temporal' ? 'loops' : 'keep', d, at);
  const level = nth(draft.levels, index);
  if (!isSpatial && type !== 'temporal') return keep(draft, d, level, nth(architecture.architecture.levels, index), at);
  const loops = loopsOf(draft, d, at);
  if (type === 'temporal') level.temporal = loops.reverse();
  else level.spatial.push(...unrolled(draft, d, loops, at));
  return undefined;
}

/** What a directive says is kept at a memory, or sent by. */
function keep({ f, names }: MappingDraft, d: Fields, draft: DraftLevel, level: Level, at: Path): void {
  for (const [key, value] of [
    ['keep', true],
    ['bypass', false],
  ] as const) {
    for (const t of tensorsIn(f, names, d[key], [...at, key])) {
      if (value && !level.stores[t])
        fault(f, 'not-covered', [...at, key], `nothing can be kept at ${level.name}, between two fan-outs`);
      if (draft.keep.get(t) === !value)
        fault(f, 'conflict', [...at, key], `${t} stands under keep and under bypass; name it in one of them`);
      draft.keep.set(t, value);
    }
  }
}
