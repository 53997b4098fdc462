// A mapping as the machine sees it: three nests in time, the PE array, lanes and vector, each loop with its weight.

import { invariant } from '../../base/diagnostics.js';
import type { Dimension } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import type { AxisLabel, TemplateLevel } from '../../model/machine/template-names.js';
import { axisLabels, levelNames } from '../../model/machine/template-names.js';
import type { Mapping } from '../../model/mapping/mapping.js';

export interface NestLoop {
  readonly dim: Dimension;
  readonly bound: number;
  /** How far one iteration moves the dimension's index: the product of its factors inside this loop. */
  readonly weight: number;
  /** Level of the mapping that the loop belongs to. */
  readonly level: string;
}

/** Loops innermost first, those of bound 1 left out. */
export interface Nests {
  readonly outer: readonly NestLoop[];
  readonly inner: readonly NestLoop[];
  readonly pe: readonly NestLoop[];
  /** What the columns and rows of the array carry, if anything. */
  readonly column: NestLoop | undefined;
  readonly row: NestLoop | undefined;
  readonly lanes: number;
  readonly vector: number;
}

/**
 * Product of the factors of a dimension: inside a PE (lanes and vector included), inside a global-buffer tile, in all.
 */
export type Extents = Readonly<Record<Dimension, number>>;

const peLevels: readonly TemplateLevel[] = [
  levelNames.accumBuffer,
  levelNames.accumCollector,
  levelNames.weightCollector,
  levelNames.inputCollector,
];

export function nestsOf(mapping: Mapping): Nests {
  const placed = mapping.levels
    .flatMap((l) => [
      ...l.temporal.map((t) => ({ ...t, level: l.name, axis: undefined as string | undefined })),
      ...l.spatial.map((s) => ({ dim: s.dim, factor: s.factor, level: l.name, axis: s.axis })),
    ])
    .filter((l) => l.factor > 1);
  const inside = new Map<Dimension, number>();
  const weighted = placed.toReversed().map((l) => {
    const weight = inside.get(l.dim) ?? 1;
    inside.set(l.dim, weight * l.factor);
    return { dim: l.dim, bound: l.factor, weight, level: l.level, axis: l.axis };
  });
  const inTime = (levels: readonly TemplateLevel[]) =>
    weighted
      .filter((l) => l.axis === undefined && levels.some((name) => name === l.level))
      .map(({ axis: _, ...loop }) => loop);
  const along = (axis: AxisLabel) => {
    const found = weighted.filter((l) => l.axis === axis);
    invariant(found.length <= 1, `${axis} of the array carry more than one dimension`);
    return found[0] && { dim: found[0].dim, bound: found[0].bound, weight: found[0].weight, level: found[0].level };
  };
  return {
    outer: inTime([levelNames.dram]),
    inner: inTime([levelNames.globalBuffer]),
    pe: inTime(peLevels),
    column: along(axisLabels.columns),
    row: along(axisLabels.rows),
    lanes: along(axisLabels.lanes)?.bound ?? 1,
    vector: along(axisLabels.vector)?.bound ?? 1,
  };
}

function extents(loops: readonly (NestLoop | undefined)[], within?: Extents): Extents {
  const found = Object.fromEntries(dimensions.map((d) => [d, within?.[d] ?? 1])) as Record<Dimension, number>;
  for (const l of loops) if (l) found[l.dim] *= l.bound;
  return found;
}

/** Extents of a PE's tile, of a global-buffer tile, of the whole padded layer. */
export function tileExtents(n: Nests): { readonly pe: Extents; readonly global: Extents; readonly all: Extents } {
  const ones = extents([]);
  const pe = extents(n.pe, { ...ones, K: n.lanes, C: n.vector });
  const global = extents([n.column, n.row, ...n.inner], pe);
  return { pe, global, all: extents(n.outer, global) };
}
