// What `map --json` writes: the mapped network, its proofs and totals, as data that `show` and others read back.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { hardwareField } from '../interchange/hardware-file.js';
import {
  check,
  isOfSchema,
  nonNegative,
  numbers,
  oneOf,
  positive,
  record,
  text,
  whole,
} from '../interchange/schema.js';
import { networkObjectives } from '../model/cost/network-goal.js';
import { configurationField } from './configuration-field.js';
import { coverageFields } from './coverage-fields.js';
import type { Read } from './fields.js';
import { figure, listOf, printResult, stoppedByField } from './fields.js';
import { layerFields } from './result-layer.js';
import { fromFirst } from './older-files.js';
import { stampField } from './stamp.js';

export const mapResultSchema = 'magnet-map/2';

export const certificateStatuses = ['certified', 'refuted', 'open'] as const;

/** A second witness in exact arithmetic: nothing is below objective x (1 - eps). */
const certificate = record('a certificate', {
  status: oneOf('status', certificateStatuses),
  /** Proven; null where nothing is. */
  eps: figure(),
  seconds: nonNegative(),
  /** Boxes whose proofs were checked. */
  leaves: whole(0),
  reason: z.string(),
});

const layer = record('a mapped layer', {
  ...layerFields,
  seconds: nonNegative(),
  solver: text(),
  nodes: whole(0),
  /** Null where none was asked for, and in files from before there were any. */
  certificate: certificate.nullable().default(null),
  /** Why there is no mapping; absent where there is one. */
  reason: z.string().optional(),
  stoppedBy: stoppedByField,
});

/** A question about the network as a whole: what is minimised of its totals, within limits on them. */
const network = record('an answer about the network', {
  objective: oneOf('objective', networkObjectives),
  status: oneOf('status', ['optimal', 'feasible', 'infeasible', 'unknown'] as const),
  value: figure(),
  /** Proven: no choice of mappings, one for every instance, is below. */
  bound: figure(),
  gap: figure(),
  /** Why it is not optimal; empty where it is. */
  reason: z.string(),
});

/** Totals are count-weighted; null where a layer has no mapping or was not reached. */
export const mapForm = record('a map result', {
  schema: z.literal(mapResultSchema, { error: `expected "${mapResultSchema}"` }),
  ...stampField,
  workload: text(),
  arch: text(),
  /**
   * The objective's name; `objective` is its value: energy x cycles of the totals, or the sum over layers of count x layer
   * objective.
   */
  goal: oneOf('objective', networkObjectives),
  /** Upper limits as they are asked for: `latency@each`, `energy@conv1`, `area`. Absent in files from before they were written. */
  limits: numbers(positive).optional(),
  conventions: text(),
  /** Null where no file says the machine, and in files from before it was written. */
  hardware: hardwareField,
  layers: listOf('mapped layers', layer),
  objective: figure(),
  bound: figure(),
  energy: figure(),
  cycles: figure(),
  /** energy x cycles. */
  edp: figure(),
  /** Absent where every layer was asked about alone. */
  network: network.optional(),
  configuration: configurationField,
  ...coverageFields,
});

/** What `map --json` writes, `magnet-map/2`: pJ, cycles, seconds; figures that are not known are null. */
export type MapResult = Read<typeof mapForm>;
export type MapResultNetwork = Read<typeof network>;
export type MapResultLayer = Read<typeof layer>;
export type MapResultCertificate = Read<typeof certificate>;

export const looksLikeMapResult = (data: unknown): boolean => isOfSchema(data, 'magnet-map/');

export const parseMapResult = (data: unknown): Parsed<MapResult> => check(mapForm, fromFirst(data));

/** The text of the file, a line per layer; `parseMapResult` reads it back as the same. */
export const printMapResult = (file: MapResult): string => printResult(file);
