// The configuration program of a layer: register writes that make the machine run a mapping.

import { nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import { hasBias } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Accelerator } from '../accelerator.js';
import type { Hardware } from '../hardware.js';
import { scaleBits } from '../hardware.js';
import type { RegisterBlock } from '../registers.js';
import { biasHalf, blockOf, capability } from '../registers.js';
import { multicast, writeEngines } from './engine-writes.js';
import type { LayerStrides } from './layer-strides.js';
import { layerStrides } from './layer-strides.js';
import { writeNests } from './nest-writes.js';
import type { Extents, Nests } from './nests.js';
import { nestsOf } from './nests.js';
import { imageStart } from '../residency.js';
import type { Placement } from './placement.js';
import type { ResidentPlaces } from './region.js';
import type { PostProcessing } from './post-registers.js';
import { constantOf, postFaults } from './post-registers.js';
import type { RegisterWrite } from './register-writes.js';
import { ones, RegisterWrites, wrapped } from './register-writes.js';

/** Register writes that make a machine run a layer by its mapping. */
export interface LayerProgram {
  /** Without the last write, which starts the layer. */
  readonly writes: readonly RegisterWrite[];
  /** How many of them, the last ones, write biases, scales and shifts. */
  readonly constants: number;
  /** Lines that these fill. */
  readonly biasLines: number;
  readonly start: RegisterWrite;
  /** Where the tensors lie in DRAM that the writes speak of. */
  readonly placement: Placement;
  readonly nests: Nests;
}

/**
 * The program of a mapping: register writes in the order in which they are made. Throws where post-processing does not fit its
 * registers: who lets people choose asks `postFaults` before.
 */
export function layerProgram(
  a: Accelerator,
  layer: Layer,
  mapping: Mapping,
  placement: Placement,
  post: PostProcessing,
): LayerProgram {
  const { hardware: h, registers } = a;
  const unfit = postFaults(h, layer, post);
  invariant(unfit.length === 0, `no program for ${layer.name}: ${unfit.map((d) => d.message).join('; ')}`);
  const nests = nestsOf(mapping);
  const levels = mapping.levels.map((l) => l.name);
  const strides = layerStrides(layer, nests, placement, h);
  const writes = new RegisterWrites(registers);
  writes.put('program', [capability(h, registers)]);
  writeNests(writes, h, nests, levels, strides);
  writeEngines(writes, h, layer, nests, placement, strides);
  writePlaces(writes, h, placement, strides);
  writeArray(writes, nests);
  if (h.packed) writes.put('weights_packed', [placement.weights.packed ? 1 : 0]);
  if (h.split) writes.put('split', [layer.split ? (placement.natural ? 3 : 1) : 0]);
  writePost(writes, post);
  const constants = constantWrites(a, layer, strides.all, nests.lanes, post);
  const biasLines = hasBias(layer) ? (strides.all.G * strides.all.K) / nests.lanes : 1;
  writes.put('bias_half', [biasLines > biasHalf(h) ? 3 : 1]);
  return {
    writes: [...writes.list, ...constants],
    constants: constants.length,
    biasLines,
    start: { address: blockOf(registers, 'start').base, value: 1 },
    placement,
    nests,
  };
}

/** The same with its biases in the upper half of their memory; undefined where that has too few lines. */
export function inUpperHalf(
  { hardware: h, registers }: Pick<Accelerator, 'hardware' | 'registers'>,
  program: LayerProgram,
): LayerProgram | undefined {
  const first = biasHalf(h);
  if (program.biasLines > h.biasDepth - first) return undefined;
  const other = new Map([
    [blockOf(registers, 'bias_half').base, 2],
    [blockOf(registers, 'bias_line').base, first],
  ]);
  const writes = program.writes.map(({ address, value }) => ({ address, value: other.get(address) ?? value }));
  return { ...program, writes };
}

/**
 * Where tensors begin in DRAM, and where in the global buffer: ping and pong of inputs, then of outputs, in whole banks, where it is
 * not said which; and what lies there whole.
 */
