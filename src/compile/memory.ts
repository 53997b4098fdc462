// The two memories of a network's program: weights, constants and inputs before the first run, and tensors in them.

import { got, nth } from '../base/invariant.js';
import type { Numbers } from '../reference/numbers.js';
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

function putWeights({ run, placement }: PlacedRun, words: Float64Array | number, memory: Int32Array): void {
  const { G, K, C, S, R } = run.layer.bounds;
  const { weights } = placement;
  let element = 0;
  for (let g = 0; g < G; g++)
    for (let k = 0; k < K; k++)
      for (let c = 0; c < C; c++)
        for (let s = 0; s < S; s++)
          for (let r = 0; r < R; r++, element++)
            memory[weights.base + g * weights.g + k * weights.k + c * weights.c + s * weights.s + r * weights.r] =
              typeof words === 'number' ? words : nth(words, element);
}

/** Puts a tensor into the memory of weights, for a run that multiplies by it; words that were moved. */
export function moveWeights(
  program: NetworkProgram,
  { run, placement }: PlacedRun,
  from: Int32Array,
  to: Int32Array,
): number {
  if (!isMoved(run.weights)) return 0;
  const view = run.weights.from;
  const { values } = wordsAt(view, got(program.bases, view.storage), from);
  putWeights({ run, placement } as PlacedRun, values, to);
  return values.length;
}
