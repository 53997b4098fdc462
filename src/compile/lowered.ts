// A network as what is to be done, in order: runs of the machine with their data, words that the host moves, its own operations.

import type { Layer } from '../model/workload/layer.js';
import type { HostFunction } from '../model/workload/host-function.js';
import type { HostScales, WordRange } from '../reference/host-words.js';
import type { Channel } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import type { Factor, Storage, View } from './storage.js';
import type { RunPlaces } from './run-places.js';

/** A tensor as the loops of a layer go through it; a letter without a factor stays where it is. */
export interface Walked {
  readonly storage: Storage;
  /** Position of index 0 along each axis of the storage, in the border where it is negative. */
  readonly at: readonly number[];
  readonly n?: Factor | undefined;
  readonly g?: Factor | undefined;
  readonly c?: Factor | undefined;
  readonly y?: Factor | undefined;
  readonly x?: Factor | undefined;
}
export const letters = ['n', 'g', 'c', 'y', 'x'] as const;
export type Letter = (typeof letters)[number];

/** In the order g k c s r of the unpadded layer, or one number for all. */
export type WeightWords = Float64Array | number;

/** What becomes of a sum, as the reference has it. */
export interface Finish {
  /** One for each output channel, or one for all. */
  readonly channels: readonly Channel[];
  /** Both ends included. */
  readonly low: number;
  readonly high: number;
  /** The residual is the second factor of a product, and nothing that is added. */
  readonly multiplies: boolean;
  /** The word is the low bits of the quotient rounded down: a piece of a sum. */
  readonly wraps?: boolean;
}

/** One layer of the machine: a step of the network, or one of several that a step takes. */
export interface MachineRun {
  readonly kind: 'run';
  readonly name: string;
  /** Of the graph. */
  readonly step: number;
  readonly layer: Layer;
  readonly input: Walked;
  /** Whether words of the input go from 0 on, where it is known that they are few. */
  readonly natural?: true;
  readonly residual?: Walked;
  readonly output: Walked;
  readonly weights: WeightWords | MovedWeights;
  /** What a schedule keeps in the global buffer while it runs. */
  readonly kept?: RunPlaces;
  readonly finish: Finish;
}

/** A tensor that another run has made, moved from the memory of activations to that of weights. */
export interface MovedWeights {
  readonly from: View;
  /** Axes of the view in the order g k c of the layer; 1 where there is no such axis. */
  readonly shape: readonly [g: number, k: number, c: number];
}

/** Whether weights are a tensor that is not known before. */
export const isMoved = (weights: MachineRun['weights']): weights is MovedWeights =>
  typeof weights === 'object' && 'from' in weights;

/** The host copies a tensor, element by element in the order of ONNX: addresses alone do not do what its reader needs. */
export interface Rearrangement {
  readonly kind: 'rearrangement';
  readonly name: string;
  readonly why: string;
  readonly from: View;
  readonly to: View;
}

export interface HostOperation {
  readonly kind: 'host';
  readonly name: string;
  readonly step: number;
  readonly operator: string;
  readonly inputs: readonly { readonly tensor: string; readonly view: View }[];
  readonly outputs: readonly { readonly tensor: string; readonly view: View }[];
  /** What it computes; absent where nobody knows, or no scales do. */
  readonly work?: HostComputation;
}

/** All that the host needs to compute words of its result. */
export interface HostComputation {
  readonly function: HostFunction;
  /** In the order of the operator: tensors in memory, inputs of the network that are in none, and numbers. */
  readonly operands: readonly (
    | { readonly kind: 'tensor' | 'input'; readonly name: string }
    | { readonly kind: 'numbers'; readonly numbers: Numbers }
  )[];
  readonly scales: HostScales;
  readonly range: WordRange;
  readonly shape: readonly number[];
}

export type Operation = MachineRun | Rearrangement | HostOperation;

/** Words that lie in the memory of activations from the start, in the order of ONNX. */
export interface ConstantTensor {
  readonly name: string;
  readonly view: View;
  readonly values: Float64Array;
}

export interface Lowered {
  readonly operations: readonly Operation[];
  /** In the order in which they lie. */
  readonly storages: readonly Storage[];
  /** Every tensor that has words, by its name. */
  readonly tensors: ReadonlyMap<string, View>;
  /** What lies between two runs of one step, by its name: it is no tensor of the network. */
  readonly between: ReadonlyMap<string, View>;
  readonly constants: readonly ConstantTensor[];
  /** Of outputs that are sums, wider than a word: where their pieces above the lowest lie, which is the tensor's own place. */
  readonly upper: ReadonlyMap<string, readonly View[]>;
  /** Of the network, that lie in memory. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
