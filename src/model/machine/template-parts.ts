// Energies and areas of the parts that the template is made of.

import type { Picojoules, SquareMillimetres } from '../../base/units.js';
import { bits, picojoules, squareMillimetres, sum } from '../../base/units.js';
import type { Architecture } from './architecture.js';
import { dimensions } from '../workload/layer.js';
import type { ChannelName } from './dram-channels.js';
import { dramChannels } from './dram-channels.js';
import { globalPorts } from './global-ports.js';
import { imageAddressOf } from './image-address.js';
import type { LinePath } from './line-path.js';
import { heldBits } from './line-path.js';
import { waitingBits } from './split-multipliers.js';
import type { Template } from './parameters.js';
import type { Technology } from './technology.js';
import * as tech from './technology.js';

/** Bits of post-processing (docs/hardware.md, Arithmetic): a factor with its sign, and a number of places to shift by. */
export const scaleBits = 17;
export const shiftBits = 6;

/** What it keeps of each channel: bias, scale, shift. */
const constantBits = (t: Template) => t.accumPrecision + scaleBits + shiftBits;

/** The wider of a sum and of a residual times 16 bits: what is scaled. */
const factorBits = (t: Template) => Math.max(t.accumPrecision, t.inputPrecision + 16);

/**
 * One multiply with its share of the adder tree (level k adds words of a + b + k bits) and of the lane's accumulate.
 */
export const macEnergy = (t: Template, technology: Technology): Picojoules =>
  picojoules(
    multiplierFactor(t, technology, 'splitEnergy') *
      tech.multiplyEnergy(technology, t.weightPrecision, t.inputPrecision) +
      adderEnergy(t, technology),
  );

/** What a multiplier that splits takes as often as one that does not. */
const multiplierFactor = (t: Template, { constants }: Technology, name: 'splitEnergy' | 'splitArea'): number =>
  t.splitMultipliers === 1 ? constants[name].value : 1;

/** Two products of half the bits, added, in place of one; undefined where multipliers do not split. */
export const splitMacEnergy = (t: Template, technology: Technology): Picojoules | undefined =>
  t.splitMultipliers === 1
    ? picojoules(
        technology.constants.pairEnergy.value * tech.multiplyEnergy(technology, t.weightPrecision, t.inputPrecision) +
          adderEnergy(t, technology),
      )
    : undefined;

/** A product's share of the tree, and of the accumulate. */
function adderEnergy(t: Template, technology: Technology): number {
  const product = t.weightPrecision + t.inputPrecision;
  let adderBits = t.accumPrecision;
  for (let inputs = t.vectorSize, level = 1; inputs > 1; inputs = Math.ceil(inputs / 2), level++) {
    adderBits += Math.floor(inputs / 2) * (product + level);
  }
  return tech.addEnergy(technology, adderBits) / t.vectorSize;
}

/**
 * A line of sums made into outputs: a line of constants read, and per lane both products, of the sum and of a residual,
 * which is there or not, and three additions (bias, residual, rounding).
 */
export function postEnergy(t: Template, technology: Technology): Picojoules {
  // A macro for each lane, as for the sums.
  const word = constantBits(t);
  const constants = tech.sramEnergy(technology, bits(t.biasLines * word), word);
  const products =
    tech.multiplyEnergy(technology, factorBits(t), scaleBits) +
    tech.multiplyEnergy(technology, t.inputPrecision + 1, scaleBits);
  const additions = tech.addEnergy(technology, t.accumPrecision + 2 * (factorBits(t) + scaleBits));
  return picojoules(t.numLanes * (constants + products + additions));
}

/** A vector of inputs or a line of outputs. */
export const globalLineBits = (t: Template): number => t.inputPrecision * Math.max(t.vectorSize, t.numLanes);

/** mm2 of the whole chip by part, placed; DRAM is outside. */
export function areaOf(t: Template, technology: Technology): Architecture['area'] {
  const gears = gearArea(t, technology);
  const ports = portArea(t, technology);
  return [
    ...arrayParts(t, technology),
    {
      part: 'tile control',
      area: tech.placed(
        technology,
        sum([
          tech.tileControlArea(technology),
          tech.latchArea(technology, nextBits(loopsOf(t))),
          imageArea(t, technology),
        ]),
      ),
    },
    ...(gears > 0 ? [{ part: 'gears to DRAM', area: tech.placed(technology, gears) }] : []),
    ...(t.packedWeights > 1
      ? [{ part: 'unpacking of weights', area: tech.placed(technology, unpackArea(t, technology)) }]
      : []),
    ...(t.splitMultipliers === 1
      ? [{ part: 'pairing of inputs', area: tech.placed(technology, pairArea(t, technology)) }]
      : []),
    ...(ports > 0 ? [{ part: 'gears of the global buffer', area: tech.placed(technology, ports) }] : []),
    { part: 'post-processing', area: tech.placed(technology, postArea(t, technology)) },
    {
      part: 'global buffer',
      area: tech.placed(
        technology,
        macros(t.globalBanks, tech.memoryArea(technology, bits(t.globalBuffer / t.globalBanks), globalLineBits(t))),
      ),
    },
  ];
}

