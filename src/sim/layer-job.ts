// One layer made ready to run: program, memories as they are before, and the words that must be there after.

import { nth } from '../base/invariant.js';
import type { Random } from '../base/random.js';
import type { Layer } from '../model/workload/layer.js';
import { hasBias } from '../model/workload/layer.js';
import type { Mapping, Parts } from '../model/mapping/mapping.js';
import { inBlocks } from '../model/workload/block-diagonal.js';
import { partOf, whole } from '../model/workload/layer-parts.js';
import type { Template } from '../model/machine/template.js';
import type { Accelerator } from '../rtl/accelerator.js';
import type { PostProcessing } from '../rtl/program/post-registers.js';
import { neutralPost } from '../rtl/program/post-registers.js';
import type { Image } from '../rtl/program/image.js';
import { storeWeights } from '../rtl/program/image.js';
import type { LayerProgram } from '../rtl/program/layer-program.js';
import type { Placement } from '../rtl/program/placement.js';
import { placeLayer } from '../rtl/program/placement.js';
import { layerPrograms } from '../rtl/program/runs.js';
import type { BenchSizes } from '../rtl/testbench.js';
import type { Given, Operands } from './drawn-data.js';
import { operands } from './drawn-data.js';
import type { Tensor } from './tensor.js';
import { eachInImage, eachInput, outputShape, sizeOf } from './tensor.js';

export interface Job {
  readonly accelerator: Accelerator;
  readonly layer: Layer;
  /** Of its runs, one after the other. */
  readonly programs: readonly LayerProgram[];
  readonly operands: Operands;
  /** DRAM of inputs and outputs, and DRAM of weights, by word. */
  readonly activations: Int32Array;
  readonly weights: Int32Array;
  /** Address of every element of the expected tensor. */
  readonly outputs: Int32Array;
}

/** Words that a beat may touch beyond an image's end. */
const margin = 64;

/** Images begin up to so many words further on than they must. */
const furthest = 63;

/** Base addresses are arbitrary, so that no address is right by being zero. */
export function prepareJob(
  accelerator: Accelerator,
  t: Template,
  layer: Layer,
  mapping: Mapping,
  chance: Random,
  given: Given = {},
): Job {
  const h = accelerator.hardware;
  const bases = { input: chance.below(furthest + 1), weights: chance.below(furthest + 1) };
  const placed = placeLayer(h, layer, mapping, bases);
  const output = placed.output.base + chance.below(furthest + 1);
  const { residual } = placeLayer(h, layer, mapping, { ...bases, output });
  const placement = placeLayer(h, layer, mapping, {
    ...bases,
    output,
    ...(residual && { residual: residual.base + chance.below(furthest + 1) }),
  });
  return jobAt(accelerator, layer, mapping, placement, operands(layer, t, chance, given));
}

/** What a bench must have room for to run any job of `prepareJob` for this layer. */
export function roomFor(a: Accelerator, layer: Layer, mapping: Mapping): BenchSizes {
  const h = a.hardware;
  const bases = { input: furthest, weights: furthest };
  const output = placeLayer(h, layer, mapping, bases).output.base + furthest;
  const { residual } = placeLayer(h, layer, mapping, { ...bases, output });
  const placement = placeLayer(h, layer, mapping, {
    ...bases,
    output,
    ...(residual && { residual: residual.base + furthest }),
  });
  const { weights } = placement;
  return {
    activations: endOf(placement) + margin,
    weights: weights.base + weights.words + margin,
    outputs: sizeOf(outputShape(layer)),
    writes: maxWrites(layerPrograms(a, layer, mapping, placement, longestPost(a, layer))),
  };
}

/** One that takes as many register writes as any: where there are biases, each channel has another scale than the one before. */
function longestPost({ hardware }: Accelerator, layer: Layer): PostProcessing {
  const post = neutralPost(layer, hardware);
  return hasBias(layer) ? { ...post, scale: post.bias.map((_, channel) => channel % 2) } : post;
}

/** Register writes of the longest of some programs, start included. */
export const maxWrites = (programs: readonly LayerProgram[]): number =>
  Math.max(...programs.map((p) => p.writes.length)) + 1;

/** Words of the memory of activations up to the end of the last image. */
export const endOf = ({ input, output, residual }: Placement): number =>
  [input, output, ...(residual ? [residual] : [])].reduce((end, { base, words }) => Math.max(end, base + words), 0);

