// The MAGNet template: its parameters, and what they lower to: a hierarchy with energies and an area.

import type { Bits, Megahertz, SquareMillimetres } from '../base/units.js';
import { bits, picojoules, sum } from '../base/units.js';
import type { Architecture, Axis, Level, Role, Storage } from './architecture.js';
import type { Dimension, Tensor } from './layer.js';
import { dimensions } from './layer.js';
import type { Technology } from './technology.js';
import * as tech from './technology.js';

/** MAGNet, ICCAD 2019, with the paper's names. */
export interface Template {
  readonly name: string;
  readonly source: string;
  /** Width of one dot product, over input channels. */
  readonly vectorSize: number;
  /** Vector MACs per PE, over output channels. */
  readonly numLanes: number;
  /** PE array: rows over P, C or G; columns over K or G. */
  readonly rows: number;
  readonly columns: number;
  /** Bits of weights, of inputs and finished outputs, and of partial sums. */
  readonly weightPrecision: number;
  readonly inputPrecision: number;
  readonly accumPrecision: number;
  /** Physical sizes per PE; weights and inputs ping-pong in halves. */
  readonly weightBuffer: Bits;
  readonly inputBuffer: Bits;
  readonly accumBuffer: Bits;
  /** Entries per lane (weights, sums) or per PE (inputs). */
  readonly weightCollector: number;
  readonly inputCollector: number;
  readonly accumCollector: number;
  /** Inputs and outputs; ping-pong in halves; weights go by. */
  readonly globalBuffer: Bits;
  readonly globalBanks: number;
  /** Bytes per cycle: the global buffer each way, DRAM both ways together. */
  readonly globalBandwidth: number;
  readonly dramBandwidth: number;
  readonly clock: Megahertz;
}

type Collector = 'WeightCollector' | 'InputCollector' | 'AccumCollector';

/**
 * One architecture per order in which the deep collectors cut the PE's loop nest; the best mapping of the template is
 * the best over all of them. Collectors of depth 1 hold no loop of their own tensor and sit innermost in any order.
 */
export function lowerTemplate(t: Template, technology: Technology): readonly Architecture[] {
  const depth: Readonly<Record<Collector, number>> = {
    AccumCollector: t.accumCollector,
    WeightCollector: t.weightCollector,
    InputCollector: t.inputCollector,
  };
  const names = Object.keys(depth) as Collector[];
  const deep = names.filter((c) => depth[c] > 1);
  const shallow = names.filter((c) => depth[c] === 1);
  return permutations(deep).map((order) => lowerInOrder(t, technology, [...order, ...shallow], depth));
}

const permutations = <T>(xs: readonly T[]): T[][] =>
  xs.length === 0 ? [[]] : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((rest) => [x, ...rest]));

const axis = (level: string, label: string, size: number, dims: readonly Dimension[]): Axis => ({ name: `${level}.${label}`, label, size, dims });

