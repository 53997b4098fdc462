// The MAGNet template lowered to a hierarchy with energies, tiles and an area.

import { permutations } from '../../base/permutations.js';
import { defined } from '../../base/invariant.js';
import { bits, picojoules, sum } from '../../base/units.js';
import type { Architecture, Axis, Level, Role, Storage } from './architecture.js';
import type { Dimension, Tensor } from '../workload/layer.js';
import { dimensions } from '../workload/layer.js';
import type { Template } from './parameters.js';
import type { Technology } from './technology.js';
import type { AxisLabel, Collector, TemplateLevel } from './template-names.js';
import { axisLabels, levelNames } from './template-names.js';
import * as tech from './technology.js';
import { areaOf, arrayArea, macEnergy, postEnergy } from './template-parts.js';

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
  const arrangements = permutations(deep).map((order) => lowerInOrder(t, technology, [...order, ...shallow], depth));
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

const axis = (level: TemplateLevel, label: AxisLabel, size: number, dims: readonly Dimension[]): Axis => ({
  name: `${level}.${label}`,
  label,
  size,
  dims,
  exclusive: true,
});

function lowerInOrder(
  t: Template,
  technology: Technology,
  collectors: readonly Collector[],
  depth: Readonly<Record<Collector, number>>,
): Architecture {
  const area = areaOf(t, technology);
  const innermost = defined(collectors.at(-1));
  const columns = axis(levelNames.globalBuffer, axisLabels.columns, t.columns, ['K', 'G']);
  const rows = axis(levelNames.globalBuffer, axisLabels.rows, t.rows, ['P', 'C', 'G']);
  const lanes = axis(innermost, axisLabels.lanes, t.numLanes, ['K']);
  const vector = axis(innermost, axisLabels.vector, t.vectorSize, ['C']);
  // A word to or from the PEs crosses the array once: one side of its square.
  const wire = tech.wireEnergy(technology, 1, Math.sqrt(arrayArea(t, technology)));

  const storage = (
    wordBits: number,
    energy: { read: number; write: number; update?: number },
    more: Partial<Storage> = {},
  ): Storage => ({
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
  const both = (e: number) => ({ read: e, write: e });
  const sram = (size: number, width: number) => both(tech.sramEnergy(technology, bits(size), width));
  const latch = (width: number) => ({
    read: tech.latchEnergy(technology, 'read', width),
    write: tech.latchEnergy(technology, 'write', width),
  });
  const unlimited = { read: null, write: null, total: null };
  const pe = (
    name: TemplateLevel,
    role: Role,
    tensor: Tensor,
    store: Storage,
    size: number,
    buffers: 1 | 2,
    loops: boolean,
  ): Level => ({
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
  const vectors = { access: [vector.name], line: [vector.name], lineWords: t.vectorSize };
  const laneVectors = { access: [vector.name], line: [lanes.name, vector.name], lineWords: t.numLanes * t.vectorSize };
  const sums = { line: [lanes.name], lineWords: t.numLanes };
  // The two halves of a ping-pong buffer, and the lanes of the buffers of weights and sums, are separate macros.
  const weightStore = storage(t.weightPrecision, sram(t.weightBuffer / t.numLanes / 2, weightWord), laneVectors);
  const inputStore = storage(t.inputPrecision, sram(t.inputBuffer / 2, inputWord), vectors);
  const sumStore = storage(t.accumPrecision, sram(t.accumBuffer / t.numLanes, sumLine), {
    ...sums,
    access: [lanes.name],
  });

  // Every access moves a whole line, which is wide enough for a vector of inputs and for a line of outputs.
  const globalLine = Math.max(t.vectorSize, t.numLanes);
  const globalEnergy = sram(t.globalBuffer / t.globalBanks, t.inputPrecision * globalLine);
  const globalInputs = storage(t.inputPrecision, globalEnergy, { ...vectors, lineWords: globalLine, linkEnergy: wire });
  const globalOutputs = storage(
    t.inputPrecision,
    { ...globalEnergy, update: globalEnergy.write + postEnergy(t, technology) },
    {
      access: [lanes.name],
      line: [lanes.name],
      lineWords: globalLine,
      // What crosses the array are sums; post-processing is beside the global buffer.
      linkEnergy: picojoules((wire * t.accumPrecision) / t.inputPrecision),
    },
  );
  const dram = (width: number) => both(tech.dramEnergy(technology, width));

  const collector: Readonly<Record<Collector, () => Level>> = {
    [levelNames.weightCollector]: () =>
      pe(
        levelNames.weightCollector,
        'collector',
        'Weights',
        storage(t.weightPrecision, latch(weightWord), laneVectors),
        depth[levelNames.weightCollector] * weightWord * t.numLanes,
        1,
        depth[levelNames.weightCollector] > 1,
      ),
    [levelNames.inputCollector]: () =>
      pe(
        levelNames.inputCollector,
        'collector',
        'Inputs',
        storage(t.inputPrecision, latch(inputWord), { ...vectors, tuples: true }),
        depth[levelNames.inputCollector] * inputWord,
        1,
        depth[levelNames.inputCollector] > 1,
      ),
    [levelNames.accumCollector]: () =>
      pe(
        levelNames.accumCollector,
        'collector',
        'Outputs',
        storage(t.accumPrecision, latch(t.accumPrecision), sums),
        depth[levelNames.accumCollector] * sumLine,
        1,
        depth[levelNames.accumCollector] > 1,
      ),
  };
  const levels: Level[] = [
    {
      name: levelNames.dram,
      role: 'memory',
      stores: {
        Weights: storage(t.weightPrecision, dram(t.weightPrecision), { linkEnergy: wire }),
        Inputs: storage(t.inputPrecision, dram(t.inputPrecision)),
        Outputs: storage(t.inputPrecision, dram(t.inputPrecision)),
      },
      keeps: ['Weights', 'Inputs', 'Outputs'],
      pools: [],
      buffers: 1,
      bandwidth: unlimited,
      temporal: dimensions,
      axes: [],
      holdsSums: false,
    },
    {
      name: levelNames.globalBuffer,
      role: 'memory',
      stores: { Inputs: globalInputs, Outputs: globalOutputs },
      keeps: ['Inputs', 'Outputs'],
      pools: [{ tensors: ['Inputs', 'Outputs'], bits: t.globalBuffer, banks: t.globalBanks }],
      buffers: 2,
      bandwidth: unlimited,
      temporal: dimensions,
      axes: [columns, rows],
      holdsSums: false,
    },
    pe(levelNames.weightBuffer, 'memory', 'Weights', weightStore, t.weightBuffer, 2, false),
    pe(levelNames.inputBuffer, 'memory', 'Inputs', inputStore, t.inputBuffer, 2, false),
    // Finished sums wait here while the next tile is computed: a half has as many lines as the accumulation buffer.
    pe(levelNames.outputBuffer, 'memory', 'Outputs', sumStore, 2 * t.accumBuffer, 2, false),
    pe(levelNames.accumBuffer, 'accumulator', 'Outputs', sumStore, t.accumBuffer, 1, true),
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
    tiling: {
      outer: 0,
      inner: 1,
      step: 2,
      // A pipeline of four stages, memories that answer in the next cycle, and a tree over the rows (docs/hardware.md).
      latency: { compute: 4, load_i: 2, load_w: 2, drain: 5 + Math.ceil(Math.log2(t.rows)), fill: 2, spill: 2 },
      lanes: lanes.name,
      biasLines: t.biasLines,
      longestLoop: 2 ** 16,
    },
  };
}