/** A job whose tensors lie where they are told to; a residual that is repeated has strides of 0. */
export function jobAt(
  accelerator: Accelerator,
  layer: Layer,
  mapping: Mapping,
  placed: Placement,
  data: Operands,
): Job {
  const residual = placed.residual && data.residual && repeated(placed.residual, data.residual.shape);
  const placement: Placement = { ...placed, ...(residual && { residual }), ...(data.natural && { natural: true }) };
  const { input, output, weights: image } = placement;
  const { parts = whole } = mapping;
  const { block = 1 } = parts;
  const activations = new Int32Array(endOf(placed) + margin);
  if (residual) {
    const words = data.residual;
    eachInImage(words.shape, residual, block, (i, address) => void (activations[address] = nth(words.data, i)));
  }
  const weights = new Int32Array(image.base + image.words + margin);
  eachInput(layer, input, parts, (i, address) => void (activations[address] = nth(data.inputs.data, i)));
  storeWeights(layer, image, parts, data.weights.data, weights);
  const outputs = new Int32Array(data.expected.data.length);
  eachInImage(data.expected.shape, output, block, (i, address) => void (outputs[i] = address));
  return {
    accelerator,
    layer,
    programs: layerPrograms(accelerator, layer, mapping, placement, data.post),
    operands: data,
    activations,
    weights,
    outputs,
  };
}

/** An image of which some extents are 1 that are not so of the layer. Channels lie side by side. */
function repeated(image: Image, [n, , , y, x]: readonly number[]): Image {
  const { shape } = image;
  const stride = (own: 'n' | 'y' | 'x', size: number | undefined) => (size === 1 && shape[own] > 1 ? 0 : image[own]);
  return { ...image, n: stride('n', n), y: stride('y', y), x: stride('x', x) };
}

/** The runs of a job as jobs of their own: the same memory before, and the outputs that are each one's. */
export function singleRuns(job: Job, parts: Parts = whole): readonly Job[] {
  if (job.programs.length === 1) return [job];
  const { data, shape } = job.operands.expected;
  const { G, K } = partOf(job.layer, parts).bounds;
  const [, groups, channels, rows, columns] = shape as [number, number, number, number, number];
  return job.programs.map((program, i): Job => {
    const [part, of] = [Math.floor(i / parts.K), i % parts.K];
    const own = Array.from(data.keys()).filter((element) => {
      const map = Math.floor(element / (rows * columns));
      const [group, channel] = inBlocks(
        parts.block ?? 1,
        channels,
        Math.floor(map / channels) % groups,
        map % channels,
      );
      return Math.floor(group / G) === part && Math.floor(channel / K) === of;
    });
    const expected: Tensor = { shape: [own.length], data: Int32Array.from(own, (element) => nth(data, element)) };
    return {
      ...job,
      programs: [program],
      operands: { ...job.operands, expected },
      outputs: Int32Array.from(own, (element) => nth(job.outputs, element)),
    };
  });
}

export interface Verdict {
  readonly words: number;
  readonly mismatches: number;
  /** Of these, words that a four-state simulator left unknown (x); the tensor has 0 for them, which says nothing. */
  readonly unknown: number;
  readonly firstMismatch: string | undefined;
  readonly zeros: number;
  /** Outputs at an end of their range that is not zero. */
  readonly saturated: number;
  readonly tensor: Tensor;
}

/** Compares what is in memory after a run with what must be there. */
export function compareOutputs(job: Job, activations: Int32Array, unknownAt: ReadonlySet<number> = new Set()): Verdict {
  const { expected } = job.operands;
  const limit = 2 ** (job.accelerator.hardware.inputBits - 1);
  /** The word of the number 0. */
  const zero = job.operands.post.unsigned ? -limit : 0;
  const data = Int32Array.from(job.outputs, (address) => nth(activations, address));
  let [mismatches, unknown, zeros, saturated] = [0, 0, 0, 0];
  let firstMismatch: string | undefined;
  data.forEach((value, i) => {
    const wanted = nth(expected.data, i);
    if (wanted === zero) zeros++;
    else if (wanted === -limit || wanted === limit - 1) saturated++;
    const isUnknown = unknownAt.has(nth(job.outputs, i));
    if (isUnknown) unknown++;
    if (value === wanted && !isUnknown) return;
    mismatches++;
    firstMismatch ??=
      `output [${indices(expected.shape, i).join(', ')}] is ${isUnknown ? 'unknown (X)' : value}, ` +
      `expected ${wanted}`;
  });
  return {
    words: data.length,
    mismatches,
    unknown,
    firstMismatch,
    zeros,
    saturated,
    tensor: { shape: expected.shape, data },
  };
}

/** Position of an element of a row-major tensor. */
function indices(shape: readonly number[], element: number): readonly number[] {
  return shape.reduceRight<{ rest: number; at: number[] }>(
    ({ rest, at }, size) => ({ rest: Math.floor(rest / size), at: [rest % size, ...at] }),
    { rest: element, at: [] },
  ).at;
}
