// The MAGNet template lowered to a hierarchy with energies, tiles and an area.

import { ceilLog2 } from '../../base/integers.js';
import { permutations } from '../../base/permutations.js';
import { defined } from '../../base/invariant.js';
import { bits, sum } from '../../base/units.js';
import type { Architecture, Axis, Level, Role, Tiling } from './architecture.js';
import type { Dimension, Tensor } from '../workload/layer.js';
import { dimensions } from '../workload/layer.js';
import type { Template } from './parameters.js';
import type { Technology } from './technology.js';
import type { AxisLabel, Collector, SharedLevel, TemplateLevel } from './template-names.js';
import { axisLabels, levelNames } from './template-names.js';
import * as tech from './technology.js';
import { dramChannels } from './dram-channels.js';
import { beatsPerLine, globalPorts } from './global-ports.js';
import { packedPath } from './packed-weights.js';
import { areaOf, macEnergy, splitMacEnergy } from './template-parts.js';
import { halfWords, linesOfPairs } from './split-multipliers.js';
import type { TemplateStores } from './template-stores.js';
import { templateStores } from './template-stores.js';

export type { Template } from './parameters.js';
export { areaOf } from './template-parts.js';

/**
 * One architecture per order in which the deep collectors cut the PE's loop nest; the best mapping of the template is
 * the best over all of them. Collectors of depth 1 hold no loop of their own tensor and sit innermost in any order.
 */
export function lowerTemplate(t: Template, technology: Technology): readonly Architecture[] {
  const depth: Readonly<Record<Collector, number>> = {
    [levelNames.accumCollector]: t.accumCollector,
    [levelNames.weightCollector]: t.weightCollector,
    [levelNames.inputCollector]: t.inputCollector,
  };
  const names = Object.keys(depth) as Collector[];
  const deep = names.filter((c) => depth[c] > 1);
  const shallow = names.filter((c) => depth[c] === 1);
  const arrangements = permutations(deep).map((order) => lowerInOrder(t, technology, [...order, ...shallow]));
  for (const a of arrangements) origins.set(a, { machine: { template: t, technology }, arrangements });
  return arrangements;
}

/** What an architecture was lowered from: it forgets its template, and those who know more of the template are faster. */
export interface TemplateMachine {
  readonly template: Template;
  readonly technology: Technology;
}

const origins = new WeakMap<
  Architecture,
  { readonly machine: TemplateMachine; readonly arrangements: readonly Architecture[] }
>();

/**
 * The machine of which these are all the arrangements, in the order in which `lowerTemplate` gave them; undefined for a
 * hierarchy, a copy, or a part of them. What crossed a thread is a copy: ask before.
 */
export function loweredFrom(architectures: readonly Architecture[]): TemplateMachine | undefined {
  const origin = architectures[0] && origins.get(architectures[0]);
  const whole = origin?.arrangements.length === architectures.length;
  return whole && origin.arrangements.every((a, i) => a === architectures[i]) ? origin.machine : undefined;
}

/** What an architecture was made from, in whichever order its collectors stand; undefined of other machines. */
export const templateOf = (a: Architecture): Template | undefined => origins.get(a)?.machine.template;

const axis = (level: TemplateLevel, label: AxisLabel, size: number, dims: readonly Dimension[]): Axis => ({
  name: `${level}.${label}`,
  label,
  size,
  dims,
  exclusive: true,
});

/** `collectors` from the outermost in. */
function lowerInOrder(t: Template, technology: Technology, collectors: readonly Collector[]): Architecture {
  const area = areaOf(t, technology);
  const axes = axesOf(t, defined(collectors.at(-1)));
  const stores = templateStores(t, technology, axes.lanes, axes.vector);
  const inPe = peLevels(t);
  const { weightBuffer, inputBuffer, outputBuffer, accumBuffer } = levelNames;
  const names = [weightBuffer, inputBuffer, outputBuffer, accumBuffer, ...collectors] as const;
  const innermost = names.at(-1);
  return {
    name: t.name,
    source: t.source,
    levels: [
      dram(stores),
      globalBuffer(t, stores, [axes.columns, axes.rows]),
      ...names.map((n) => peLevel(n, inPe[n], stores, n === innermost ? [axes.lanes, axes.vector] : [])),
    ],
    compute: { name: 'MAC', energy: macEnergy(t, technology), ...splitMac(t, technology) },
    staticEnergy: tech.staticEnergy(technology, sum(area.map((a) => a.area))),
    clock: t.clock,
    area,
    tiling: tilingOf(t, axes),
  };
}

/** Fan-outs of the array of PEs, and of a PE: those are below its innermost level. */
const axesOf = (t: Template, innermost: Collector) => ({
  columns: axis(levelNames.globalBuffer, axisLabels.columns, t.columns, ['K', 'G']),
  rows: axis(levelNames.globalBuffer, axisLabels.rows, t.rows, ['P', 'C', 'G']),
  lanes: axis(innermost, axisLabels.lanes, t.numLanes, ['K']),
  vector: axis(innermost, axisLabels.vector, t.vectorSize, ['C']),
});

