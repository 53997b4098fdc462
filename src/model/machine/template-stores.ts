// How each level of the template stores its tensors: words, lines, and the energy of an access.

import { bits, picojoules } from '../../base/units.js';
import type { Tensor } from '../workload/layer.js';
import type { Axis, Storage } from './architecture.js';
import type { Template } from './parameters.js';
import * as tech from './technology.js';
import type { Technology } from './technology.js';
import type { TemplateLevel } from './template-names.js';
import { levelNames } from './template-names.js';
import { packedPath } from './packed-weights.js';
import { halfWords, linesOfPairs } from './split-multipliers.js';
import { arrayArea, gearEnergy, globalLineBits, pathEnergy, portEnergy, postEnergy } from './template-parts.js';

type Stores = Readonly<Partial<Record<Tensor, Storage>>>;
export type TemplateStores = Readonly<Record<TemplateLevel, Stores>>;

/** Energies of one access; `update` is that of `write` unless said. */
interface Access {
  readonly read: number;
  readonly write: number;
  readonly update?: number;
}

/** A word an access, and no wires, unless said. */
const storage = (wordBits: number, energy: Access, more: Partial<Storage> = {}): Storage => ({
  wordBits,
  blockSize: 1,
  energy: {
    read: picojoules(energy.read),
    fill: picojoules(energy.write),
    update: picojoules(energy.update ?? energy.write),
  },
  access: [],
  line: [],
  lineWords: 1,
  tuples: false,
  linkEnergy: picojoules(0),
  ...more,
});

const both = (e: number): Access => ({ read: e, write: e });

const sram = (technology: Technology, size: number, width: number): Access =>
  both(tech.sramEnergy(technology, bits(size), width));

const latch = (technology: Technology, width: number): Access => ({
  read: tech.latchEnergy(technology, 'read', width),
  write: tech.latchEnergy(technology, 'write', width),
});

/** A line of vectors of inputs. */
const vectorLine = (t: Template, vector: Axis) =>
  ({ access: [vector.name], line: [vector.name], lineWords: t.vectorSize }) as const;

/** Stores by level; the lanes and the vector are the fan-outs of a PE. */
export function templateStores(t: Template, technology: Technology, lanes: Axis, vector: Axis): TemplateStores {
  // A word to or from the PEs crosses the array once: one side of its square.
  const wire = tech.wireEnergy(technology, 1, Math.sqrt(arrayArea(t, technology)));
  return {
    [levelNames.dram]: dramStores(t, technology, wire),
    [levelNames.globalBuffer]: globalStores(t, technology, lanes, vector, wire),
    ...bufferStores(t, technology, lanes, vector),
    ...collectorStores(t, technology, lanes, vector),
  };
}

function dramStores(t: Template, technology: Technology, wire: Storage['linkEnergy']): Stores {
  const dram = (width: number, read: 'weights' | 'inputs' | 'residuals'): Access => {
    const write = tech.dramEnergy(technology, width);
    return { read: write + gearEnergy(t, technology, read), write };
  };
  return {
    // Packed ones are put apart where they come in, and cross the array as all others do.
    Weights: storage(t.weightPrecision, dram(t.weightPrecision, 'weights'), {
      linkEnergy: wire,
      ...packedWords(t, technology),
    }),
    Inputs: storage(t.inputPrecision, dram(t.inputPrecision, 'inputs'), pairedWords(t, technology)),
    // What is read of an outputs' tensor is a residual.
    Outputs: storage(t.inputPrecision, dram(t.inputPrecision, 'residuals')),
  };
}

function packedWords(t: Template, technology: Technology): Pick<Storage, 'packed'> {
  const path = packedPath(t);
  if (!path) return {};
  const read = tech.dramEnergy(technology, path.wordBits) + pathEnergy(technology, path, t.vectorSize);
  return { packed: { wordBits: path.wordBits, read: picojoules(read) } };
}

/** Both words are read as others are; what is kept of the first is written and read once. */
function pairedWords(t: Template, technology: Technology): Pick<Storage, 'split'> {
  const half = halfWords(t);
  if (!half) return {};
  const each = tech.dramEnergy(technology, t.inputPrecision) + gearEnergy(t, technology, 'inputs');
  const kept = latch(technology, half.inputBits);
  return { split: { read: picojoules(linesOfPairs * each + kept.write + kept.read) } };
}

/** Every access moves a whole line, which is wide enough for a vector of inputs and for a line of outputs. */
function globalStores(
  t: Template,
  technology: Technology,
  lanes: Axis,
  vector: Axis,
  wire: Storage['linkEnergy'],
): Stores {
  const lineWords = Math.max(t.vectorSize, t.numLanes);
  const energy = sram(technology, t.globalBuffer / t.globalBanks, globalLineBits(t));
  const write = energy.write + portEnergy(t, technology, 'write');
  const stored = { ...energy, write, update: write + postEnergy(t, technology) };
  return {
    Inputs: storage(t.inputPrecision, energy, { ...vectorLine(t, vector), lineWords, linkEnergy: wire }),
    Outputs: storage(t.inputPrecision, stored, {
      access: [lanes.name],
      line: [lanes.name],
      lineWords,
      // What crosses the array are sums; post-processing is beside the global buffer.
      linkEnergy: picojoules((wire * t.accumPrecision) / t.inputPrecision),
    }),
  };
}

/** A line of the weight buffer or collector has a vector for each lane. */
const weightLine = (t: Template, lanes: Axis, vector: Axis) =>
  ({ access: [vector.name], line: [lanes.name, vector.name], lineWords: t.numLanes * t.vectorSize }) as const;

/** A line of sums has one for each lane. */
const sumLine = (t: Template, lanes: Axis) => ({ line: [lanes.name], lineWords: t.numLanes }) as const;

/** The two halves of a ping-pong buffer, and the lanes of the buffers of weights and sums, are separate macros. */
function bufferStores(t: Template, technology: Technology, lanes: Axis, vector: Axis) {
  const weight = sram(technology, t.weightBuffer / t.numLanes / 2, t.weightPrecision * t.vectorSize);
  const word = sram(technology, t.inputBuffer / 2, t.inputPrecision * t.vectorSize);
  const input = { ...word, write: word.write + portEnergy(t, technology, 'read') };
  const lane = sram(technology, t.accumBuffer / t.numLanes, t.accumPrecision);
  const sum = both(t.numLanes * lane.read);
  const sums = { Outputs: storage(t.accumPrecision, sum, { ...sumLine(t, lanes), access: [lanes.name] }) };
  return {
    [levelNames.weightBuffer]: { Weights: storage(t.weightPrecision, weight, weightLine(t, lanes, vector)) },
    [levelNames.inputBuffer]: { Inputs: storage(t.inputPrecision, input, vectorLine(t, vector)) },
    [levelNames.outputBuffer]: sums,
    [levelNames.accumBuffer]: sums,
  };
}

function collectorStores(t: Template, technology: Technology, lanes: Axis, vector: Axis) {
  const weight = latch(technology, t.weightPrecision * t.vectorSize);
  const input = latch(technology, t.inputPrecision * t.vectorSize);
  const sum = latch(technology, t.accumPrecision);
  return {
    [levelNames.weightCollector]: { Weights: storage(t.weightPrecision, weight, weightLine(t, lanes, vector)) },
    [levelNames.inputCollector]: {
      Inputs: storage(t.inputPrecision, input, { ...vectorLine(t, vector), tuples: true }),
    },
    [levelNames.accumCollector]: { Outputs: storage(t.accumPrecision, sum, sumLine(t, lanes)) },
  };
}
