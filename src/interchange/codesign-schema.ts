// The forms of what `codesign --json` and `codesign --pareto --json` write.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import type { DesignPoint, Parameter } from '../model/space/design-space.js';
import { parameters } from '../model/space/design-space.js';
import type { CodesignFrontFile, CodesignResultFile } from './codesign-result.js';
import { codesignFrontSchema, codesignResultSchema } from './codesign-result.js';
import { coverageFields } from './coverage.js';
import { hardwareField } from './hardware-file.js';
import { layerFields } from './result-layer.js';
import { check, nonNegative, oneOf, positive, record, text, whole } from './schema.js';
import { stampField } from './stamp.js';

const figure = () => nonNegative().nullable();
const listOf = <T extends z.ZodType>(what: string, item: T) => z.array(item, { error: `expected the list of ${what}` });
const point = record(
  'a design point',
  Object.fromEntries(parameters.map((p) => [p, positive()])) as Record<Parameter, ReturnType<typeof positive>>,
).transform((p): DesignPoint => p);
const limits = z.record(z.string(), positive(), { error: 'expected limits {name: value}' });

export const spaceSchema = record('a design space', {
  name: text(),
  digest: text(),
  shapes: whole(0),
  machines: whole(0),
});

const network = record('a network', {
  name: text(),
  weight: nonNegative(),
  energy: figure(),
  cycles: figure(),
  edp: figure(),
  fjPerOp: figure(),
  fjPerOpWithDram: figure(),
  time: figure(),
  utilization: figure(),
  tops: figure(),
  topsPeak: figure(),
  topsPerMm2: figure(),
  topsPerMm2Peak: figure(),
  ...coverageFields,
});

const layer = record('a mapped layer', {
  ...layerFields,
  counts: z.array(whole(0), { error: 'expected the counts per network' }),
});

const step = record('a step', {
  value: positive(),
  objective: figure(),
  bound: figure(),
  area: nonNegative(),
  feasible: z.boolean(),
});

const result = record('a co-design result', {
  schema: z.literal(codesignResultSchema, { error: `expected "${codesignResultSchema}"` }),
  ...stampField,
  networks: listOf('networks', network),
  space: spaceSchema,
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
  point: point.nullable(),
  hardware: hardwareField,
  conventions: text().nullable().default(null),
  area: listOf('parts of the area', record('a part', { part: text(), mm2: nonNegative() })),
  energy: listOf(
    'parts of the energy',
    record('a part', { part: text(), count: nonNegative(), energy: nonNegative() }),
  ),
  layers: listOf('layers', layer),
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
});

const front = record('a front', {
  schema: z.literal(codesignFrontSchema, { error: `expected "${codesignFrontSchema}"` }),
  ...stampField,
  networks: listOf('networks', record('a network', { name: text(), weight: nonNegative(), ...coverageFields })),
  space: spaceSchema,
  metrics: z.tuple([text(), text()], { error: 'expected the two metrics' }),
  limits,
  floor: figure(),
  points: listOf(
    'points',
    record('a point of the front', {
      limit: figure(),
      status: text(),
      values: z.tuple([figure(), figure()]),
      bound: figure(),
      reason: z.string(),
      seconds: nonNegative(),
      area: figure(),
      point: point.nullable(),
    }),
  ),
});

export const parseCodesignResult = (data: unknown): Parsed<CodesignResultFile> =>
  check(result as unknown as z.ZodType<CodesignResultFile>, data);
export const parseCodesignFront = (data: unknown): Parsed<CodesignFrontFile> =>
  check(front as unknown as z.ZodType<CodesignFrontFile>, data);
