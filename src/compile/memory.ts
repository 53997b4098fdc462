// The two memories of a network's program: weights, constants and inputs before the first run, and tensors in them.

import { got, nth } from '../base/invariant.js';
import type { Numbers } from '../reference/numbers.js';
import { eachWeight } from '../rtl/program/image.js';
import type { MachineRun, MovedWeights, Rearrangement } from './lowered.js';
import type { NetworkProgram, PlacedRun } from './network-program.js';
import type { View } from './storage.js';
import { addressesOf, shapeOf } from './storage.js';

const isMoved = (weights: MachineRun['weights']): weights is MovedWeights =>
  typeof weights === 'object' && 'from' in weights;

/** Zeros but for constants and the network's inputs: the borders of all images. */
export function activationsBefore(program: NetworkProgram, inputs: ReadonlyMap<string, Numbers>): Int32Array {
  const memory = new Int32Array(program.activations);
  const put = (view: View, values: ArrayLike<number>) => {
    const base = got(program.bases, view.storage);
    addressesOf(view).forEach((address, i) => void (memory[base + address] = nth(values, i)));
  };
  for (const { view, values } of program.lowered.constants) put(view, values);
  for (const name of program.lowered.inputs) put(got(program.lowered.tensors, name), got(inputs, name).values);
  return memory;
}

/** A tensor's words as they are in memory, in the order of ONNX. */
export function wordsAt(view: View, base: number, memory: ArrayLike<number>): Numbers {
  const addresses = addressesOf(view);
  return { shape: shapeOf(view), values: Float64Array.from(addresses, (address) => nth(memory, base + address)) };
}

export function moveWords({ bases }: NetworkProgram, { from, to }: Rearrangement, memory: Int32Array): void {
  const { values } = wordsAt(from, got(bases, from.storage), memory);
  const base = got(bases, to.storage);
  addressesOf(to).forEach((address, i) => void (memory[base + address] = nth(values, i)));
}

/** Weights that are known before; zeros where mappings pad, and where tensors will be moved to. */
export function weightsBefore(program: NetworkProgram): Int32Array {
  const memory = new Int32Array(program.weights);
  for (const placed of program.operations)
    if (placed.kind === 'run' && !isMoved(placed.run.weights)) putWeights(placed, placed.run.weights, memory);
  return memory;
}

function putWeights({ run, mapping, placement }: PlacedRun, words: Float64Array | number, memory: Int32Array): void {
  const put =
    typeof words === 'number'
      ? (_: number, address: number) => void (memory[address] = words)
      : (element: number, address: number) => void (memory[address] = nth(words, element));
  eachWeight(run.layer, placement.weights, mapping.parts?.block ?? 1, put);
}

/** Puts a tensor into the memory of weights, for a run that multiplies by it; words that were moved. */
export function moveWeights(program: NetworkProgram, placed: PlacedRun, from: Int32Array, to: Int32Array): number {
  const { weights } = placed.run;
  if (!isMoved(weights)) return 0;
  const view = weights.from;
  const { values } = wordsAt(view, got(program.bases, view.storage), from);
  putWeights(placed, values, to);
  return values.length;
}
