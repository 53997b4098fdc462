// Random machines made from the template, random layers, and random legal mappings of them.

import { seeded } from '../../src/base/random.js';
import type { Random } from '../../src/base/random.js';
import { bits } from '../../src/base/units.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { lineChannels } from '../../src/model/machine/dram-channels.js';
import { linePorts } from '../../src/model/machine/global-ports.js';
import { unlimited } from '../../src/model/machine/line-path.js';
import type { Mapping, Parts } from '../../src/model/mapping/mapping.js';
import { isWhole, partOf, whole } from '../../src/model/workload/layer-parts.js';
import { canSplit } from '../../src/model/workload/split.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { space } from '../../src/search/mapping/point.js';

/** Any precision, array shape, depth and collector; small, so that tiles are many and buffers matter. */
export function randomTemplate(seed: number): Template {
  const chance = seeded(seed);
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const [vectorSize, numLanes] = [pick([1, 2, 3, 4]), pick([1, 2, 4, 5])];
  const [weightPrecision, inputPrecision, accumPrecision] = [
    pick([4, 8, 16]),
    pick([4, 8, 16]),
    pick([16, 24, 32, 40]),
  ];
  const globalBanks = pick([4, 8, 16]);
  return {
    ...simba,
    name: `random${seed}`,
    source: 'random',
    vectorSize,
    numLanes,
    rows: pick([1, 2, 3, 4]),
    columns: pick([1, 2, 3]),
    weightPrecision,
    inputPrecision,
    accumPrecision,
    weightBuffer: bits(2 * pick([8, 16, 24, 64]) * numLanes * vectorSize * weightPrecision),
    inputBuffer: bits(2 * pick([8, 16, 40, 64]) * vectorSize * inputPrecision),
    accumBuffer: bits(pick([4, 7, 8, 16]) * numLanes * accumPrecision),
    globalBanks,
    globalBuffer: bits(globalBanks * pick([16, 32, 64]) * Math.max(vectorSize, numLanes) * inputPrecision),
    biasLines: 256,
    weightCollector: pick([1, 1, 2, 4]),
    inputCollector: pick([1, 1, 2, 3]),
    accumCollector: pick([1, 1, 2, 8]),
    ...randomChannels(chance),
    ...randomPorts(seed, { vectorSize, numLanes, inputPrecision }),
    packedWeights: randomPacking(seed, weightPrecision),
    splitMultipliers: randomSplitting(seed, weightPrecision, inputPrecision),
  };
}

/** As wide as a line, or narrower by any number of bits; half of all machines say nothing. */
function randomChannels(chance: Random): Pick<Template, keyof typeof lineChannels> {
  if (chance.next() < 0.5) return lineChannels;
  const width = () => chance.pick([unlimited.channel, 1 + chance.below(12), 1 + chance.below(40)]);
  return {
    weightChannel: width(),
    inputChannel: width(),
    outputChannel: width(),
    dramBandwidth: chance.pick([unlimited.bandwidth, 1 + chance.below(20)]),
    dramLatency: chance.pick([1, 1, 2, 9, 70]),
  };
}

/** The ports of the global buffer: a line, some beats of one, or any number of bits, by draws of their own. */
function randomPorts(
  seed: number,
  { vectorSize, numLanes, inputPrecision }: Pick<Template, 'vectorSize' | 'numLanes' | 'inputPrecision'>,
): Pick<Template, keyof typeof linePorts> {
  const chance = seeded(1000 + seed);
  const width = (line: number) =>
    chance.pick([unlimited.channel, Math.ceil(line / (2 + chance.below(4))), 1 + chance.below(line)]);
  return {
    globalReadPort: width(vectorSize * inputPrecision),
    globalWritePort: width(numLanes * inputPrecision),
  };
}

/** Weights to a word, by a draw of its own. */
const randomPacking = (seed: number, weightPrecision: number): number =>
  weightPrecision % 2 === 0 && seeded(2000 + seed).next() < 0.6 ? 2 : 1;

/** Whether multipliers split, by a draw of its own. */
const randomSplitting = (seed: number, ...precisions: readonly number[]): number =>
  precisions.every((bits) => bits >= 4 && bits % 2 === 0) && seeded(3000 + seed).next() < 0.6 ? 1 : 0;

/**
 * Machines at the edges of their parameters: each depth is 1 or a little more, each side of the array 1 or all there is,
 * precisions from one bit on, sums as narrow as a product or as wide as they get.
 */
