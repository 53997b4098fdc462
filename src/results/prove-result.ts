// What `prove --json` writes: the question, and mappings that answer it, the requirements that exclude each other, or how far it came.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { hardwareField } from '../interchange/hardware-file.js';
import { check, nonNegative, oneOf, record, text, whole, withOldNames } from '../interchange/schema.js';
import { filedOf, numberOf } from '../interchange/template-fields.js';
import { coverageFields } from './coverage-fields.js';
import type { Read } from './fields.js';
import { listOf, printResult, spaceForm } from './fields.js';
import { layerFields } from './result-layer.js';
import { fromFirst } from './older-files.js';
import { provenLossField } from './proven-loss.js';
import { scheduleField } from './schedule-result.js';
import { stampField } from './stamp.js';

export const proveResultSchema = 'magnet-prove/2';

const requirement = {
  /** As the user wrote it. */
  text: text(),
  kind: oneOf('kind', ['area', 'network', 'layer', 'parameter'] as const),
  /** `area`, `energy`, `latency`, `edp`, `layer-edp` (of a network), or the parameter. */
  name: text(),
  /** Only of a layer's requirement. */
  layer: text().optional(),
  bound: withOldNames({ least: 'min', most: 'max' }, oneOf('bound', ['min', 'max'] as const)),
  value: nonNegative(),
  /** mm2, pJ, cycles, pJ*cycles, bits, MHz; empty for counts. */
  unit: z.string(),
};
/** The value that a limit would have to have at least (where `bound` is `min`, at most). */
const needed = z.union(
  [
    record('an exact value', { kind: z.literal('exact'), value: nonNegative() }),
    // Proven up to `from`; `to` is enough, null where nothing is known to be. `reason` is why it is not exact; empty in
    // files from before it was written.
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

// Every layer has a mapping; figures of one instance: pJ, cycles, pJ x cycles.
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
  /** Buffers in bits, the clock in MHz; null for machines that are not made from the template. */
  parameters: record(
    'parameters',
    filedOf(numberOf, (value) => value),
  ).nullable(),
  /** mm2; null where it is not known. */
  area: nonNegative().nullable(),
  /** Sums over the layers of count x figure; `edp` is the product of the first two. */
  energy: nonNegative(),
  cycles: nonNegative(),
  edp: nonNegative(),
  layerEdp: nonNegative(),
  /** Of every requirement, in the order of `requirements`. */
  reached: listOf('figures reached', nonNegative()),
  layers: listOf('layers', mapped),
});

/** Lists are empty and single things null where the status has none; a machine whose loss is not decided is a witness too. */
export const proofForm = record('a proof', {
  schema: z.literal(proveResultSchema, { error: `expected "${proveResultSchema}"` }),
  ...stampField,
  network: text(),
  ...coverageFields,
  /** Either a machine or a space was asked about. */
  machine: text().nullable(),
  space: spaceForm.nullable(),
  technology: text(),
  conventions: text(),
  padding: z.boolean(),
  /** The machine that was asked about, or found; null where there is none, and in files from before it was written. */
  hardware: hardwareField,
  requirements: listOf('requirements', record('a requirement', requirement)),
  status: oneOf('status', ['feasible', 'infeasible', 'unknown'] as const),
  witness: witness.nullable(),
  /** Whether it is of schedules, by which tensors may stay in the global buffer; absent where every tensor goes through DRAM. */
  residency: z.boolean().optional(),
  /** That of the witness, whose layers are those of its runs; absent where it keeps nothing. */
  schedule: scheduleField.optional(),
  /** Why it is not of schedules, where nobody asked for that; absent in files from before there were any. */
  unscheduled: text().optional(),
  core: listOf('requirements of the core', record('a requirement of the core', { ...requirement, needed })),
  /** Whether it is proven that the rest of the core can be met without any one of it. */
  minimal: z.boolean().nullable(),
  /** What else cannot be met, without any of the core: the texts of the requirements of each further core. */
  also: listOf('further cores', z.array(text())),
  shortages: listOf('shortages', record('a shortage', { layer: text(), text: text(), needed: needed.nullable() })),
  /** Each layer of a core of one network limit: `bound` is proven of one instance, the heaviest first; `share` is of all of them. */
  layers: listOf(
    'layers',
    record('a layer', { name: text(), count: whole(1), quantity: text(), bound: nonNegative(), share: nonNegative() }),
  ),
  /** Why it is unknown; empty otherwise. */
  reason: z.string(),
  settled: listOf('what is settled', z.string()),
  /** Where a limit on accuracy was asked for; `status` is then of what is measured and what is proven together. */
  accuracy: provenLossField.optional(),
  seconds: nonNegative(),
}).refine((r) => r.witness === null || r.witness.reached.length === r.requirements.length, {
  path: ['witness', 'reached'],
  error: 'expected a figure for every requirement',
});

/**
 * What `prove --json` writes, `magnet-prove/2`: the question, and a witness, a core of requirements or what was settled, as
 * `status` says.
 */
export type ProveResultFile = Read<typeof proofForm>;
export type ProveResultRequirement = ProveResultFile['requirements'][number];
export type ProveResultNeeded = Read<typeof needed>;
export type ProveResultLayer = Read<typeof mapped>;
export type ProveResultWitness = Read<typeof witness>;

export const parseProveResult = (data: unknown): Parsed<ProveResultFile> => check(proofForm, fromFirst(data));

/** The text of the file, a line per requirement and layer. */
export const printProveResult = (file: ProveResultFile): string => printResult(file, ['witness']);
