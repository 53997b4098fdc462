// What `run --json` writes: a whole network on the RTL, run by run beside what the model says, and what it put out.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { printJson } from '../interchange/json-print.js';
import { check, flag, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import { stepKinds } from '../model/workload/network-graph.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';
import { stampField } from './stamp.js';

export const runSchema = 'magnet-run/1';

const both = { model: nonNegative(), rtl: nonNegative() };
const compared = () => record('a comparison with the model', both);

/** Words held against the reference, of the tensor that the step writes; none behind all but the last of its runs. */
const outputs = () => record('outputs', { words: whole(0), mismatches: whole(0), firstMismatch: text().optional() });

const ofStep = { name: text(), /** Of the graph. */ step: whole(0) };
const machineRun = record('a run', {
  ...ofStep,
  kind: oneOf('kind', stepKinds),
  cycles: compared(),
  counters: listOf('counters', record('a counter', { name: text(), ...both })),
  /** pJ; that of the RTL is what it counted times the energies of the model. */
  energy: listOf('energies', record('an energy', { component: text(), ...both })),
  /** Register writes, cycles for which the machine waits for them beside its own, and their energy in pJ. */
  configuration: record('a configuration', { writes: whole(0), cycles: compared(), energy: nonNegative() }),
  outputs: outputs(),
  seconds: nonNegative(),
});
const hostStep = record('a step of the host', {
  ...ofStep,
  operator: text(),
  /** Words of tensors in memory. */
  read: whole(0),
  outputs: outputs(),
});

export const networkRunForm = record('a network that ran', {
  schema: z.literal(runSchema, { error: `expected "${runSchema}"` }),
  ...stampField,
  network: text(),
  design: text(),
  engine: text(),
  seed: whole(0),
  /** Where weights, scales and inputs come from. */
  sources: listOf('sources', text()),
  /** No word, cycle or count differs. */
  agrees: flag(),
  /** Of `--data`: what each sample is taken for, beside its label where it has one. */
  samples: record('samples', {
    file: text(),
    guesses: listOf('guesses', whole(0)),
    labels: listOf('labels', whole(0)).optional(),
    /** Of all tensors of all samples, held against the reference. */
    words: whole(0),
    mismatches: whole(0),
    /** ONNX Runtime, and how many words of the output are others there; why it was not asked. */
    runtime: record('ONNX Runtime', {
      name: text().optional(),
      words: whole(0).optional(),
      differing: whole(0).optional(),
      notAsked: text().optional(),
    }),
  }).optional(),
  totals: record('totals', {
    runs: whole(0),
    cycles: compared(),
    energy: compared(),
    counters: record('counters', { equal: whole(0), all: whole(0) }),
    outputs: record('outputs', { words: whole(0), mismatches: whole(0) }),
    host: record('work of the host', { steps: whole(0), read: whole(0), written: whole(0) }),
    /** Words of the memories; `unshared`: of activations, if every tensor had a room of its own. */
    dram: record('memories', { activations: whole(0), unshared: whole(0), weights: whole(0) }),
    buildSeconds: nonNegative(),
    seconds: nonNegative(),
  }),
  runs: listOf('runs', machineRun),
  hosts: listOf('steps of the host', hostStep),
  /** Outputs of the network, and tensors that were asked for; words in the order of ONNX are in `file`, where one was asked for. */
  outputs: listOf(
    'outputs',
    record('an output', {
      name: text(),
      shape: listOf('sizes', whole(0)),
      /** What a word stands for, where the numbers of the file decide. */
      scale: nonNegative().optional(),
      /** Words go from 0 on. */
      unsigned: flag().optional(),
      /** Where the largest word of one row is: the label of a classifier. */
      largest: record('the largest word', { value: z.number(), at: whole(0) }).optional(),
      file: text().optional(),
    }),
  ),
});

export type RunResult = Read<typeof networkRunForm>;
export const parseRunResult = (data: unknown): Parsed<RunResult> => check(networkRunForm, data);
/** The text of the file that `run --json` writes. */
export const printRunResult = (file: RunResult): string => `${printJson(file)}\n`;
