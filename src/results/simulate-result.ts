// What `simulate --json` writes: layers run in the RTL beside what the model says, each alone or the network as a chain.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { printJson } from '../interchange/json-print.js';
import { check, flag, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import { buses } from '../model/machine/template-names.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';
import { stampField } from './stamp.js';

export const simulateSchema = 'magnet-simulate/2';
export const chainSchema = 'magnet-chain/2';

const wholes = <K extends string>(...names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, whole(0)])) as Record<K, ReturnType<typeof whole>>;

const both = { model: nonNegative(), rtl: nonNegative() };
const compared = () => record('a comparison with the model', both);

/** A tensor in DRAM: the word of index 0, words from one index to the next by the index's letter, words in all. */
const image = () =>
  record('an image in DRAM', {
    ...wholes('base', 'c', 'g', 'x', 'y', 'n', 'words'),
    shape: record('sizes', wholes('n', 'y', 'x', 'g', 'c')),
  });
const weightImage = () =>
  record('an image of weights in DRAM', {
    ...wholes('base', 'c', 's', 'r', 'k', 'g', 'words'),
    packed: record('packed weights', wholes('bits', 'vector')).optional(),
    /** Of a split layer: two to a word, of channels that lie a vector apart. */
    pairs: record('pairs of weights', wholes('bits', 'vector')).optional(),
  });

/** The least and the greatest of all channels. */
const range = () => z.tuple([z.number(), z.number()]);

const layerFields = {
  layer: text(),
  engine: text(),
  cycles: compared(),
  counters: listOf('counters', record('a counter', { name: text(), ...both })),
  /** pJ; that of the RTL is what it counted times the energies of the model. */
  energy: listOf('energies', record('an energy', { component: text(), ...both })),
  outputs: record('outputs', {
    words: whole(0),
    mismatches: whole(0),
    unknown: whole(0),
    firstMismatch: text().optional(),
    zeros: whole(0),
    saturated: whole(0),
  }),
  post: record('post-processing', {
    bias: range(),
    scale: range(),
    shift: range(),
    low: z.number(),
    high: z.number(),
    unsigned: flag(),
    wrap: flag(),
    /** How a residual came in; scale and shift of one that was added. */
    residual: record('a residual', {
      combine: oneOf('combine', ['add', 'multiply']),
      unsigned: flag(),
      scale: z.number().optional(),
      shift: whole(0).optional(),
    }).optional(),
  }),
  dram: record('places in DRAM', {
    input: image(),
    weights: weightImage(),
    output: image(),
    residual: image().optional(),
  }),
  /** Building the engine, as far as this layer had to wait for it. */
  buildSeconds: nonNegative(),
  seconds: nonNegative(),
  cyclesPerSecond: nonNegative(),
};
const layer = record('a simulated layer', layerFields);

const dataFields = {
  seed: whole(0),
  /** Probability that DRAM stalls in a cycle, and cycles by which it may answer late. */
  stalls: nonNegative(),
  latency: whole(0),
  /** How the machine was connected; files without it are of `native`. */
  bus: oneOf('bus', buses).optional(),
  /** No layer differs from the model. */
  agrees: flag(),
};

export const simulationForm = record('a simulation', {
  schema: z.literal(simulateSchema, { error: `expected "${simulateSchema}"` }),
  ...stampField,
  design: text(),
  engine: text(),
  ...dataFields,
  buildSeconds: nonNegative(),
  layers: listOf('simulated layers', layer),
});

export const simulatedChainForm = record('a simulated chain', {
  schema: z.literal(chainSchema, { error: `expected "${chainSchema}"` }),
  ...stampField,
  design: text(),
  ...dataFields,
  totals: record('totals', {
    cycles: compared(),
    energy: compared(),
    counters: record('counters', { equal: whole(0), all: whole(0) }),
    outputs: record('outputs', { words: whole(0), mismatches: whole(0) }),
    repacked: whole(0),
    buildSeconds: nonNegative(),
    seconds: nonNegative(),
    cyclesPerSecond: nonNegative(),
  }),
  /** `repacked`: the host had to copy the layer's input into place. */
  layers: listOf('simulated layers', record('a layer of a chain', { ...layerFields, repacked: flag() })),
});

export type SimulateResult = Read<typeof simulationForm>;
export type SimulateResultLayer = Read<typeof layer>;
export type SimulateResultChain = Read<typeof simulatedChainForm>;

export const parseSimulateResult = (data: unknown): Parsed<SimulateResult> => check(simulationForm, data);
export const parseSimulateChain = (data: unknown): Parsed<SimulateResultChain> => check(simulatedChainForm, data);

/** The text of the file, of layers alone or of a network as a chain. */
export const printSimulateResult = (file: SimulateResult | SimulateResultChain): string => `${printJson(file)}\n`;
