// The configuration program of a layer: register writes that make the machine run a mapping.

import { defined, entry, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import type { Collector } from '../../model/machine/template-names.js';
import { levelNames } from '../../model/machine/template-names.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { hasBias } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { partOf, whole } from '../../model/workload/layer-parts.js';
import type { Accelerator } from '../accelerator.js';
import { blockOf, capability, outerFlags, peFlags, tileFlags } from '../registers.js';
import type { Image, WeightImage } from './image.js';
import { inputImage, outputImage, weightImage } from './image.js';
import type { Strides } from './memory-layout.js';
import { gcd, inputLayout, outputLayout, walk, weightLayout } from './memory-layout.js';
import type { LoopSet } from './masks.js';
import { entryStrides, masksOf } from './masks.js';
import type { Extents, NestLoop, Nests } from './nests.js';
import { nestsOf, tileExtents } from './nests.js';
import type { PostProcessing } from './post-registers.js';
import { postFaults } from './post-registers.js';

export interface RegisterWrite {
  readonly address: number;
  /** Masks of many positions do not fit a number. */
  readonly value: number | bigint;
}

/** Where the tensors of a layer lie; without it a layer reads at word 0 and writes behind its input. */
export interface Placement {
  readonly input: Image;
  readonly weights: WeightImage;
  readonly output: Image;
}

export interface LayerProgram {
  /** Without the last write, which starts the layer. */
  readonly writes: readonly RegisterWrite[];
  readonly start: RegisterWrite;
  readonly placement: Placement;
  readonly nests: Nests;
}

interface EngineLoop {
  readonly bound: number;
  readonly stride: number;
}

/** delta[i] = stride[i] - sum over the loops inside of stride (bound - 1), so that one addition moves an address. */
export function deltas(loops: readonly EngineLoop[]): readonly number[] {
  let gone = 0;
  return loops.map(({ bound, stride }) => {
    const delta = stride - gone;
    gone += stride * (bound - 1);
    return delta;
  });
}

/** Of the padded layer: in parts, all of them side by side and the padding of the last. */
export function paddedExtents(layer: Layer, mapping: Mapping): Extents {
  const { all } = tileExtents(nestsOf(mapping));
  const { parts = whole } = mapping;
  const { bounds } = partOf(layer, parts);
  return { ...all, G: (parts.G - 1) * bounds.G + all.G, K: (parts.K - 1) * bounds.K + all.K };
}

/** Places with the sizes of the padded layer, one after the other from the given bases. */
export function placeLayer(
  layer: Layer,
  mapping: Mapping,
  bases: { readonly input: number; readonly weights: number; readonly output?: number },
): Placement {
  const all = paddedExtents(layer, mapping);
  const input = inputImage(bases.input, layer, all);
  return {
    input,
    weights: weightImage(bases.weights, all),
    output: outputImage(bases.output ?? bases.input + input.words, all, poolOf(layer)),
  };
}

export const poolOf = (layer: Layer): { readonly P: number; readonly Q: number } => layer.pool ?? { P: 1, Q: 1 };

/** Throws where post-processing does not fit its registers: who lets people choose asks `postFaults` before. */
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
  const n = nestsOf(mapping);
  const levels = mapping.levels.map((l) => l.name);
  const { pe, global, all } = tileExtents(n);
  const { lanes, vector } = n;
  const pool = poolOf(layer);
  const masks = masksOf(n, levels);
  const writes: RegisterWrite[] = [];

  const write = (name: string, values: readonly (number | bigint)[]) => {
    const block = blockOf(registers, name);
    invariant(values.length <= block.count, `${values.length} values for the ${block.count} registers ${name}`);
    for (let i = 0; i < block.count; i++)
      writes.push({ address: block.base + i, value: wrapped(values[i] ?? 0, block.bits) });
  };
  const bounds = (name: string, loops: readonly { readonly bound: number }[]) =>
    write(
      name,
      loops.map((l) => l.bound - 1),
    );
  const nestMasks = (name: string, loops: readonly NestLoop[], sets: readonly LoopSet[]) =>
    write(
      name,
      sets.map((set) => loops.reduce((bits, l, i) => bits + (set.has(l) ? 2 ** i : 0), 0)),
    );
  const steps = (name: string, loops: readonly NestLoop[], stride: (l: NestLoop) => number) =>
    write(name, deltas(loops.map((l) => ({ bound: l.bound, stride: stride(l) }))));

  // Weights of indices into memories: channels count in vectors, output channels in lanes, pooled rows in windows.
  const unit: Partial<Record<Dimension, number>> = { C: vector, K: lanes };
  const inLines = (strides: Strides) => (l: NestLoop) => (l.weight / (unit[l.dim] ?? 1)) * (strides[l.dim] ?? 0);
  const pooled = (strides: Strides) => (l: NestLoop) =>
    l.dim === 'P' || l.dim === 'Q' ? (l.weight / pool[l.dim]) * entry(strides, l.dim) : inLines(strides)(l);
  const inWords = (strides: Strides) => (l: NestLoop) => l.weight * (strides[l.dim] ?? 0);

  const { input: image, weights, output } = placement;
  const imageStrides: Strides = {
    N: image.n,
    G: image.g,
    C: image.c,
    P: layer.stride.P * image.x,
    R: layer.dilation.R * image.x,
    Q: layer.stride.Q * image.y,
    S: layer.dilation.S * image.y,
  };
  const weightStrides: Strides = { G: weights.g, K: weights.k, C: weights.c, R: weights.r, S: weights.s };
  const outputStrides: Strides = { N: output.n, G: output.g, K: output.c * lanes, P: output.x, Q: output.y };
  // Without biases every output reads the first line, which holds zeros.
  const biasStrides: Strides = hasBias(layer) ? { K: 1, G: all.K / lanes } : { K: 0, G: 0 };
  const globalInput = inputLayout(layer, global, vector);
  const globalOutput = outputLayout(global, lanes, pool);
  const peInput = inputLayout(layer, pe, vector);
  const peWeight = weightLayout(pe, lanes, vector);
  const peSum = outputLayout(pe, lanes, { P: 1, Q: 1 });

  write('program', [capability(h, registers)]);
  const flagSet: Readonly<Record<(typeof outerFlags)[number], LoopSet>> = masks;

  bounds('outer_bound', n.outer);
  nestMasks(
    'outer_mask',
    n.outer,
    outerFlags.map((f) => flagSet[f]),
  );
  steps('outer_input_delta', n.outer, inWords(imageStrides));
  steps('outer_weight_delta', n.outer, inWords(weightStrides));
  steps('outer_output_delta', n.outer, pooled(outputStrides));
  steps('outer_bias_delta', n.outer, inLines(biasStrides));
  bounds('inner_bound', n.inner);
  nestMasks(
    'inner_mask',
    n.inner,
    tileFlags.map((f) => flagSet[f]),
  );
  steps('inner_input_delta', n.inner, inLines(globalInput.strides));
  steps('inner_weight_delta', n.inner, inWords(weightStrides));
  steps('inner_output_delta', n.inner, pooled(globalOutput.strides));
  steps('inner_bias_delta', n.inner, inLines(biasStrides));
  bounds('pe_bound', n.pe);
  nestMasks(
    'pe_mask',
    n.pe,
    peFlags.map((f) => flagSet[f]),
  );
  steps('pe_input_delta', n.pe, inLines(peInput.strides));
  steps('pe_weight_delta', n.pe, inLines(peWeight.strides));
  steps('pe_sum_delta', n.pe, inLines(peSum.strides));
  const entries = (name: string, collector: Collector, tensor: 'Inputs' | 'Weights' | 'Outputs') => {
    const strides = entryStrides(n, levels, collector, tensor);
    steps(name, n.pe, (l) => strides.get(l) ?? 0);
  };
  if (h.inputCollector > 1) entries('pe_input_entry_delta', levelNames.inputCollector, 'Inputs');
  if (h.weightCollector > 1) entries('pe_weight_entry_delta', levelNames.weightCollector, 'Weights');
  if (h.sumCollector > 1) entries('pe_sum_entry_delta', levelNames.accumCollector, 'Outputs');

  /** An engine serves columns and rows in turn where their tiles differ. */
  const engine = (name: string, loops: readonly EngineLoop[]) => {
    bounds(`${name}_bound`, loops);
    write(`${name}_delta`, deltas(loops));
  };
  const own = (
    loop: NestLoop | undefined,
    touches: readonly Dimension[],
    stride: (l: NestLoop) => number,
  ): EngineLoop =>
    loop && touches.includes(loop.dim) ? { bound: loop.bound, stride: stride(loop) } : { bound: 1, stride: 0 };
  const inputDims = ['C', 'P', 'G'] as const;
  const weightDims = ['K', 'C', 'G'] as const;
  const outputDims = ['K', 'P', 'G'] as const;

  engine('load_input', [
    ...walk(peInput, globalInput, pe),
    own(n.column, inputDims, inLines(globalInput.strides)),
    own(n.row, inputDims, inLines(globalInput.strides)),
  ]);
  const weightLoops = [
    own(n.column, weightDims, inWords(weightStrides)),
    own(n.row, weightDims, inWords(weightStrides)),
  ];
  engine('load_weight', [
    { bound: lanes, stride: weights.k },
    { bound: pe.S, stride: weights.s },
    { bound: pe.R, stride: weights.r },
    { bound: pe.C / vector, stride: weights.c * vector },
    { bound: pe.K / lanes, stride: weights.k * lanes },
    { bound: pe.G, stride: weights.g },
    ...weightLoops,
  ]);
  bounds('store_weight_bound', [{ bound: lanes }, { bound: peWeight.lines }, ...weightLoops]);
  const g = { x: gcd(layer.stride.P, layer.dilation.R), y: gcd(layer.stride.Q, layer.dilation.S) };
  const imageSource = {
    strides: { ...imageStrides, C: image.c * vector },
    unit: { x: g.x * image.x, y: g.y * image.y },
  };
  engine('fill', walk(globalInput, imageSource, global));

  const drained = (
    whole: (l: NestLoop) => number,
    places: { pp: number; pq: number; p: number; q: number; k: number; g: number; n: number },
  ): readonly EngineLoop[] => [
    { bound: pool.P, stride: places.pp },
    { bound: pool.Q, stride: places.pq },
    { bound: pe.P / pool.P, stride: places.p },
    { bound: pe.Q / pool.Q, stride: places.q },
    { bound: pe.K / lanes, stride: places.k },
    { bound: pe.G, stride: places.g },
    { bound: pe.N, stride: places.n },
    own(n.column, outputDims, whole),
    own(n.row, outputDims, whole),
  ];
  const s = peSum.strides;
  const fromSum = drained(() => 0, {
    pp: defined(s.P),
    pq: defined(s.Q),
    p: defined(s.P) * pool.P,
    q: defined(s.Q) * pool.Q,
    k: defined(s.K),
    g: defined(s.G),
    n: defined(s.N),
  });
  const o = globalOutput.strides;
  bounds('drain_bound', fromSum);
  write('drain_sum_delta', deltas(fromSum));
  write(
    'drain_global_delta',
    deltas(
      drained(pooled(o), {
        pp: 0,
        pq: 0,
        p: defined(o.P),
        q: defined(o.Q),
        k: defined(o.K),
        g: defined(o.G),
        n: defined(o.N),
      }),
    ),
  );
  write(
    'drain_bias_delta',
    deltas(
      drained(inLines(biasStrides), {
        pp: 0,
        pq: 0,
        p: 0,
        q: 0,
        k: defined(biasStrides.K),
        g: defined(biasStrides.G),
        n: 0,
      }),
    ),
  );
  engine('spill', [
    { bound: global.P / pool.P, stride: output.x },
    { bound: global.Q / pool.Q, stride: output.y },
    { bound: global.K / lanes, stride: output.c * lanes },
    { bound: global.G, stride: output.g },
    { bound: global.N, stride: output.n },
  ]);

  const banks = (lines: number) => Math.ceil(lines / h.globalBankDepth);
  const [inputBanks, outputBanks] = [banks(globalInput.lines), banks(globalOutput.lines)];
  const bank = (number: number) => number * h.globalBankDepth;
  write('input_base', [image.base]);
  write('weight_base', [weights.base]);
  write('output_base', [output.base]);
  write('input_region', [bank(0), bank(inputBanks)]);
  write('output_region', [bank(2 * inputBanks), bank(2 * inputBanks + outputBanks)]);
  const ones = (count: number) => (count <= 32 ? 2 ** count - 1 : (1n << BigInt(count)) - 1n);
  write('rows_used', [ones(n.row?.bound ?? 1)]);
  write('columns_used', [ones(n.column?.bound ?? 1)]);
  write('lanes_used', [ones(lanes)]);
  write('vector_used', [ones(vector)]);
  const listens = (loop: NestLoop | undefined, dims: readonly Dimension[]) =>
    loop !== undefined && !dims.includes(loop.dim);
  write('multicast', [
    (listens(n.row, inputDims) ? 1 : 0) +
      (listens(n.column, inputDims) ? 2 : 0) +
      (listens(n.row, weightDims) ? 4 : 0) +
      (listens(n.column, weightDims) ? 8 : 0),
  ]);
  write('reduce', [n.row?.dim === 'C' ? 1 : 0]);
  write('post_scale', [post.scale]);
  write('post_shift', [post.shift]);
  write('post_relu', [post.relu ? 1 : 0]);
  writes.push(...biasWrites(a, layer, all, lanes, post.bias));
  return { writes, start: { address: blockOf(registers, 'start').base, value: 1 }, placement, nests: n };
}