/** Loops of the PE nest: one for each dimension, and as many for each deep collector. */
const loopsOf = (t: Template): number =>
  dimensions.length * (1 + [t.weightCollector, t.inputCollector, t.accumCollector].filter((depth) => depth > 1).length);

/**
 * Registers of the configuration as they are written for the next layer, beside those of the layer that runs, which lie in
 * their parts: bounds, masks, strides and places of tiles and engines, which hardly differ between machines, and those
 * of each loop of the PE nest. Within 2 % of the Verilog's.
 */
const nextBits = (loops: number): number => 4400 + 50 * loops;

/** Address generators step through so many loops of tiles and engines by images in DRAM, and through so many by tiles. */
const [imageLoops, tileLoops] = [4 * 8 + 7 + 3, 2 * 8 + 2 * 9] as const;

/**
 * Where tensors may stay in the global buffer, addresses there and of images have the position too, and are as wide: bits of
 * steps that are written, taken over, chosen and added, and registers of ends and of what is on its way.
 */
function imageArea(t: Template, technology: Technology): SquareMillimetres {
  if (t.residency !== 1) return squareMillimetres(0);
  const lines = 2 ** Math.floor(Math.log2(t.globalBuffer / t.globalBanks / globalLineBits(t)));
  const place = Math.ceil(Math.log2(t.globalBanks)) + Math.log2(lines);
  const { bits: wide } = imageAddressOf(t, place);
  const steps = imageLoops * (wide - dramAddressBits) + tileLoops * (wide - place);
  return sum([tech.latchArea(technology, bitsOfStep * steps + imageRegisters), tech.operandArea(technology, steps)]);
}

/** Registers that a bit of a step is worth, with what adds and compares; fitted to `simba`, synthesized. */
const bitsOfStep = 4.5;
/** Of a word in DRAM. */
const dramAddressBits = 32;
/** Ends of images and their border, twice each, and lines of residuals on their way. */
const imageRegisters = 300;

/** The placed area of the whole chip. */
export const chipArea = (t: Template, technology: Technology): SquareMillimetres =>
  sum(areaOf(t, technology).map((p) => p.area));

/** The placed area of all PEs: what words on their way to and from them cross. */
export const arrayArea = (t: Template, technology: Technology): SquareMillimetres =>
  sum(arrayParts(t, technology).map((p) => p.area));

const macros = (n: number, each: SquareMillimetres) => (n * each) as SquareMillimetres;

function arrayParts(t: Template, technology: Technology): Architecture['area'] {
  const pes = t.rows * t.columns;
  const multipliers = t.vectorSize * t.numLanes;
  const latchBits =
    t.weightCollector * multipliers * t.weightPrecision +
    t.inputCollector * t.vectorSize * t.inputPrecision +
    t.accumCollector * t.numLanes * t.accumPrecision;
  const macs = sum([
    macros(
      multipliers,
      tech.macArea(technology, t.weightPrecision, t.inputPrecision, multiplierFactor(t, technology, 'splitArea')),
    ),
    tech.accumulateArea(technology, t.numLanes * t.accumPrecision),
    tech.operandArea(technology, multipliers * t.weightPrecision),
  ]);
  const collectors = tech.latchArea(technology, latchBits);
  const memory = (n: number, size: number, word: number) => macros(n, tech.memoryArea(technology, bits(size), word));
  const sums = t.accumBuffer / t.numLanes;
  const perPe: readonly (readonly [string, SquareMillimetres])[] = [
    ['MACs', macs],
    ['collectors', collectors],
    ['weight buffers', memory(2 * t.numLanes, t.weightBuffer / t.numLanes / 2, t.weightPrecision * t.vectorSize)],
    ['input buffers', memory(2, t.inputBuffer / 2, t.inputPrecision * t.vectorSize)],
    ['accumulation buffers', macros(t.numLanes, tech.dualPortArea(technology, bits(sums), t.accumPrecision))],
    ['output buffers', memory(2 * t.numLanes, sums, t.accumPrecision)],
  ];
  const line = t.numLanes * t.accumPrecision;
  const control = sum([
    macros(pes, tech.operandArea(technology, t.vectorSize * t.inputPrecision)),
    tech.loopArea(technology, loopsOf(t)),
  ]);
  // A line per row is held on its way out, and added up over the rows.
  const reduction = sum([
    tech.latchArea(technology, t.rows * line),
    tech.accumulateArea(technology, (t.rows - 1) * line),
  ]);
  return [
    ...perPe.map(([part, a]) => ({ part, area: (pes * tech.placed(technology, a)) as SquareMillimetres })),
    { part: 'control', area: tech.placed(technology, control) },
    { part: 'reduction and multicast', area: tech.placed(technology, reduction) },
  ];
}

