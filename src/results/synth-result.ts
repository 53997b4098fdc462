// What `synth --json` writes: the cells of a machine by module, its memories, and its areas beside the model's.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { printJson } from '../interchange/json-print.js';
import { check, nonNegative, positive, record, text, whole } from '../interchange/schema.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';
import { stampField } from './stamp.js';

export const synthSchema = 'magnet-synth/1';

/** mm2; `synthesized` is null where library and technology are of different nodes. */
const areas = {
  logic: nonNegative(),
  memories: nonNegative(),
  model: nonNegative(),
  synthesized: nonNegative().nullable(),
};

export const synthesisForm = record('a synthesis', {
  schema: z.literal(synthSchema, { error: `expected "${synthSchema}"` }),
  ...stampField,
  design: text(),
  library: text(),
  modules: listOf(
    'modules',
    record('a module', {
      /** `addr_gen(WIDTH=10)`: with the parameters that tell it from its sisters. */
      name: text(),
      instances: whole(0),
      /** Of one instance, logic only: um2 of the library, and gate equivalents. */
      cells: whole(0),
      area: nonNegative(),
      gates: nonNegative(),
    }),
  ),
  /** Left out of the synthesis, for macros to take their place. */
  memories: listOf(
    'memories',
    record('a memory', {
      module: text(),
      parameters: z.record(z.string(), z.number()),
      instances: whole(0),
      instance: text(),
      path: z.array(text()),
      /** Of one instance. */
      bits: whole(0),
      ports: text(),
    }),
  ).optional(),
  /** Of the whole chip. */
  parts: listOf('parts', record('a part', { part: text(), ...areas })),
  total: record('the whole chip', areas),
  /** um2 of the smallest NAND of two inputs. */
  nand2: record('areas of a NAND', { library: positive(), technology: positive() }),
  seconds: nonNegative(),
  /** What the synthesis warned of. */
  check: z.array(z.string()).optional(),
  /** How the library was read. */
  notes: z.array(z.string()).optional(),
});

export type SynthResult = Read<typeof synthesisForm>;

/** What `synth --json` writes of a machine that `synthesize` measured. */
export const synthResult = (
  design: string,
  measured: Omit<SynthResult, 'schema' | 'magnet' | 'design'>,
): SynthResult => ({
  schema: synthSchema,
  design,
  ...measured,
});

export const parseSynthResult = (data: unknown): Parsed<SynthResult> => check(synthesisForm, data);

/** The text of the file. */
export const printSynthResult = (file: SynthResult): string => `${printJson(file)}\n`;
