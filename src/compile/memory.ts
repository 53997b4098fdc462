// The two memories of a network's program: weights, constants and inputs before the first run, and tensors in them.

import { defined, got, nth } from '../base/invariant.js';
import { hostWords } from '../reference/host-words.js';
import type { Numbers } from '../reference/numbers.js';
import { whole } from '../model/workload/layer-parts.js';
import { storeWeights } from '../rtl/program/image.js';
import type { HostOperation, Rearrangement } from './lowered.js';
import { isMoved } from './lowered.js';
import type { NetworkProgram, PlacedRun } from './network-program.js';
import type { Storage, View } from './storage.js';
import { addressesOf, isBordered, numberAbove, shapeOf, wordsOf } from './storage.js';

/** Constants, the network's inputs, the borders of all images; all else is zero. */
export function activationsBefore(program: NetworkProgram, inputs: ReadonlyMap<string, Numbers>): Int32Array {
  const memory = new Int32Array(program.activations);
  memory.set(constantsBefore(program));
  const { inputs: names, tensors } = program.lowered;
  for (const name of names) putNumbers(program, got(tensors, name), got(inputs, name).values, memory);
  return memory;
}

/**
 * The memory of activations up to the last constant, or border that is not the word zero: they lie in front of all other
 * tensors.
 */
export function constantsBefore(program: NetworkProgram): Int32Array {
  const { constants, storages } = program.lowered;
  // A border holds the number zero.
  const flipped = storages.filter((storage) => storage.unsigned && isBordered(storage));
  const from = (storage: Storage) => got(program.bases, storage);
  const given = [...constants.map(({ view }) => view.storage), ...flipped];
  const memory = new Int32Array(given.reduce((n, storage) => Math.max(n, from(storage) + wordsOf(storage)), 0));
  for (const storage of flipped)
    memory.fill(-numberAbove(storage, bitsIn(program)), from(storage), from(storage) + wordsOf(storage));
  for (const { view, values } of constants) putWords(program, view, values, memory);
  return memory;
}

const bitsIn = ({ accelerator }: NetworkProgram): number => accelerator.hardware.inputBits;

function putWords({ bases }: NetworkProgram, view: View, values: ArrayLike<number>, memory: Int32Array): void {
  const base = got(bases, view.storage);
  addressesOf(view).forEach((address, i) => void (memory[base + address] = nth(values, i)));
}

/** A tensor's words as they are in memory, in the order of ONNX. */
function wordsAt(view: View, base: number, memory: ArrayLike<number>): Numbers {
  const addresses = addressesOf(view);
  return { shape: shapeOf(view), values: Float64Array.from(addresses, (address) => nth(memory, base + address)) };
}

/** The numbers that a tensor's words are, in the order of ONNX. */
export function numbersAt(program: NetworkProgram, view: View, memory: ArrayLike<number>): Numbers {
  const words = wordsAt(view, got(program.bases, view.storage), memory);
  const above = numberAbove(view.storage, bitsIn(program));
  return above === 0 ? words : { ...words, values: words.values.map((word) => word + above) };
}

function putNumbers(program: NetworkProgram, view: View, values: Float64Array, memory: Int32Array): void {
  const above = numberAbove(view.storage, bitsIn(program));
  putWords(program, view, above === 0 ? values : values.map((v) => v - above), memory);
}

/** A tensor of a network as it is in memory; sums that lie in pieces are put together. */
export function tensorAt(program: NetworkProgram, name: string, memory: ArrayLike<number>): Numbers {
  const { lowered } = program;
  const at = (view: View) => numbersAt(program, view, memory);
  const lowest = at(got(lowered.tensors, name));
  const pieces = [lowest.values, ...(lowered.upper.get(name) ?? []).map((view) => at(view).values)];
  const unit = 2 ** bitsIn(program);
  // Below the highest piece a word has no sign.
  const number = (word: number, k: number) => (word < 0 && k < pieces.length - 1 ? word + unit : word);
  const values = lowest.values.map((_, i) =>
    pieces.reduce((n, words, k) => n + number(nth(words, i), k) * unit ** k, 0),
  );
  return { ...lowest, values };
}

export function moveWords(program: NetworkProgram, { from, to }: Rearrangement, memory: Int32Array): void {
  putWords(program, to, wordsAt(from, got(program.bases, from.storage), memory).values, memory);
}

/** Work of the host: its operands out of memory, or of `inputs`, computed as the reference does, and its result there. */
export function doHostWork(
  program: NetworkProgram,
  { inputs: views, outputs, work, name }: HostOperation,
  inputs: ReadonlyMap<string, Numbers>,
  memory: Int32Array,
): void {
  if (!work) throw new Error(`invariant: ${name} is work that nobody knows`);
  const operands = work.operands.map((x): Numbers => {
    switch (x.kind) {
      case 'numbers':
        return x.numbers;
      case 'input':
        return got(inputs, x.name);
      case 'tensor': {
        const { view } = defined(views.find(({ tensor }) => tensor === x.name));
        return numbersAt(program, view, memory);
      }
    }
  });
  const made = hostWords(work.function, operands, work.scales, work.range, work.shape);
  putNumbers(program, nth(outputs, 0).view, made.values, memory);
}

/** Weights that are known before; zeros where mappings pad, and where tensors will be moved to. */
export function weightsBefore(program: NetworkProgram): Int32Array {
  const memory = new Int32Array(program.weights);
  for (const placed of program.operations)
    if (placed.kind === 'run' && !isMoved(placed.run.weights)) putWeights(placed, placed.run.weights, memory);
  return memory;
}

function putWeights({ run, mapping, placement }: PlacedRun, words: Float64Array | number, memory: Int32Array): void {
  storeWeights(run.layer, placement.weights, mapping.parts ?? whole, words, memory);
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
