// A mapping as files hold it, the golden cases' format: read for an architecture, and printed.

import { nth } from '../base/invariant.js';
import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Dimension, Tensor } from '../model/workload/layer.js';
import { dimensions, tensors } from '../model/workload/layer.js';
import type { LevelMapping, Mapping, Parts } from '../model/mapping/mapping.js';
import { check, flag, oneOf, record, setOf, text, whole } from './schema.js';

const loop = { dim: oneOf('dimension', dimensions), factor: whole(1) };
/** Levels and loops outermost first. A note may stand beside the levels. */
export const mappingSchema = z.object(
  {
    levels: z.array(
      record('a level of a mapping', {
        name: text(),
        keep: setOf('tensor', tensors).optional(),
        bypass: setOf('tensor', tensors).optional(),
        temporal: z.array(record('a loop', loop), { error: 'expected a list of loops {dim, factor}' }).optional(),
        spatial: z
          .array(record('a spatial loop', { ...loop, axis: text().optional() }), {
            error: 'expected a list of loops {dim, factor, axis}',
          })
          .optional(),
      }),
      { error: 'expected a list of levels, outermost first' },
    ),
    parts: record('the parts of a layer', {
      G: whole(1).optional(),
      K: whole(1).optional(),
      block: whole(1).optional(),
      fold: record('a fold', { R: whole(1), S: whole(1) }).optional(),
      split: flag().optional(),
    }).optional(),
  },
  { error: 'expected a mapping: {levels: [{name, keep, temporal, spatial}]}' },
);

type PartsFile = z.infer<typeof mappingSchema>['parts'];

/** Reads a mapping for an architecture: levels by name, in order; axes by label. Legality is the model's question. */
export function parseMapping(data: unknown, a: Architecture, at: Diagnostic['path'] = []): Parsed<Mapping> {
  const checked = check(mappingSchema, data, at);
  if (!checked.ok) return checked;
  const file = checked.value.levels;
  const diagnostics: Diagnostic[] = [];
  const known = a.levels.map((l) => l.name);
  if (file.length !== known.length || file.some((l, i) => l.name !== known[i])) {
    return refuse(
      'other-machine',
      [...at, 'levels'],
      `the mapping is for levels ${file.map((l) => l.name).join(', ')}, but ${a.name} has ${known.join(', ')}`,
    );
  }
  const levels = file.map((l, i): LevelMapping => {
    const level = nth(a.levels, i);
    const spatial = (l.spatial ?? []).flatMap((s, j) => {
      if (s.factor === 1) return [];
      const axis = s.axis ?? (level.axes.length === 1 ? nth(level.axes, 0).label : '');
      if (!level.axes.some((x) => x.label === axis)) {
        const choice = level.axes.map((x) => x.label).join(', ');
        const message =
          level.axes.length === 0
            ? `${l.name} has no fan-out`
            : axis === ''
              ? `${l.name} has several axes; name one of ${choice}`
              : `${l.name} has no axis ${axis}; it has ${choice}`;
        diagnostics.push({ code: 'no-axis', path: [...at, 'levels', i, 'spatial', j], message });
      }
      return [{ dim: s.dim, factor: s.factor, axis }];
    });
    const both = l.keep?.filter((t) => l.bypass?.includes(t)) ?? [];
    for (const t of both)
      diagnostics.push({
        code: 'conflict',
        path: [...at, 'levels', i, 'bypass'],
        message: `${t} stands under keep and under bypass; name it in one of them`,
      });
    const keep = l.keep ?? level.keeps.filter((t) => !l.bypass?.includes(t));
    return { name: l.name, keep, temporal: (l.temporal ?? []).filter((t) => t.factor > 1), spatial };
  });
  for (const t of tensors) {
    if (!levels.some((l) => l.keep.includes(t)))
      diagnostics.push({ code: 'not-kept', path: [...at, 'levels'], message: `no level keeps ${t}` });
  }
  levels.forEach((l, i) => {
    for (const t of l.keep) {
      if (!nth(a.levels, i).stores[t])
        diagnostics.push({
          code: 'cannot-keep',
          path: [...at, 'levels', i, 'keep'],
          message: `${l.name} cannot store ${t}`,
        });
    }
  });
  return diagnostics.length > 0 ? refused(diagnostics) : parsed({ levels, ...partsIn(checked.value.parts) });
}

/** Only where there are several, the layer is folded or split, or groups are joined. */
export function partsIn({ G = 1, K = 1, block = 1, fold, split }: PartsFile = {}): Pick<Mapping, 'parts'> {
  const folds = fold !== undefined && fold.R * fold.S > 1;
  if (G * K * block === 1 && !folds && !split) return {};
  return {
    parts: { G, K, ...(block > 1 && { block }), ...(folds && { fold }), ...(split && { split: true as const }) },
  };
}

/** A mapping as its file has it. Factors of 1 are left out; every level says what it keeps and what goes by. */
export interface MappingFile {
  /** The layer runs folded, in blocks, split, or in so many parts over groups and output channels, each on the levels below. */
  readonly parts?: Parts;
  readonly levels: readonly {
    readonly name: string;
    readonly keep: readonly Tensor[];
    readonly bypass: readonly Tensor[];
    readonly temporal: readonly { readonly dim: Dimension; readonly factor: number }[];
    readonly spatial: readonly { readonly dim: Dimension; readonly factor: number; readonly axis: string }[];
  }[];
}

/** The mapping of a layer as data that `parseMapping` reads back as the same. */
export const printMappingFile = (mapping: Mapping): MappingFile => ({
  ...partsIn(mapping.parts),
  levels: mapping.levels.map(({ name, keep, temporal, spatial }) => ({
    name,
    keep: tensors.filter((t) => keep.includes(t)),
    bypass: tensors.filter((t) => !keep.includes(t)),
    temporal: temporal.map(({ dim, factor }) => ({ dim, factor })),
    spatial: spatial.map(({ dim, factor, axis }) => ({ dim, factor, axis })),
  })),
});
