// What `schedule --json` writes: which tensors of a network stay in the global buffer, and what every run costs beside them.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { bandsField, keptTensor } from '../interchange/schedule-file.js';
import { hardwareField } from '../interchange/hardware-file.js';
import { check, flag, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import { residentTensors } from '../model/workload/resident.js';
import { scheduleObjectives } from '../tuner/schedule/schedule-question.js';
import type { Read } from './fields.js';
import { figure, listOf, printResult } from './fields.js';
import { stampField } from './stamp.js';

export const scheduleSchema = 'magnet-schedule/1';

const totals = { energy: nonNegative(), cycles: nonNegative() };
/** What writing the programs of all runs takes beside the totals, modelled: registers, cycles waited, pJ. */
const configuration = record('a configuration', { writes: whole(0), cycles: whole(0), energy: nonNegative() });
const tensor = record('a tensor', {
  name: text(),
  banks: whole(1),
  /** Runs between which it lives, both among them. */
  from: whole(0),
  upTo: whole(0),
  stays: flag(),
  /** The first of its banks. */
  bank: whole(0).optional(),
});

const run = record('a run', {
  name: text(),
  shape: text(),
  /** What of it lies in the global buffer. */
  resident: listOf('tensors', oneOf('tensor', residentTensors)),
  /** Banks in which no tile of it may lie. */
  taken: whole(0),
  /** Banks of each half of its tiles. */
  inputTiles: whole(0),
  outputTiles: whole(0),
  ...totals,
});

/** Of a schedule on a machine that stands beside it. */
const fields = {
  network: text(),
  arch: text(),
  objective: oneOf('objective', scheduleObjectives),
  /** Of a batch, all of which the totals are of. */
  images: whole(2).optional(),
  /** On the totals: pJ, cycles, pJ x cycles. */
  limits: record('limits', {
    energy: nonNegative().optional(),
    latency: nonNegative().optional(),
    edp: nonNegative().optional(),
    'layer-edp': nonNegative().optional(),
  }).optional(),
  status: oneOf('status', ['optimal', 'feasible', 'infeasible', 'unknown'] as const),
  reason: z.string(),
  value: figure(),
  /** Proven: no schedule of these runs, in their order, costs less. */
  bound: figure(),
  gap: figure(),
  energy: figure(),
  cycles: figure(),
  /** The best where nothing stays; absent where that was not asked for. */
  alone: record('totals', totals).optional(),
  /** The best where no chain is in bands; absent where that was not asked for. */
  whole: record('totals', { ...totals, configuration: configuration.optional() }).optional(),
  /** The best where weights are loaded in each band; absent where that was not asked for. */
  loading: record('totals', { ...totals, configuration: configuration.optional() }).optional(),
  /**
   * Chains that may be in bands, chains with a number of bands each, of these the ones with weights that stay,
   * and ways to take some that do not overlap.
   */
  space: record('a space', {
    chains: whole(1),
    candidates: whole(1),
    keeping: whole(1).optional(),
    routes: text(),
  }).optional(),
  configuration: configuration.optional(),
  banks: whole(1),
  /** Chains in bands of rows or images, which `run` and `compile` read too. */
  bands: bandsField.optional(),
  /** What `run --schedule` and `compile --schedule` read. */
  keep: listOf('tensors that stay', keptTensor),
  tensors: listOf('tensors', tensor),
  /** Storages of the network that cannot stay, and why. */
  others: listOf('tensors', record('a tensor', { name: text(), why: text() })),
  runs: listOf('runs', run),
  seconds: nonNegative(),
};

export const scheduleForm = record('a schedule', {
  schema: z.literal(scheduleSchema, { error: `expected "${scheduleSchema}"` }),
  ...stampField,
  hardware: hardwareField,
  ...fields,
});

/** As part of another result. */
export const scheduleField = record('a schedule', fields);
export type ScheduleInResult = Read<typeof scheduleField>;

export const withinResult = ({ schema: _, magnet: __, hardware: ___, ...own }: ScheduleResult): ScheduleInResult => own;

/**
 * What `schedule --json` writes, `magnet-schedule/1`: tensors with their banks, and every run; pJ and cycles of the whole
 * network.
 */
export type ScheduleResult = Read<typeof scheduleForm>;
/** From the data of a file; diagnostics where it is none of this schema. */
export const parseScheduleResult = (data: unknown): Parsed<ScheduleResult> => check(scheduleForm, data);
/** The text of the file, which `run --schedule` and `compile --schedule` read. */
export const printScheduleResult = (file: ScheduleResult): string => printResult(file);
