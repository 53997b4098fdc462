// The form of what `prove --json` writes.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { parameters } from '../model/space/design-space.js';
import type { Parameter } from '../model/machine/parameters.js';
import { spaceSchema } from './codesign-schema.js';
import { coverageFields } from './coverage.js';
import { hardwareField } from './hardware-file.js';
import type { ProveResultFile } from './prove-result.js';
import { proveResultSchema } from './prove-result.js';
import { layerFields } from './result-layer.js';
import { check, nonNegative, oneOf, positive, record, text, whole } from './schema.js';
import { stampField } from './stamp.js';

const listOf = <T extends z.ZodType>(what: string, item: T) => z.array(item, { error: `expected the list of ${what}` });

const requirement = {
  text: text(),
  kind: oneOf('kind', ['area', 'network', 'layer', 'parameter']),
  name: text(),
  layer: text().optional(),
  bound: oneOf('bound', ['least', 'most']),
  value: nonNegative(),
  unit: z.string(),
};
const needed = z.union(
  [
    record('an exact value', { kind: z.literal('exact'), value: nonNegative() }),
    record('a range', {
      kind: z.literal('between'),
      from: nonNegative(),
      to: nonNegative().nullable(),
      reason: z.string().default(''),
    }),
    record('no value', { kind: z.literal('never') }),
  ],
  { error: 'expected what is needed: {kind: "exact", value}, {kind: "between", from, to} or {kind: "never"}' },
);

// Every layer has a mapping.
const { name, count, layer, parts, mapping } = layerFields;
const mapped = record('a layer', {
  name,
  count,
  layer,
  energy: nonNegative(),
  parts,
  cycles: nonNegative(),
  edp: nonNegative(),
  utilization: nonNegative(),
  mapping: mapping.unwrap(),
});

const witness = record('a witness', {
  machine: text(),
  parameters: record(
    'parameters',
    Object.fromEntries(parameters.map((p) => [p, positive()])) as Record<Parameter, ReturnType<typeof positive>>,
  ).nullable(),
  area: nonNegative().nullable(),
  energy: nonNegative(),
  cycles: nonNegative(),
  edp: nonNegative(),
  edpOfTotals: nonNegative(),
  reached: listOf('figures reached', nonNegative()),
  layers: listOf('layers', mapped),
});

const result = record('a proof', {
  schema: z.literal(proveResultSchema, { error: `expected "${proveResultSchema}"` }),
  ...stampField,
  network: text(),
  ...coverageFields,
  machine: text().nullable(),
  space: spaceSchema.nullable(),
  technology: text(),
  conventions: text(),
  padding: z.boolean(),
  hardware: hardwareField,
  requirements: listOf('requirements', record('a requirement', requirement)),
  status: oneOf('status', ['feasible', 'infeasible', 'unknown']),
  witness: witness.nullable(),
  core: listOf('requirements of the core', record('a requirement of the core', { ...requirement, needed })),
  minimal: z.boolean().nullable(),
  also: listOf('further cores', z.array(text())),
  shortages: listOf('shortages', record('a shortage', { layer: text(), text: text(), needed: needed.nullable() })),
  layers: listOf(
    'layers',
    record('a layer', { name: text(), count: whole(1), quantity: text(), bound: nonNegative(), share: nonNegative() }),
  ),
  reason: z.string(),
  settled: listOf('what is settled', z.string()),
  seconds: nonNegative(),
}).refine((r) => r.witness === null || r.witness.reached.length === r.requirements.length, {
  path: ['witness', 'reached'],
  error: 'expected a figure for every requirement',
});

export const parseProveResult = (data: unknown): Parsed<ProveResultFile> =>
  check(result as unknown as z.ZodType<ProveResultFile>, data);