function lowerInOrder(t: Template, technology: Technology, collectors: readonly Collector[], depth: Readonly<Record<Collector, number>>): Architecture {
  const area = areaOf(t, technology);
  const arrayArea = sum(area.filter((a) => a.part !== 'global buffer').map((a) => a.area));
  const innermost = collectors.at(-1)!;
  const columns = axis('GlobalBuffer', 'columns', t.columns, ['K', 'G']);
  const rows = axis('GlobalBuffer', 'rows', t.rows, ['P', 'C', 'G']);
  const lanes = axis(innermost, 'lanes', t.numLanes, ['K']);
  const vector = axis(innermost, 'vector', t.vectorSize, ['C']);
  // A word from the global buffer, or a weight from DRAM, crosses the array once: one side of its square.
  const wire = tech.wireEnergy(technology, 1, Math.sqrt(arrayArea));

  const storage = (wordBits: number, energy: { read: number; write: number }, more: Partial<Storage> = {}): Storage => ({
    wordBits,
    blockSize: 1,
    energy: { read: picojoules(energy.read), fill: picojoules(energy.write), update: picojoules(energy.write) },
    access: [],
    line: [],
    tuples: false,
    linkEnergy: picojoules(0),
    ...more,
  });
  const both = (e: number) => ({ read: e, write: e });
  const sram = (size: number, width: number) => both(tech.sramEnergy(technology, bits(size), width));
  const latch = (width: number) => ({ read: tech.latchEnergy(technology, 'read', width), write: tech.latchEnergy(technology, 'write', width) });
  const unlimited = { read: null, write: null, total: null };
  const pe = (name: string, role: Role, tensor: Tensor, store: Storage, size: number, buffers: 1 | 2, loops: boolean): Level => ({
    name,
    role,
    stores: { [tensor]: store },
    keeps: [tensor],
    pools: [{ tensors: [tensor], bits: bits(size) }],
    buffers,
    bandwidth: unlimited,
    temporal: loops ? dimensions : [],
    axes: name === innermost ? [lanes, vector] : [],
    holdsSums: role === 'accumulator',
  });

  const weightWord = t.weightPrecision * t.vectorSize;
  const inputWord = t.inputPrecision * t.vectorSize;
  const sumLine = t.accumPrecision * t.numLanes;
  // The two halves of a ping-pong buffer, and the lanes of the weight and accumulation buffers, are separate macros.
  const weightStore = storage(t.weightPrecision, sram(t.weightBuffer / t.numLanes / 2, weightWord), { access: [vector.name], line: [lanes.name, vector.name] });
  const inputStore = storage(t.inputPrecision, sram(t.inputBuffer / 2, inputWord), { access: [vector.name], line: [vector.name] });
  const accumEnergy = tech.sramEnergy(technology, bits(t.accumBuffer / t.numLanes), sumLine);
  const sumStore = storage(t.accumPrecision, both(accumEnergy), { access: [lanes.name], line: [lanes.name] });
  const globalEnergy = sram(t.globalBuffer / t.globalBanks, t.inputPrecision);
  const dram = (width: number) => both(tech.dramEnergy(technology, width));

  const collector: Readonly<Record<Collector, () => Level>> = {
    WeightCollector: () =>
      pe('WeightCollector', 'collector', 'Weights', storage(t.weightPrecision, latch(weightWord), { access: [vector.name], line: [lanes.name, vector.name] }), depth.WeightCollector * weightWord * t.numLanes, 1, depth.WeightCollector > 1),
    InputCollector: () =>
      pe('InputCollector', 'collector', 'Inputs', storage(t.inputPrecision, latch(inputWord), { access: [vector.name], line: [vector.name], tuples: true }), depth.InputCollector * inputWord, 1, depth.InputCollector > 1),
    AccumCollector: () =>
      pe('AccumCollector', 'collector', 'Outputs', storage(t.accumPrecision, latch(t.accumPrecision), { line: [lanes.name] }), depth.AccumCollector * sumLine, 1, depth.AccumCollector > 1),
  };
  const levels: Level[] = [
    {
      name: 'DRAM',
      role: 'memory',
      stores: {
        Weights: storage(t.weightPrecision, dram(t.weightPrecision), { linkEnergy: wire }),
        Inputs: storage(t.inputPrecision, dram(t.inputPrecision)),
        Outputs: storage(t.inputPrecision, dram(t.inputPrecision)),
      },
      keeps: ['Weights', 'Inputs', 'Outputs'],
      pools: [],
      buffers: 1,
      bandwidth: { ...unlimited, total: t.dramBandwidth * 8 },
      temporal: dimensions,
      axes: [],
      holdsSums: false,
    },
    {
      name: 'GlobalBuffer',
      role: 'memory',
      stores: { Inputs: storage(t.inputPrecision, globalEnergy, { linkEnergy: wire }), Outputs: storage(t.inputPrecision, globalEnergy, { linkEnergy: wire }) },
      keeps: ['Inputs', 'Outputs'],
      pools: [{ tensors: ['Inputs', 'Outputs'], bits: t.globalBuffer }],
      buffers: 2,
      bandwidth: { ...unlimited, read: t.globalBandwidth * 8, write: t.globalBandwidth * 8 },
      temporal: dimensions,
      axes: [columns, rows],
      holdsSums: false,
    },
    pe('WeightBuffer', 'memory', 'Weights', weightStore, t.weightBuffer, 2, false),
    pe('InputBuffer', 'memory', 'Inputs', inputStore, t.inputBuffer, 2, false),
    pe('AccumBuffer', 'accumulator', 'Outputs', sumStore, t.accumBuffer, 1, true),
    ...collectors.map((c) => collector[c]()),
  ];
  return {
    name: t.name,
    source: t.source,
    levels,
    compute: { name: 'MAC', energy: macEnergy(t, technology) },
    staticEnergy: tech.staticEnergy(technology, sum(area.map((a) => a.area))),
    clock: t.clock,
    area,
  };
}

/** One multiply with its share of the adder tree (level k adds words of a + b + k bits) and of the lane's accumulate. */
function macEnergy(t: Template, technology: Technology) {
  const product = t.weightPrecision + t.inputPrecision;
  let adderBits = t.accumPrecision;
  for (let inputs = t.vectorSize, level = 1; inputs > 1; inputs = Math.ceil(inputs / 2), level++) {
    adderBits += Math.floor(inputs / 2) * (product + level);
  }
  const adders = tech.addEnergy(technology, adderBits) / t.vectorSize;
  return picojoules(tech.multiplyEnergy(technology, t.weightPrecision, t.inputPrecision) + adders);
}

/** Placed area by part of the whole chip; DRAM is outside. */
export function areaOf(t: Template, technology: Technology): Architecture['area'] {
  const pes = t.rows * t.columns;
  const multipliers = t.vectorSize * t.numLanes;
  const latchBits =
    t.weightCollector * multipliers * t.weightPrecision +
    t.inputCollector * t.vectorSize * t.inputPrecision +
    t.accumCollector * t.numLanes * t.accumPrecision;
  const macs = (multipliers * tech.macArea(technology, t.weightPrecision, t.inputPrecision)) as SquareMillimetres;
  const collectors = tech.latchArea(technology, latchBits);
  const control = tech.controlArea(technology, sum([macs, collectors]));
  const banks = (n: number, size: number) => (n * tech.memoryArea(technology, bits(size))) as SquareMillimetres;
  const perPe: readonly (readonly [string, SquareMillimetres])[] = [
    ['MACs', macs],
    ['collectors', collectors],
    ['control', control],
    ['weight buffers', banks(2 * t.numLanes, t.weightBuffer / t.numLanes / 2)],
    ['input buffers', banks(2, t.inputBuffer / 2)],
    ['accumulation buffers', banks(t.numLanes, t.accumBuffer / t.numLanes)],
  ];
  return [
    ...perPe.map(([part, a]) => ({ part, area: (pes * tech.placed(technology, a)) as SquareMillimetres })),
    { part: 'global buffer', area: tech.placed(technology, banks(t.globalBanks, t.globalBuffer / t.globalBanks)) },
  ];
}
