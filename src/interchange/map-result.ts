// What `map --json` writes: the mapped network, its proofs and totals, as data that `show` and others read back.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import type { Objective } from '../model/cost/goal.js';
import { objectives } from '../model/cost/goal.js';
import type { CoverageFile } from './coverage.js';
import { coverageFields } from './coverage.js';
import type { HardwareFile } from './hardware-file.js';
import { hardwareField } from './hardware-file.js';
import { printJson } from './json-print.js';
import type { ResultLayer } from './result-layer.js';
import { layerFields } from './result-layer.js';
import { check, nonNegative, numbers, oneOf, positive, record, text, whole } from './schema.js';
import type { Stamped } from './stamp.js';
import { stampField } from './stamp.js';

export const mapResultSchema = 'magnet-map/1';

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

export interface MapResultLayer extends ResultLayer {
  readonly seconds: number;
  readonly solver: string;
  readonly nodes: number;
  /** Null where none was asked for. */
  readonly certificate: MapResultCertificate | null;
  /** Why there is no mapping; absent where there is one. */
  readonly reason?: string | undefined;
}

/** Totals are count-weighted; null where a layer has no mapping or was not reached. */
export interface MapResult extends CoverageFile, Stamped {
  readonly schema: typeof mapResultSchema;
  readonly workload: string;
  readonly arch: string;
  /** The objective's name; `objective` is its value, the sum over layers of count x layer objective. */
  readonly goal: Objective;
  /** Upper limits as they are asked for: `latency@each`, `energy@conv1`, `area`. Absent in files from before they were written. */
  readonly limits?: Readonly<Record<string, number>> | undefined;
  readonly conventions: string;
  /** Null where no file says the machine, and in files from before it was written. */
  readonly hardware: HardwareFile | null;
  readonly layers: readonly MapResultLayer[];
  readonly objective: number | null;
  readonly bound: number | null;
  readonly energy: number | null;
  readonly cycles: number | null;
  readonly edpOfTotals: number | null;
}

const figure = () => nonNegative().nullable();
const certificate = record('a certificate', {
  status: oneOf('status', certificateStatuses),
  eps: figure(),
  seconds: nonNegative(),
  leaves: whole(0),
  reason: z.string(),
});
const schema = record('a map result', {
  schema: z.literal(mapResultSchema, { error: `expected "${mapResultSchema}"` }),
  ...stampField,
  workload: text(),
  arch: text(),
  goal: oneOf('objective', objectives),
  limits: numbers(positive).optional(),
  conventions: text(),
  hardware: hardwareField,
  layers: z.array(
    // Files from before there were certificates have none.
    record('a mapped layer', {
      ...layerFields,
      seconds: nonNegative(),
      solver: text(),
      nodes: whole(0),
      certificate: certificate.nullable().default(null),
      reason: z.string().optional(),
    }),
    { error: 'expected the list of mapped layers' },
  ),
  objective: figure(),
  bound: figure(),
  energy: figure(),
  cycles: figure(),
  edpOfTotals: figure(),
  ...coverageFields,
});

export const looksLikeMapResult = (data: unknown): boolean =>
  typeof data === 'object' &&
  data !== null &&
  'schema' in data &&
  typeof data.schema === 'string' &&
  data.schema.startsWith('magnet-map/');

export const parseMapResult = (data: unknown): Parsed<MapResult> => check(schema, data);

/** A line per layer, so that files can be read and compared. */
export function printMapResult(result: MapResult): string {
  const fields = Object.entries(result).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const shown = Array.isArray(value)
      ? `[\n${value.map((layer) => `  ${JSON.stringify(layer)}`).join(',\n')}\n ]`
      : printJson(value, ' ');
    return [` ${JSON.stringify(key)}: ${shown}`];
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
