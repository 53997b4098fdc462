// Machines that everybody knows, each with its source.

import { bits, kibibytes, megahertz, picojoules } from '../../base/units.js';
import type { Architecture, Axis, Level, Storage } from './architecture.js';
import type { Dimension, Tensor } from '../workload/layer.js';
import { dimensions, tensors } from '../workload/layer.js';
import type { Template } from './parameters.js';
import { unsaid } from './unsaid.js';

/** A machine as a user names it: a template instance to be lowered, or a hierarchy with literal energies. */
export type Machinery =
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'hierarchy'; readonly architecture: Architecture };

const common = {
  weightPrecision: 8,
  inputPrecision: 8,
  accumPrecision: 24,
  inputCollector: 1,
  weightCollector: 1,
  globalBanks: 16,
  biasLines: 1024,
  clock: megahertz(1000),
  ...unsaid,
} as const;

/**
 * The template at the sizes of Simba (MICRO 2019): 4 x 4 PEs of 8 lanes by 8 products, 64 KB global buffer, 8-bit words, sums of
 * 24 bits.
 */
export const simba: Template = {
  ...common,
  name: 'simba',
  source:
    'sizes: Simba, MICRO 2019, as configured in NVlabs/timeloop; clock, the 16 global banks, the bias memory ' +
    'and a line a cycle on each channel to DRAM (32 GB/s) are assumed',
  vectorSize: 8,
  numLanes: 8,
  rows: 4,
  columns: 4,
  weightBuffer: kibibytes(32),
  inputBuffer: kibibytes(8),
  accumBuffer: kibibytes(3),
  accumCollector: 1,
  globalBuffer: kibibytes(64),
};

/**
 * `simba` beside a DRAM that is sold, LPDDR4-3200: 25.6 GB/s, and 39 ns to the first data: a row is opened in 27 cycles of 0.625
 * ns, its data come 32 + 3 behind a read.
 */
export const simbaLpddr4: Template = {
  ...simba,
  name: 'simba-lpddr4',
  source:
    'simba beside four channels of LPDDR4-3200, 16 bits each: 25.6 GB/s (Jetson Nano data sheet, NVIDIA DA-09366-001; ' +
    '6.4 a channel: Micron MT53B128M32 data sheet), first data of a closed row in 39 ns (62 cycles in Ramulator, CAL 2015, ' +
    'after JESD209-4); controller and queues left out',
  dramBandwidth: 25.6,
  dramLatency: 39,
};

/** The template at sizes from the ranges of MAGNet (ICCAD 2019): 4 x 4 PEs of 16 lanes by 16 products, 256 KB global buffer. */
export const magnet: Template = {
  ...common,
  name: 'magnet',
  source:
    'template of MAGNet, ICCAD 2019; sizes after the ranges of the paper and NVIDIA patents US 11,270,197 and ' +
    '12,387,089; the rest, and a line a cycle on each channel to DRAM (64 GB/s), assumed',
  vectorSize: 16,
  numLanes: 16,
  rows: 4,
  columns: 4,
  weightBuffer: kibibytes(64),
  inputBuffer: kibibytes(16),
  accumBuffer: kibibytes(6),
  accumCollector: 16,
  globalBuffer: kibibytes(256),
};

function level(
  name: string,
  words: number | null,
  wordBits: number,
  energy: number,
  keeps: readonly Tensor[],
  more: { bandwidth?: number; axes?: readonly Axis[]; pools?: Level['pools'] } = {},
): Level {
  const e = picojoules(energy);
  const storage: Storage = {
    wordBits,
    blockSize: 1,
    energy: { read: e, fill: e, update: e },
    access: [],
    line: [],
    lineWords: 1,
    tuples: false,
    linkEnergy: picojoules(0),
  };
  const port = more.bandwidth === undefined ? null : more.bandwidth * wordBits;
  return {
    name,
    role: 'memory',
    stores: { Weights: storage, Inputs: storage, Outputs: storage },
    keeps,
    pools: more.pools ?? [{ tensors, bits: words === null ? null : bits(words * wordBits) }],
    buffers: 1,
    bandwidth: { read: port, write: port, total: null },
    temporal: dimensions,
    axes: more.axes ?? [],
    holdsSums: false,
  };
}
const axis = (owner: string, label: string, size: number, dims: readonly Dimension[] = dimensions): Axis => ({
  name: `${owner}.${label}`,
  label,
  size,
  dims,
});

/** A plain three-level array: DRAM, global buffer, 16 x 16 local buffers that hold all tensors. */
export const array3: Architecture = {
  name: 'array3',
  source: 'a plain array, made for comparisons with Timeloop: 16 x 16 MACs, 512-word local buffers, energies assumed',
  levels: [
    level('DRAM', null, 8, 64, tensors, { bandwidth: 16 }),
    level('GlobalBuffer', 131072, 8, 3.5, tensors, {
      bandwidth: 64,
      axes: [axis('GlobalBuffer', 'Y', 16), axis('GlobalBuffer', 'X', 16)],
    }),
    level('LocalBuffer', 512, 8, 0.75, tensors),
  ],
  compute: { name: 'MAC', energy: picojoules(0.25) },
  staticEnergy: picojoules(0),
  clock: megahertz(1000),
  area: [],
};

/**
 * Row stationary as Eyeriss (JSSC 2017): kernel rows along Y, output rows along X; 1 pJ stands for the energy of one 16-bit MAC.
 */
export const eyeriss: Architecture = {
  name: 'eyeriss',
  source:
    'Eyeriss, JSSC 2017: 12 x 14 PEs, 108 KB buffer, spads of 224, 12 and 24 words of 16 bits, ' +
    '200 MHz; energies relative to a MAC (1, 6, 200) from ISCA 2016, in units of 1 pJ; ' +
    'DRAM bandwidth assumed',
  levels: [
    level('DRAM', null, 16, 200, tensors, { bandwidth: 4 }),
    level('GlobalBuffer', 55296, 16, 6, ['Inputs', 'Outputs'], {
      axes: [axis('GlobalBuffer', 'Y', 12, ['S', 'C', 'K']), axis('GlobalBuffer', 'X', 14, ['Q', 'K', 'P'])],
    }),
    level('Spads', null, 16, 1, tensors, {
      pools: [
        { tensors: ['Weights'], bits: bits(224 * 16) },
        { tensors: ['Inputs'], bits: bits(12 * 16) },
        { tensors: ['Outputs'], bits: bits(24 * 16) },
      ],
    }),
  ],
  compute: { name: 'MAC', energy: picojoules(1) },
  staticEnergy: picojoules(0),
  clock: megahertz(200),
  area: [],
};

/** All machines that the command line knows by name. */
export const presets: readonly Machinery[] = [
  { kind: 'template', template: simba },
  { kind: 'template', template: simbaLpddr4 },
  { kind: 'template', template: magnet },
  { kind: 'hierarchy', architecture: eyeriss },
  { kind: 'hierarchy', architecture: array3 },
];

export const machineryName = (m: Machinery): string => (m.kind === 'template' ? m.template.name : m.architecture.name);
