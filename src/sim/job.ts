// One layer made ready to run: program, memories as they are before, and the words that must be there after.

import type { Random } from '../base/random.js';
import type { Layer } from '../model/layer.js';
import type { Mapping } from '../model/mapping.js';
import type { Template } from '../model/template.js';
import type { Accelerator } from '../rtl/accelerator.js';
import type { LayerProgram, Placement } from '../rtl/program/program.js';
import { layerProgram, placeLayer } from '../rtl/program/program.js';
import type { Given, Operands } from './data.js';
import { operands } from './data.js';
import type { Tensor } from './tensor.js';
import { eachInImage, eachWeight } from './tensor.js';

export interface Job {
  readonly accelerator: Accelerator;
  readonly layer: Layer;
  readonly program: LayerProgram;
  readonly operands: Operands;
  /** DRAM of inputs and outputs, and DRAM of weights, by word. */
  readonly activations: Int32Array;
  readonly weights: Int32Array;
  /** Address of every element of the expected tensor. */
  readonly outputs: Int32Array;
}

/** Words that a beat may touch beyond an image's end. */
const margin = 64;

/** Base addresses are arbitrary, so that no address is right by being zero. */
export function prepareJob(accelerator: Accelerator, t: Template, layer: Layer, mapping: Mapping, chance: Random, given: Given = {}): Job {
  const bases = { input: chance.below(64), weights: chance.below(64) };
  const placed = placeLayer(layer, mapping, bases);
  const placement = placeLayer(layer, mapping, { ...bases, output: placed.output.base + chance.below(64) });
  return jobAt(accelerator, layer, mapping, placement, operands(layer, t, chance, given));
}

/** A job whose tensors lie where they are told to. */
export function jobAt(accelerator: Accelerator, layer: Layer, mapping: Mapping, placement: Placement, data: Operands): Job {
  const { input, output, weights: image } = placement;
  const activations = new Int32Array(Math.max(input.base + input.words, output.base + output.words) + margin);
  const weights = new Int32Array(image.base + image.words + margin);
  eachInImage(data.inputs.shape, input, (i, address) => void (activations[address] = data.inputs.data[i]!));
  eachWeight(layer, image, (i, address) => void (weights[address] = data.weights.data[i]!));
  const outputs = new Int32Array(data.expected.data.length);
  eachInImage(data.expected.shape, output, (i, address) => void (outputs[i] = address));
  return { accelerator, layer, program: layerProgram(accelerator, layer, mapping, placement, data.post), operands: data, activations, weights, outputs };
}

export interface Verdict {
  readonly words: number;
  readonly mismatches: number;
  readonly firstMismatch: string | undefined;
  readonly zeros: number;
  /** Outputs at either end of their range. */
  readonly saturated: number;
  readonly tensor: Tensor;
}

/** Compares what is in memory after a run with what must be there. */
export function compareOutputs(job: Job, activations: Int32Array): Verdict {
  const { expected } = job.operands;
  const limit = 2 ** (job.accelerator.hardware.inputBits - 1);
  const data = Int32Array.from(job.outputs, (address) => activations[address]!);
  let [mismatches, zeros, saturated] = [0, 0, 0];
  let firstMismatch: string | undefined;
  data.forEach((value, i) => {
    const wanted = expected.data[i]!;
    if (wanted === 0) zeros++;
    if (wanted === -limit || wanted === limit - 1) saturated++;
    if (value === wanted) return;
    mismatches++;
    firstMismatch ??= `output [${indices(expected.shape, i).join(', ')}] is ${value}, expected ${wanted}`;
  });
  return { words: data.length, mismatches, firstMismatch, zeros, saturated, tensor: { shape: expected.shape, data } };
}

/** Position of an element of a row-major tensor. */
function indices(shape: readonly number[], element: number): readonly number[] {
  return shape.reduceRight<{ rest: number; at: number[] }>(({ rest, at }, size) => ({ rest: Math.floor(rest / size), at: [rest % size, ...at] }), { rest: element, at: [] }).at;
}
