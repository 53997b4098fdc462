// What `accuracy --json` writes: a classifier in real numbers and in integers on the same samples, and what lies between.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { printJson } from '../interchange/json-print.js';
import { check, flag, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';
import { quantizationFields } from './quantization-fields.js';
import { stampField } from './stamp.js';

export const accuracySchema = 'magnet-accuracy/1';

const verdicts = ['within', 'beyond', 'undecided'] as const;

/** Shares of samples that are right: at first, and among the first five. */
const score = () => record('a score', { first: nonNegative(), five: nonNegative() });

export const accuracyForm = record('an accuracy', {
  schema: z.literal(accuracySchema, { error: `expected "${accuracySchema}"` }),
  ...stampField,
  network: text(),
  data: record('samples', {
    file: text(),
    first: whole(0),
    samples: whole(0),
    classes: whole(0),
    /** Of classes, by their labels. */
    names: listOf('names', text()).optional(),
  }),
  quantization: record('a quantization', {
    calibrate: text().optional(),
    samples: whole(0),
    ...quantizationFields,
    /** Of a file that others quantized: whether its words are the machine's, and why they may differ where not. */
    given: record('words of the file', { exact: flag(), differences: listOf('reasons', text()) }).optional(),
  }),
  /** Who computed in real numbers, where it was not magnet. */
  float: text().optional(),
  real: score(),
  integer: score(),
  /** Shares of all samples: what integers lose, and 95 % of it by Bonett and Price; p of the exact McNemar test. */
  loss: record('a loss', {
    loss: z.number(),
    low: z.number(),
    high: z.number(),
    lost: whole(0),
    won: whole(0),
    p: nonNegative(),
  }),
  verdict: record('a verdict', {
    limit: nonNegative(),
    status: oneOf('status', verdicts),
    /** About how many would decide; absent where none would. */
    samples: whole(0).optional(),
  }).optional(),
  confusions: listOf('confusions', record('a confusion', { label: whole(0), guess: whole(0), samples: whole(0) })),
  /** Some samples that integers get wrong, as pictures: those first that real numbers get right. */
  missed: record('pictures', {
    /** 1 for grey or 3 for red, green and blue; rows; columns. */
    shape: listOf('sizes', whole(1)),
    samples: listOf(
      'samples',
      record('a sample', {
        /** Its place in the file. */
        sample: whole(0),
        label: whole(0),
        /** Of integers, and of real numbers. */
        guess: whole(0),
        real: whole(0),
        /** From 0 to 255, plane by plane, row by row. */
        pixels: listOf('pixels', whole(0)),
      }),
    ),
  }).optional(),
  /** Signal to noise of tensors in integers, dB; absent where they are as in real numbers. */
  noise: listOf('tensors', record('a tensor', { tensor: text(), decibels: z.number().optional() })),
});

/** What the file that `accuracy --json` writes holds; scores and losses are shares of all samples, noise in dB. */
export type AccuracyResult = Read<typeof accuracyForm>;
export const parseAccuracyResult = (data: unknown): Parsed<AccuracyResult> => check(accuracyForm, data);
/** The text of the file that `accuracy --json` writes. */
export const printAccuracyResult = (file: AccuracyResult): string => `${printJson(file)}\n`;
