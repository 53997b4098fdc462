// Names of what the template is made of: its levels, its fan-outs, and what its hardware counts. They are said nowhere else:
// elsewhere a level is asked for by a name of here, so that another name does not compile. Other machines have names of their own.

import { defined } from '../../base/invariant.js';
import type { Architecture, Level } from './architecture.js';

/** Buffers as the sizes that they have; collectors in any order. */
export const levelNames = {
  dram: 'DRAM',
  globalBuffer: 'GlobalBuffer',
  weightBuffer: 'WeightBuffer',
  inputBuffer: 'InputBuffer',
  outputBuffer: 'OutputBuffer',
  accumBuffer: 'AccumBuffer',
  weightCollector: 'WeightCollector',
  inputCollector: 'InputCollector',
  accumCollector: 'AccumCollector',
} as const;
export type TemplateLevel = (typeof levelNames)[keyof typeof levelNames];
/** Levels outside of the PEs. */
export type SharedLevel = (typeof levelNames)['dram' | 'globalBuffer'];

const all: ReadonlySet<string> = new Set(Object.values(levelNames));
export const isTemplateLevel = (name: string): name is TemplateLevel => all.has(name);

/** A level of a template's architecture. */
export const levelNamed = (a: Architecture, name: TemplateLevel): Level =>
  defined(a.levels.find((l) => l.name === name));

export type Collector = TemplateLevel & `${string}Collector`;
/** By the tensor that they hold: weights, inputs, sums. */
export const collectorNames = [
  levelNames.weightCollector,
  levelNames.inputCollector,
  levelNames.accumCollector,
] as const satisfies readonly Collector[];

/** Labels of the fan-outs: those of the array of PEs, those in a PE. */
export const axisLabels = { columns: 'columns', rows: 'rows', lanes: 'lanes', vector: 'vector' } as const;
export type AxisLabel = keyof typeof axisLabels;

/** Event counters of the hardware in the order of their registers, and what each counts. */
export const counters = [
  ['cycles', 'cycles from start to idle'],
  ['mac', 'iterations of the PE nest (each lane multiplies a vector)'],
  ['input_read', 'input buffer reads, which are input collector writes'],
  ['weight_read', 'weight buffer reads per lane, which are weight collector writes'],
  ['sum_read', 'accumulation buffer reads'],
  ['sum_write', 'accumulation buffer writes'],
  ['output_write', 'output buffer writes'],
  ['output_read', 'output buffer lines drained'],
  ['input_load', 'vectors from the global buffer to input buffers'],
  ['weight_load', 'vectors from DRAM to weight buffers'],
  ['fill', 'input vectors from DRAM to the global buffer'],
  ['store', 'output lines into the global buffer'],
  ['spill', 'output lines from the global buffer to DRAM'],
  ['residual', 'lines of a residual from DRAM to the drain'],
] as const;
export type CounterName = (typeof counters)[number][0];

/** How a machine is connected: its own channels of words, or AXI4 masters and an AXI4-Lite slave around them. */
export const buses = ['native', 'axi'] as const;
export type Bus = (typeof buses)[number];