/** What lines are read from and written to DRAM through where channels are narrower; the counters are left out. */
function gearArea(t: Template, technology: Technology): SquareMillimetres {
  const { outputs, ...read } = dramChannels(t);
  const held = Object.values(read).reduce((n, channel) => n + heldBits(channel), 0);
  return sum([
    tech.latchArea(technology, held),
    // Each bit of a beat is chosen from those of all beats; an operand's is from three.
    tech.operandArea(technology, heldBits(outputs) / 2),
  ]);
}

/**
 * What lines cross narrow ports of the global buffer through: inputs are chosen a beat at a time from the buffer's word, and
 * collected in every PE; outputs are held until all their beats went, and collected on the other side.
 */
function portArea(t: Template, technology: Technology): SquareMillimetres {
  const { read, write } = globalPorts(t);
  return sum([
    tech.operandArea(technology, (heldBits(read) + heldBits(write)) / 2),
    tech.latchArea(technology, t.rows * t.columns * heldBits(read) + sentBits(write) + heldBits(write)),
  ]);
}

/** Each bit of a line of weights is chosen from two places, where an operand is chosen from three; half of them in the gear too. */
const unpackArea = (t: Template, technology: Technology): SquareMillimetres =>
  tech.operandArea(technology, (t.vectorSize * t.weightPrecision) / 2);

/** Half of a line waits for the other; each bit of a line is what came, or comes from a pair of words. */
const pairArea = (t: Template, technology: Technology): SquareMillimetres =>
  sum([
    tech.latchArea(technology, waitingBits(t)),
    tech.operandArea(technology, (t.vectorSize * t.inputPrecision) / 2),
  ]);

/** Bits of a line that wait while its first beat goes. */
const sentBits = ({ line, width }: LinePath): number => line - width;

/** Of a line that crosses a narrow port of the global buffer: what is kept of it on its way is written and read once. */
export function portEnergy(t: Template, technology: Technology, port: 'read' | 'write'): Picojoules {
  const path = globalPorts(t)[port];
  const kept = heldBits(path) + (port === 'write' ? sentBits(path) : 0);
  return picojoules(tech.latchEnergy(technology, 'write', kept) + tech.latchEnergy(technology, 'read', kept));
}

/** Of a gear, for each word of a line that is read: what comes before the last beat is written and read once. */
export function gearEnergy(t: Template, technology: Technology, name: Exclude<ChannelName, 'outputs'>): Picojoules {
  return pathEnergy(technology, dramChannels(t)[name], name === 'residuals' ? t.numLanes : t.vectorSize);
}

/** The same of any path with so many words in a line. */
export function pathEnergy(technology: Technology, path: LinePath, words: number): Picojoules {
  const held = heldBits(path);
  const latches = tech.latchEnergy(technology, 'write', held) + tech.latchEnergy(technology, 'read', held);
  return picojoules(latches / words);
}

/**
 * One unit of all lanes for the chip: per lane both multipliers, the adders of bias, residual and rounding (in whose
 * constant the shifters lie), and the constants of its channels.
 */
function postArea(t: Template, technology: Technology): SquareMillimetres {
  const wide = factorBits(t) + scaleBits;
  const lane = sum([
    tech.macArea(technology, factorBits(t), scaleBits),
    tech.macArea(technology, t.inputPrecision + 1, scaleBits),
    tech.accumulateArea(technology, t.accumPrecision + 2 * wide),
    tech.memoryArea(technology, bits(t.biasLines * constantBits(t)), constantBits(t)),
  ]);
  return macros(t.numLanes, lane);
}
