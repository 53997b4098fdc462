// A layer of a network as every result holds it: its shape, what it costs, what is proven of it, its mapping.

import type { ShapeFile } from '../interchange/layer-shape.js';
import { shape } from '../interchange/layer-shape.js';
import type { MappingFile } from '../interchange/mapping-file.js';
import { mappingSchema, partsIn } from '../interchange/mapping-file.js';
import { nonNegative, numbers, oneOf, text, whole } from '../interchange/schema.js';

export const statuses = ['optimal', 'feasible', 'infeasible', 'unknown'] as const;
export type Status = (typeof statuses)[number];

/** Figures of one instance; null where there is no mapping. pJ, cycles. */
export interface ResultLayer {
  readonly name: string;
  readonly count: number;
  /** Files from before it was written have none, nor `parts`. */
  readonly layer: ShapeFile | null;
  readonly status: Status;
  readonly objective: number | null;
  /** Proven: no mapping is below. Null where nothing is proven, or nothing fits. */
  readonly bound: number | null;
  /** (objective - bound) / objective. */
  readonly gap: number | null;
  readonly energy: number | null;
  /** The energy by component. */
  readonly parts: Readonly<Record<string, number>> | null;
  readonly cycles: number | null;
  readonly utilization: number | null;
  readonly mapping: MappingFile | null;
}

/** Loops and kept tensors are written out in results, also where there are none. */
const mapping = mappingSchema.transform(({ levels, parts }): MappingFile => ({
  ...partsIn(parts),
  levels: levels.map(({ name, keep = [], bypass = [], temporal = [], spatial = [] }) => ({
    name,
    keep,
    bypass,
    temporal,
    spatial: spatial.map((s) => ({ ...s, axis: s.axis ?? '' })),
  })),
}));

/** The fields of its schema. Mappings are checked for their form; whose machine they fit is asked where they are used. */
export const layerFields = {
  name: text(),
  count: whole(1),
  layer: shape.nullable().default(null),
  status: oneOf('status', statuses),
  objective: nonNegative().nullable(),
  bound: nonNegative().nullable(),
  gap: nonNegative().nullable(),
  energy: nonNegative().nullable(),
  parts: numbers(nonNegative).nullable().default(null),
  cycles: nonNegative().nullable(),
  utilization: nonNegative().nullable(),
  mapping: mapping.nullable(),
};
