// What `codesign --json` and `codesign --pareto --json` write: machines and mappings found, what is proven, how the search came there.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { hardwareField } from '../interchange/hardware-file.js';
import { check, nonNegative, oneOf, positive, record, text, whole } from '../interchange/schema.js';
import { parameters } from '../model/space/design-space.js';
import { accuracyLimit } from './accuracy-limit-field.js';
import { configurationField } from './configuration-field.js';
import { coverageFields } from './coverage-fields.js';
import type { Read } from './fields.js';
import { figure, listOf, pointForm, printResult, spaceForm } from './fields.js';
import { layerFields } from './result-layer.js';
import { fromFirst } from './older-files.js';
import { scheduleField } from './schedule-result.js';
import { stampField } from './stamp.js';

export const codesignResultSchema = 'magnet-codesign/2';
export const codesignFrontSchema = 'magnet-codesign-front/2';

/** Between which quantities a front may lie: the first of a pair is minimised under limits on the second. */
export const frontMetrics = ['energy', 'latency', 'area', 'edp', 'layer-edp'] as const;
export type FrontMetric = (typeof frontMetrics)[number];

/** Upper limits as they were asked for: `area`, `latency`, `latency@conv1`. */
const limits = z.record(z.string(), positive(), { error: 'expected limits {name: value}' });

/** One run of a network; pJ, cycles, fJ per operation, seconds on the chip, TOPS. Null where there is no machine. */
const network = record('a network', {
  name: text(),
  weight: nonNegative(),
  energy: figure(),
  cycles: figure(),
  /** energy x cycles. */
  edp: figure(),
  /** Sum over layers of count x EDP. */
  layerEdp: figure(),
  fjPerOp: figure(),
  fjPerOpWithDram: figure(),
  time: figure(),
  utilization: figure(),
  tops: figure(),
  topsPeak: figure(),
  topsPerMm2: figure(),
  topsPerMm2Peak: figure(),
  configuration: configurationField,
  ...coverageFields,
});

/** `counts` per network, `count` their sum. */
const layer = record('a mapped layer', {
  ...layerFields,
  counts: z.array(whole(0), { error: 'expected the counts per network' }),
});

const step = record('a step', {
  value: nonNegative(),
  objective: figure(),
  bound: figure(),
  area: nonNegative(),
  feasible: z.boolean(),
});

/** Figures are null where there is no machine, or nothing is proven. */
export const codesignForm = record('a co-design result', {
  schema: z.literal(codesignResultSchema, { error: `expected "${codesignResultSchema}"` }),
  ...stampField,
  networks: listOf('networks', network),
  space: spaceForm,
  /** `goal` is its name: the sum over networks of weight x what it is of the network, or the area of the chip. */
  objective: figure(),
  goal: text(),
  limits,
  status: text(),
  bound: figure(),
  gap: figure(),
  reason: z.string(),
  nodes: whole(0),
  shapes: whole(0),
  seconds: nonNegative(),
  curve: listOf(
    'points of the curve',
    record('a point of the curve', { seconds: nonNegative(), best: figure(), bound: figure() }),
  ),
  point: pointForm.nullable(),
  /** The machine found, and the rules that its costs are counted by; null in files from before they were written. */
  hardware: hardwareField,
  conventions: text().nullable().default(null),
  area: listOf('parts of the area', record('a part', { part: text(), mm2: nonNegative() })),
  /** Energy by component, summed over networks as their weights say; pJ. */
  energy: listOf(
    'parts of the energy',
    record('a part', { part: text(), count: nonNegative(), energy: nonNegative() }),
  ),
  layers: listOf('layers', layer),
  /** One menu entry down and up from the point; only where it was asked for. */
  steps: listOf(
    'steps',
    record('the steps of a parameter', {
      parameter: oneOf('parameter', parameters),
      down: step.optional(),
      up: step.optional(),
    }),
  ).optional(),
  elasticities: listOf(
    'elasticities',
    record('an elasticity', { name: text(), elasticity: z.number().nullable(), note: z.string() }),
  ).optional(),
  /** Only where accuracy was limited. */
  accuracy: accuracyLimit.optional(),
  /** Of each network, where tensors may stay in the global buffer and a machine was found. */
  schedules: listOf('schedules', scheduleField).optional(),
  /** Why every tensor goes through DRAM, where nobody said that it shall. */
  unscheduled: text().optional(),
});

/** `metrics[0]` is minimised under limits on `metrics[1]`; from the tightest limit to none. */
export const codesignFrontForm = record('a front', {
  schema: z.literal(codesignFrontSchema, { error: `expected "${codesignFrontSchema}"` }),
  ...stampField,
  networks: listOf('networks', record('a network', { name: text(), weight: nonNegative(), ...coverageFields })),
  space: spaceForm,
  metrics: z.tuple([text(), text()], { error: 'expected the two metrics' }),
  limits,
  /** Proven: no design has less of `metrics[1]`. */
  floor: figure(),
  points: listOf(
    'points',
    record('a point of the front', {
      limit: figure(),
      status: text(),
      values: z.tuple([figure(), figure()]),
      /** Proven: no design within the limit has less of `metrics[0]`. */
      bound: figure(),
      reason: z.string(),
      seconds: nonNegative(),
      area: figure(),
      point: pointForm.nullable(),
      /** Of each network, where tensors may stay in the global buffer and a machine was found. */
      schedules: listOf('schedules', scheduleField).optional(),
    }),
  ),
  /** Why every tensor goes through DRAM, where nobody said that it shall. */
  unscheduled: text().optional(),
});

/**
 * What `codesign --json` writes, `magnet-codesign/2`: pJ, cycles, mm2, seconds; null where there is no machine or nothing is
 * proven.
 */
export type CodesignResultFile = Read<typeof codesignForm>;
export type CodesignFrontFile = Read<typeof codesignFrontForm>;
export type CodesignResultNetwork = Read<typeof network>;
export type CodesignResultLayer = Read<typeof layer>;
export type CodesignResultStep = Read<typeof step>;

export const parseCodesignResult = (data: unknown): Parsed<CodesignResultFile> => check(codesignForm, fromFirst(data));
export const parseCodesignFront = (data: unknown): Parsed<CodesignFrontFile> =>
  check(codesignFrontForm, fromFirst(data));

/** The text of the file of a search or of a front, a line per layer, step and point. */
export const printCodesignResult = (file: CodesignResultFile | CodesignFrontFile): string => printResult(file);
