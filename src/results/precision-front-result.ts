// What `codesign --pareto accuracy-loss,energy --json` writes: the best machine of each precision, beside what a network loses there.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { check, flag, nonNegative, positive, record, text, whole } from '../interchange/schema.js';
import { lossFigures, precisionBits, sampleSource } from './accuracy-limit-field.js';
import { frontMetrics } from './codesign-result.js';
import { coverageFields } from './coverage-fields.js';
import type { Read } from './fields.js';
import { figure, listOf, pointForm, printResult, spaceForm } from './fields.js';
import { scheduleField } from './schedule-result.js';
import { stampField } from './stamp.js';

export const precisionFrontSchema = 'magnet-precision-front/1';

const point = record('a precision', {
  ...precisionBits,
  /** Accumulators are as wide as the weights of the network need for any input. */
  accumulatorBits: whole(1),
  ...lossFigures,
  status: text(),
  /** The least that was found with this precision, and what is proven of it; null where there is nothing. */
  value: figure(),
  bound: figure(),
  area: figure(),
  reason: z.string(),
  seconds: nonNegative(),
  point: pointForm.nullable(),
  /** No precision that was tried loses less, or costs less, without more of the other. */
  front: flag(),
  /** Of the network, where tensors may stay in the global buffer and a machine was found. */
  schedules: listOf('schedules', scheduleField).optional(),
});

export const precisionFrontForm = record('a front of precisions', {
  schema: z.literal(precisionFrontSchema, { error: `expected "${precisionFrontSchema}"` }),
  ...stampField,
  network: record('a network', { name: text(), ...coverageFields }),
  space: spaceForm,
  /** Minimised, for each precision by a search of its own. */
  metric: z.enum(frontMetrics),
  limits: z.record(z.string(), positive(), { error: 'expected limits {name: value}' }),
  unsigned: flag(),
  calibrate: sampleSource,
  validate: sampleSource,
  /** Precisions that were asked for: more than there are points where it was interrupted. */
  asked: whole(1),
  points: listOf('points', point),
  /** Why every tensor goes through DRAM, where nobody said that it shall. */
  unscheduled: text().optional(),
});

export type PrecisionFront = Read<typeof precisionFrontForm>;
export type PrecisionPoint = PrecisionFront['points'][number];
export const parsePrecisionFront = (data: unknown): Parsed<PrecisionFront> => check(precisionFrontForm, data);
export const printPrecisionFront = (file: PrecisionFront): string => printResult(file);

/** Which of some are on the front: nobody loses as little and costs as little, and one of both less. */
export const onFront = (points: readonly Pick<PrecisionPoint, 'loss' | 'value'>[]): readonly boolean[] =>
  points.map(
    ({ loss, value }) =>
      value !== null &&
      !points.some((o) => o.value !== null && o.loss <= loss && o.value <= value && (o.loss < loss || o.value < value)),
  );