export function edgeTemplate(seed: number): Template {
  const chance = seeded(seed);
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const [vectorSize, numLanes] = [pick([1, 1, 2, 7]), pick([1, 1, 2, 6])];
  const [rows, columns] = chance.pick([
    [1, 1],
    [1, 1],
    [1, 9],
    [7, 1],
    [2, 3],
  ] as const);
  const [weightPrecision, inputPrecision] = [pick([1, 2, 7, 8, 17, 32]), pick([1, 3, 8, 16, 31, 32])];
  const product = weightPrecision + inputPrecision;
  const accumPrecision = pick([
    product,
    product,
    Math.max(product, 16),
    Math.max(product, 47),
    Math.max(product, 48),
    64,
  ]);
  const globalBanks = pick([4, 4, 6, 12]);
  const depth = () => pick([1, 1, 2, 3, 5, 16]);
  return {
    ...simba,
    name: `edge${seed}`,
    source: 'edges',
    vectorSize,
    numLanes,
    rows,
    columns,
    weightPrecision,
    inputPrecision,
    accumPrecision,
    weightBuffer: bits(2 * depth() * numLanes * vectorSize * weightPrecision),
    inputBuffer: bits(2 * depth() * vectorSize * inputPrecision),
    accumBuffer: bits(depth() * numLanes * accumPrecision),
    globalBanks,
    globalBuffer: bits(globalBanks * depth() * Math.max(vectorSize, numLanes) * inputPrecision),
    biasLines: pick([1, 1, 2, 33]),
    weightCollector: pick([1, 1, 2, 17]),
    inputCollector: pick([1, 1, 2, 17]),
    accumCollector: pick([1, 1, 2, 17]),
    ...randomChannels(chance),
    ...randomPorts(seed, { vectorSize, numLanes, inputPrecision }),
    packedWeights: randomPacking(seed, weightPrecision),
    splitMultipliers: randomSplitting(seed, weightPrecision, inputPrecision),
  };
}

/** A bound or two of many, the others 1 or 2; strides beyond the kernel, windows that skip, pools of all sizes. */
export function edgeLayer(chance: Random): Layer {
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const bound = () => pick([1, 1, 1, 2, 3, 7]);
  const pool = [pick([1, 1, 2, 3]), pick([1, 1, 2, 3])] as const;
  return makeLayer(
    'edge',
    {
      N: pick([1, 1, 3]),
      G: pick([1, 1, 1, 2, 5]),
      K: pick([1, 1, 2, 9, 16]),
      C: pick([1, 1, 2, 9, 16]),
      P: bound() * pool[0],
      Q: bound() * pool[1],
      R: pick([1, 1, 2, 5]),
      S: pick([1, 1, 3]),
    },
    {
      stride: [pick([1, 1, 2, 7]), pick([1, 1, 4])],
      dilation: [pick([1, 1, 2, 5]), pick([1, 1, 3])],
      pool,
      bias: chance.next() < 0.8,
      residual: Math.max(...pool) === 1 && chance.next() < 0.5,
      weightBits: chance.pick([undefined, 1, 2, 4, 8, 16]),
      inputBits: chance.pick([undefined, undefined, 1, 2, 4, 8]),
    },
  );
}

/** Grouped, strided, dilated, pooled, batched, ragged: anything, a few thousand multiplications large. */
export function randomLayer(chance: Random): Layer {
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const [P, Q] = [pick([1, 2, 3, 4, 5, 6, 7]), pick([1, 2, 3, 4, 5])];
  const pool =
    P % 2 === 0 && Q % 2 === 0 && chance.next() < 0.5
      ? ([2, 2] as const)
      : P % 2 === 0 && chance.next() < 0.2
        ? ([2, 1] as const)
        : ([1, 1] as const);
  return makeLayer(
    'random',
    {
      N: pick([1, 1, 2]),
      G: pick([1, 1, 1, 2, 3]),
      K: pick([1, 2, 3, 4, 6, 8]),
      C: pick([1, 2, 3, 4, 5, 8]),
      P,
      Q,
      R: pick([1, 2, 3]),
      S: pick([1, 2, 3]),
    },
    {
      stride: [pick([1, 1, 2, 3]), pick([1, 1, 2])],
      dilation: [pick([1, 1, 2, 3]), pick([1, 1, 2])],
      pool,
      residual: Math.max(...pool) === 1 && chance.next() < 0.4,
      weightBits: chance.pick([undefined, 2, 4, 8]),
      inputBits: chance.pick([undefined, undefined, 2, 4, 8]),
    },
  );
}

export interface MachineCase {
  readonly architecture: Architecture;
  readonly layer: Layer;
  readonly mapping: Mapping;
}

/** Longer runs show no more than many short ones. */
const maxCycles = 40_000;

/** A layer and a legal mapping of it on a machine, padding included; tries layers until one has some. */
export function randomCase(t: Template, chance: Random, layerOf: (chance: Random) => Layer = randomLayer): MachineCase {
  const architectures = lowerTemplate(t, technology16nm);
  for (;;) {
    const layer = layerOf(chance);
    const arrangement = chance.below(architectures.length);
    // Mostly split where it may be.
    const parts: Parts = {
      ...whole,
      ...(canSplit(layer, architectures[0]!.tiling!.split) && chance.next() < 0.8 && { split: true as const }),
    };
    const mappings = space(
      {
        layer: partOf(layer, parts),
        architectures,
        conventions: magnetConventions,
        goal: { objective: 'edp', limits: {} },
        padding: true,
      },
      arrangement,
    );
    for (let i = 0; i < 40; i++) {
      // Where there is little room, hardly a mapping is legal that was not made to fit.
      const point =
        layerOf === randomLayer ? mappings.random(chance) : mappings.repaired(mappings.random(chance), chance);
      const found = point && mappings.judge(point);
      if (found && found.evaluation.cycles <= maxCycles)
        return {
          architecture: architectures[arrangement]!,
          layer,
          mapping: isWhole(parts) ? found.mapping : { ...found.mapping, parts },
        };
    }
  }
}