/** What a register of some bits holds of a value: a number where that is exact. */
function wrapped(value: number | bigint, bits: number): number | bigint {
  if (typeof value === 'bigint' || bits > 48) return BigInt.asUintN(bits, BigInt(value));
  const size = 2 ** bits;
  return ((value % size) + size) % size;
}

/**
 * Lines of `lanes` biases over the padded channels, group after group; idle lanes and padding get zero. One line of
 * zeros where the layer has none.
 */
function biasWrites(
  a: Accelerator,
  layer: Layer,
  all: Readonly<Record<Dimension, number>>,
  lanes: number,
  bias: readonly number[],
): readonly RegisterWrite[] {
  const line = blockOf(a.registers, 'bias_line').base;
  const data = blockOf(a.registers, 'bias_data');
  const writes: RegisterWrite[] = [{ address: line, value: 0 }];
  if (!hasBias(layer))
    return [...writes, ...Array.from({ length: a.hardware.lanes }, () => ({ address: data.base, value: 0 }))];
  for (let g = 0; g < all.G; g++) {
    for (let k = 0; k < all.K; k += lanes) {
      for (let l = 0; l < a.hardware.lanes; l++) {
        const real = l < lanes && g < layer.bounds.G && k + l < layer.bounds.K;
        const value = real ? nth(bias, g * layer.bounds.K + k + l) : 0;
        writes.push({ address: data.base, value: wrapped(value, data.bits) });
      }
    }
  }
  return writes;
}
