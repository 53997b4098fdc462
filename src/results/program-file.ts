// What `compile` writes as program.json: a network as runs of a machine, copies and steps of the host, on two memories.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { printJson } from '../interchange/json-print.js';
import { check, flag, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';
import { hostFunctionField } from './host-function-field.js';
import { stampField } from './stamp.js';

export const programSchema = 'magnet-program/2';

const anyWhole = () =>
  z.number({ error: 'expected a whole number' }).refine(Number.isSafeInteger, 'expected a whole number');

/** Words of a memory in an order: loops outermost first, each so many words further at every turn. */
const words = () =>
  record('words of a memory', {
    memory: oneOf('memory', ['activations', 'weights'] as const),
    base: whole(0),
    loops: listOf('loops', record('a loop', { size: whole(1), stride: anyWhole() })),
  });

/** Records of records.bin; the first `ahead` may be written while the program before runs. */
const span = record('records', { first: whole(0), count: whole(1), ahead: whole(0) });

const operation = z.discriminatedUnion('kind', [
  record('a run', {
    kind: z.literal('run'),
    name: text(),
    /** Of the graph. */
    step: whole(0),
    /** Its shape, for people. */
    layer: text(),
    /** One after the other; the last record of each starts the machine. */
    programs: listOf('programs', span),
    /** Of the model. */
    cycles: nonNegative(),
  }),
  /** The k-th word of `from` becomes the k-th of `to`. */
  record('a copy', { kind: z.literal('copy'), name: text(), why: text(), from: words(), to: words() }),
  record('a step of the host', {
    kind: z.literal('host'),
    name: text(),
    step: whole(0),
    operator: text(),
    inputs: listOf('inputs', text()),
    outputs: listOf('outputs', text()),
    work: record('what it computes', {
      function: hostFunctionField,
      operands: listOf(
        'operands',
        z.discriminatedUnion('kind', [
          record('a tensor', { kind: z.literal('tensor'), name: text(), scale: nonNegative() }),
          /** Of the network, in no memory of the machine. */
          record('an input', { kind: z.literal('input'), name: text() }),
          /** From number `first` on of host.bin. */
          record('numbers', { kind: z.literal('numbers'), shape: listOf('sizes', whole(0)), first: whole(0) }),
        ]),
      ),
      scale: nonNegative(),
      low: anyWhole(),
      high: anyWhole(),
    }).optional(),
  }),
]);

/** How many words it has, and how many of them the file gives, from word 0 on; the others are zero before the first run. */
const memory = () => record('a memory', { words: whole(0), file: text(), given: whole(0) });

export const programForm = record('a program', {
  schema: z.literal(programSchema, { error: `expected "${programSchema}"` }),
  ...stampField,
  network: text(),
  design: text(),
  /** Where weights, scales and sample come from. */
  sources: listOf('sources', text()),
  /** The word that a machine for these records has in its register of this name. */
  capability: whole(0),
  word: record('a word', { bits: whole(1), bytes: whole(1) }),
  memories: record('memories', { activations: memory(), weights: memory() }),
  /** `words` of 32 bits in each record: the register, then its value, low word first. */
  records: record('records', { file: text(), words: whole(2), count: whole(0) }),
  inputs: listOf('inputs', text()),
  outputs: listOf('outputs', text()),
  tensors: listOf(
    'tensors',
    record('a tensor', {
      name: text(),
      shape: listOf('sizes', whole(0)),
      /** In the order of ONNX. */
      words: words(),
      /** Operations behind which its words are there, -1 for all, and up to which: then its room may be another's. */
      live: record('a life', { from: anyWhole(), to: whole(0) }).optional(),
      /** What one unit of a word stands for, where the numbers of the file decide. */
      scale: nonNegative().optional(),
      /** A number of it is its word in memory and 2^(bits - 1); of all others the word is the number. */
      unsigned: flag().optional(),
      /** Of a sum, whose lowest bits are its words: where the next bits of each lie, and the next; the last has the sign. */
      upper: listOf('pieces', words()).optional(),
    }),
  ),
  operations: listOf('operations', operation),
});

export type ProgramFile = Read<typeof programForm>;

export const parseProgram = (data: unknown): Parsed<ProgramFile> => check(programForm, data);

export const printProgram = (file: ProgramFile): string => `${printJson(file)}\n`;