const unlimited = { read: null, write: null, total: null };

const dram = (stores: TemplateStores): Level => ({
  name: levelNames.dram,
  role: 'memory',
  stores: stores[levelNames.dram],
  keeps: ['Weights', 'Inputs', 'Outputs'],
  pools: [],
  buffers: 1,
  bandwidth: unlimited,
  temporal: dimensions,
  axes: [],
  holdsSums: false,
});

const globalBuffer = (t: Template, stores: TemplateStores, axes: readonly Axis[]): Level => ({
  name: levelNames.globalBuffer,
  role: 'memory',
  stores: stores[levelNames.globalBuffer],
  keeps: ['Inputs', 'Outputs'],
  pools: [{ tensors: ['Inputs', 'Outputs'], bits: t.globalBuffer, banks: t.globalBanks }],
  buffers: 2,
  bandwidth: unlimited,
  temporal: dimensions,
  axes,
  holdsSums: false,
});

/** A level of a PE has one tensor, in a memory of its own. */
interface PeLevel {
  readonly role: Role;
  readonly tensor: Tensor;
  readonly bits: number;
  readonly buffers: 1 | 2;
  readonly loops: boolean;
}

function peLevels(t: Template): Readonly<Record<Exclude<TemplateLevel, SharedLevel>, PeLevel>> {
  const buffer = { role: 'memory', buffers: 2, loops: false } as const;
  /** A collector of depth 1 holds no loop. */
  const collector = (tensor: Tensor, depth: number, lineBits: number): PeLevel => ({
    role: 'collector',
    tensor,
    bits: depth * lineBits,
    buffers: 1,
    loops: depth > 1,
  });
  const inputLine = t.inputPrecision * t.vectorSize;
  const weightLine = t.weightPrecision * t.vectorSize * t.numLanes;
  const sumLine = t.accumPrecision * t.numLanes;
  return {
    [levelNames.weightBuffer]: { ...buffer, tensor: 'Weights', bits: t.weightBuffer },
    [levelNames.inputBuffer]: { ...buffer, tensor: 'Inputs', bits: t.inputBuffer },
    // Finished sums wait here while the next tile is computed: a half has as many lines as the accumulation buffer.
    [levelNames.outputBuffer]: { ...buffer, tensor: 'Outputs', bits: 2 * t.accumBuffer },
    [levelNames.accumBuffer]: { role: 'accumulator', tensor: 'Outputs', bits: t.accumBuffer, buffers: 1, loops: true },
    [levelNames.weightCollector]: collector('Weights', t.weightCollector, weightLine),
    [levelNames.inputCollector]: collector('Inputs', t.inputCollector, inputLine),
    [levelNames.accumCollector]: collector('Outputs', t.accumCollector, sumLine),
  };
}

const peLevel = (name: TemplateLevel, level: PeLevel, stores: TemplateStores, axes: readonly Axis[]): Level => ({
  name,
  role: level.role,
  stores: stores[name],
  keeps: [level.tensor],
  pools: [{ tensors: [level.tensor], bits: bits(level.bits) }],
  buffers: level.buffers,
  bandwidth: unlimited,
  temporal: level.loops ? dimensions : [],
  axes,
  holdsSums: level.role === 'accumulator',
});

const packedLines = (t: Template): Pick<Tiling, 'packed'> => {
  const path = packedPath(t);
  return path ? { packed: { wordBits: path.wordBits, beatsPerLine: path.beats } } : {};
};

function splitMac(t: Template, technology: Technology): Pick<Architecture['compute'], 'split'> {
  const energy = splitMacEnergy(t, technology);
  return energy === undefined ? {} : { split: energy };
}

function splitLines(t: Template): Pick<Tiling, 'split'> {
  const half = halfWords(t);
  return half ? { split: { ...half, beatsPerLine: linesOfPairs * beatsPerLine(t).fill } } : {};
}

const tilingOf = (t: Template, { lanes, vector }: Readonly<Record<'lanes' | 'vector', Axis>>): Tiling => ({
  outer: 0,
  inner: 1,
  step: 2,
  // A pipeline of four stages, a buffer that answers in the next cycle and DRAM that may take longer, a tree over the rows
  // (docs/hardware.md).
  latency: {
    compute: 4,
    load_i: 2,
    load_w: 1 + t.dramLatency,
    drain: 5 + ceilLog2(t.rows),
    fill: 1 + t.dramLatency,
    spill: 2,
  },
  beatsPerLine: beatsPerLine(t),
  // A residual's first line comes two cycles later than sums do, where DRAM answers in the next. The port of the global
  // buffer takes as long for the last line as for others; those come no faster than it takes them.
  residual: { latency: globalPorts(t).write.beats + t.dramLatency, beatsPerLine: dramChannels(t).residuals.beats },
  ...packedLines(t),
  ...splitLines(t),
  lanes: lanes.name,
  vector: vector.name,
  biasLines: t.biasLines,
  longestLoop: 2 ** 16,
  residency: t.residency === 1,
});
