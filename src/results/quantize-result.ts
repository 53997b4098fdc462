// What `quantize --json` writes: how a network was quantized, layer by layer, and the file that was made.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { printJson } from '../interchange/json-print.js';
import { check, flag, nonNegative, record, text, whole } from '../interchange/schema.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';
import { quantizationFields } from './quantization-fields.js';
import { stampField } from './stamp.js';

/** How results of `quantize` begin: form and version. */
export const quantizeSchema = 'magnet-quantize/1';

const layer = record('a layer', {
  name: text(),
  /** Of its weights, and of the activations that it multiplies. */
  weightBits: whole(0),
  activationBits: whole(0),
  unsigned: flag(),
  /** The largest number that words of its output stand for, and the largest that samples had. */
  clip: nonNegative(),
  largest: nonNegative(),
  /** By how many words of its output the bias of a channel was corrected at most. */
  correction: nonNegative().optional(),
  /** How far its sums can go for any input, bias included, and the bits of an accumulator that holds them. */
  sums: record('sums', { min: z.number(), max: z.number(), bits: whole(0) }).optional(),
  /** Whether 32-bit real numbers compute it exactly for every input. */
  exact: flag(),
  /** Where they do not: by how many words of its output they may be off at most. */
  off: whole(1).optional(),
  /** Signal to noise of its output; absent where words are as real numbers. */
  decibels: z.number().optional(),
});

/** Tensors with words in common are one, by the first of them in the order of the network. */
const tensor = record('a tensor', {
  name: text(),
  bits: whole(0),
  unsigned: flag(),
  /** What a word stands for, and the largest number that words do. */
  scale: nonNegative(),
  clip: nonNegative(),
  /** Of sizes of numbers that are not 0: bins of this width from 0 on, and how many samples had in each. */
  width: nonNegative(),
  counts: listOf('counts', whole(0)),
});

export const quantizationForm = record('a quantization', {
  schema: z.literal(quantizeSchema, { error: `expected "${quantizeSchema}"` }),
  ...stampField,
  network: text(),
  /** How and what was quantized; absent of a file that had words already, which is written as it is. */
  made: record('a quantization', {
    how: record('a way to quantize', { calibrate: text(), samples: whole(0), ...quantizationFields }),
    /** Between how many layers channels were made alike. */
    equalized: whole(0),
    layers: listOf('layers', layer),
    tensors: listOf('tensors', tensor).optional(),
    /** Samples that the file takes at a time. */
    batch: whole(1),
  }).optional(),
  output: record('a file', { file: text(), bytes: whole(0) }),
});

export type QuantizeResult = Read<typeof quantizationForm>;
export type Made = NonNullable<QuantizeResult['made']>;
export const parseQuantizeResult = (data: unknown): Parsed<QuantizeResult> => check(quantizationForm, data);
/** The text of the file. */
export const printQuantizeResult = (file: QuantizeResult): string => `${printJson(file)}\n`;