function writePlaces(
  writes: RegisterWrites,
  h: Hardware,
  { input, weights, output, residual, resident = {} }: Placement,
  { globalInput, globalOutput, region }: LayerStrides,
): void {
  const { globalBankDepth: depth, residency } = h;
  const banks = (lines: number) => Math.ceil(lines / depth);
  const [inputs, outputs] = [banks(globalInput.lines), banks(globalOutput.lines)];
  const tiles = resident.tiles ?? { inputs: [0, inputs], outputs: [2 * inputs, 2 * inputs + outputs] };
  const places = (list: readonly number[]) => list.map((bank) => bank * depth * (residency?.parts ?? 1));
  writes.put('input_base', [region.input?.start ?? input.base]);
  writes.put('weight_base', [weights.base]);
  writes.put('output_base', [region.output?.start ?? output.base]);
  const added = residency && resident.residual ? imageStart(residency, resident.residual.base) : residual?.base;
  writes.put('residual_base', [added ?? 0]);
  writes.put('residual', [residual ? 1 : 0]);
  writes.put('input_region', places(tiles.inputs));
  writes.put('output_region', places(tiles.outputs));
  if (residency) writeImages(writes, resident);
}

/** What lies whole in the global buffer, and where it ends; what lies in tiles is inside wherever it is. */
function writeImages(writes: RegisterWrites, { input, output, residual, weights }: ResidentPlaces): void {
  writes.put('resident', [(input ? 1 : 0) + (output ? 2 : 0) + (residual ? 4 : 0)]);
  // Halves change before a load: the first goes into the other one.
  const before = weights === undefined ? 0 : weights.held ? weights.half : 1 - weights.half;
  writes.put('weights_kept', [(weights?.held ? 1 : 0) + 2 * before]);
  writes.put('weight_line', [weights?.line ?? 0]);
  writes.put('image_border', [input?.word ?? 0]);
  writes.put('input_first', input ? [input.left, input.top] : [0, 0]);
  writes.put('input_end', input ? [input.channels, input.left + input.columns, input.top + input.rows] : [1, 1, 1]);
  const made = output ?? residual;
  writes.put('output_end', made ? [made.channels, made.columns, made.rows] : [1, 1, 1]);
}

/** What of the array is in use, who listens in, and whether rows are added. */
function writeArray(writes: RegisterWrites, n: Nests): void {
  writes.put('rows_used', [ones(n.row?.bound ?? 1)]);
  writes.put('columns_used', [ones(n.column?.bound ?? 1)]);
  writes.put('lanes_used', [ones(n.lanes)]);
  writes.put('vector_used', [ones(n.vector)]);
  writes.put('multicast', [multicast(n)]);
  writes.put('reduce', [n.row?.dim === 'C' ? 1 : 0]);
}

/** What post-processing does to all channels alike. */
function writePost(writes: RegisterWrites, { low, high, unsigned, wrap, residual }: PostProcessing): void {
  const added = residual?.combine === 'add' ? residual : undefined;
  const flags = [unsigned, residual?.unsigned === true, residual?.combine === 'multiply', wrap];
  writes.put('post_mode', [flags.reduce((bits, flag, i) => bits + (flag ? 2 ** i : 0), 0)]);
  writes.put('post_low', [low]);
  writes.put('post_high', [high]);
  writes.put('residual_scale', [added?.scale ?? 0]);
  writes.put('residual_shift', [added?.shift ?? 0]);
}

/**
 * Lines of `lanes` constants over the padded channels, group after group; idle lanes and padding get a bias of zero. One
 * line where the layer has no biases, the same for all. Scale and shift are written where they change.
 */
function constantWrites(
  a: Accelerator,
  layer: Layer,
  all: Extents,
  lanes: number,
  { bias, scale, shift }: PostProcessing,
): readonly RegisterWrite[] {
  const [line, data, factor] = ['bias_line', 'bias_data', 'post_scale'].map((name) => blockOf(a.registers, name)) as [
    RegisterBlock,
    RegisterBlock,
    RegisterBlock,
  ];
  const writes: RegisterWrite[] = [{ address: line.base, value: 0 }];
  let written: number | undefined;
  const put = (channel: number, value: number) => {
    const word = constantOf(shift, channel) * 2 ** scaleBits + Number(wrapped(constantOf(scale, channel), scaleBits));
    if (word !== written) writes.push({ address: factor.base, value: word });
    written = word;
    writes.push({ address: data.base, value: wrapped(value, data.bits) });
  };
  if (!hasBias(layer)) {
    for (let l = 0; l < a.hardware.lanes; l++) put(0, nth(bias, 0));
    return writes;
  }
  const { G, K } = layer.bounds;
  let channel = 0;
  for (let g = 0; g < all.G; g++) {
    for (let k = 0; k < all.K; k += lanes) {
      for (let l = 0; l < a.hardware.lanes; l++) {
        const real = l < lanes && g < G && k + l < K;
        if (real) channel = g * K + k + l;
        put(channel, real ? nth(bias, channel) : 0);
      }
    }
  }
  return writes;
}
