// What `map --json` writes: the mapped network, its proofs and totals, as data that `show` and others read back.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import type { Objective } from '../model/goal.js';
import { objectives } from '../model/goal.js';
import type { MappingFile } from './mapping-file.js';
import { mappingSchema } from './mapping-file.js';
import { check, nonNegative, oneOf, record, text, whole } from './schema.js';

export const mapResultSchema = 'magnet-map/1';

export const statuses = ['optimal', 'feasible', 'infeasible', 'unknown'] as const;
export type Status = (typeof statuses)[number];

export const certificateStatuses = ['certified', 'refuted', 'open'] as const;

/** A second witness in exact arithmetic: nothing is below objective x (1 - eps). */
export interface MapResultCertificate {
  readonly status: (typeof certificateStatuses)[number];
  /** Proven; null where nothing is. */
  readonly eps: number | null;
  readonly seconds: number;
  /** Boxes whose proofs were checked. */
  readonly leaves: number;
  readonly reason: string;
}

/** Figures of one instance of the layer; null where there is no mapping. pJ, cycles, seconds. */
export interface MapResultLayer {
  readonly name: string;
  readonly count: number;
  readonly status: Status;
  readonly objective: number | null;
  /** Proven: no mapping is below. Null where nothing is proven, or nothing fits. */
  readonly bound: number | null;
  /** (objective - bound) / objective. */
  readonly gap: number | null;
  readonly energy: number | null;
  readonly cycles: number | null;
  readonly utilization: number | null;
  readonly seconds: number;
  readonly solver: string;
  readonly nodes: number;
  /** Null where none was asked for. */
  readonly certificate: MapResultCertificate | null;
  readonly mapping: MappingFile | null;
}

/** Totals are count-weighted; null where a layer has no mapping or was not reached. */
export interface MapResult {
  readonly schema: typeof mapResultSchema;
  readonly workload: string;
  readonly arch: string;
  /** The objective's name; `objective` is its value, the sum over layers of count x layer objective. */
  readonly goal: Objective;
  readonly conventions: string;
  readonly layers: readonly MapResultLayer[];
  readonly objective: number | null;
  readonly bound: number | null;
  readonly energy: number | null;
  readonly cycles: number | null;
  readonly edpOfTotals: number | null;
}

const figure = () => nonNegative().nullable();
/** Loops and kept tensors are written out in results, also where there are none. */
export const mappingFile = mappingSchema.transform(({ levels }): MappingFile => ({
  levels: levels.map(({ name, keep = [], bypass = [], temporal = [], spatial = [] }) => ({ name, keep, bypass, temporal, spatial: spatial.map((s) => ({ ...s, axis: s.axis ?? '' })) })),
}));
const certificate = record('a certificate', { status: oneOf('status', certificateStatuses), eps: figure(), seconds: nonNegative(), leaves: whole(0), reason: z.string() });
const schema = record('a map result', {
  schema: z.literal(mapResultSchema, { error: `expected "${mapResultSchema}"` }),
  workload: text(),
  arch: text(),
  goal: oneOf('objective', objectives),
  conventions: text(),
  layers: z.array(
    record('a mapped layer', {
      name: text(),
      count: whole(1),
      status: oneOf('status', statuses),
      objective: figure(),
      bound: figure(),
      gap: figure(),
      energy: figure(),
      cycles: figure(),
      utilization: figure(),
      seconds: nonNegative(),
      solver: text(),
      nodes: whole(0),
      // Files from before there were any have none.
      certificate: certificate.nullable().default(null),
      mapping: mappingFile.nullable(),
    }),
    { error: 'expected the list of mapped layers' },
  ),
  objective: figure(),
  bound: figure(),
  energy: figure(),
  cycles: figure(),
  edpOfTotals: figure(),
});

export const looksLikeMapResult = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'schema' in data && typeof data.schema === 'string' && data.schema.startsWith('magnet-map/');

/** Mappings are checked for their form; whose machine they fit is asked where they are used. */
export const parseMapResult = (data: unknown): Parsed<MapResult> => check(schema, data);

/** A line per layer, so that files can be read and compared. */
export function printMapResult(result: MapResult): string {
  const fields = Object.entries(result).map(([key, value]) => {
    const shown = Array.isArray(value) ? `[\n${value.map((layer) => `  ${JSON.stringify(layer)}`).join(',\n')}\n ]` : JSON.stringify(value);
    return ` ${JSON.stringify(key)}: ${shown}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
