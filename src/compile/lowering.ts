// What the lowering of steps has in common: operations in order, where tensors lie, integers of steps, and the sentence
// that ends it.

import { got, nth } from '../base/invariant.js';
import type { GraphTensor, NetworkGraph, Weights } from '../model/workload/network-graph.js';
import { indexInputs } from '../model/workload/network-graph.js';
import type { GraphIntegers, StepIntegers } from '../reference/integer-arithmetic.js';
import { weightKey } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import type { WordRanges } from '../reference/word-ranges.js';
import { wordRanges } from '../reference/word-ranges.js';
import { CannotLower } from './cannot-lower.js';
import { Homes } from './homes.js';
import type { ConstantTensor, Finish, MachineRun, Operation, Walked } from './lowered.js';
import type { View } from './storage.js';
import { innermostLast, ownStorage } from './storage.js';

export class Lowering {
  readonly operations: Operation[] = [];
  readonly constants: ConstantTensor[] = [];
  readonly between = new Map<string, View>();
  readonly upper = new Map<string, readonly View[]>();
  readonly homes: Homes;
  /** Inputs of the network that lie in no memory of the machine: the host alone reads them. */
  readonly indices: ReadonlyMap<string, number>;
  /** How far the words of a tensor can go; of inputs of the network nothing is known. */
  readonly rangeOf: WordRanges;
  readonly #tensors: ReadonlyMap<string, GraphTensor>;

  constructor(
    readonly graph: NetworkGraph,
    readonly integers: GraphIntegers,
  ) {
    this.#tensors = new Map(graph.tensors.map((t) => [t.name, t]));
    this.rangeOf = wordRanges(graph, integers, () => [-Infinity, Infinity]);
    this.indices = indexInputs(graph);
    this.homes = new Homes(graph, (operation) => this.operations.push(operation), integers.unsigned);
  }

  refuse(sentence: string): never {
    throw new CannotLower(sentence);
  }

  run(run: MachineRun): void {
    this.operations.push(run);
  }

  tensor(name: string): GraphTensor {
    return got(this.#tensors, name);
  }

  integersOf(step: number): StepIntegers {
    return this.integers.steps.get(step) ?? this.refuse(`step ${nth(this.graph.steps, step).name} has no integers`);
  }

  finishOf(step: number): Finish {
    const { channels, low, high } = this.integersOf(step);
    return { channels, low, high, multiplies: false };
  }

  words(weights: Weights, step: number): Numbers {
    return (
      this.integers.weights.get(weightKey(step, weights)) ??
      this.refuse(`${weights.value} of step ${nth(this.graph.steps, step).name} has no numbers`)
    );
  }

  /** Weights that a run takes where it takes activations lie with these. */
  constant(weights: Weights, step: number, innermost = weights.shape.length - 1): View {
    const { shape, values } = this.words(weights, step);
    const view = ownStorage(weights.value, shape, innermostLast(shape.length, innermost));
    this.homes.storages.push(view.storage);
    this.constants.push({ name: weights.value, view, values });
    return view;
  }

  /** A tensor as a step reads it: where it lies, or copied by the host to where the step can. */
  readable(name: string, innermost: number, reader: string, walk: (view: View) => Walked | undefined): Walked {
    return (
      walk(this.homes.read(name)) ??
      walk(this.homes.apart(name, innermost, reader)) ??
      this.refuse(`${reader}: ${name} does not lie as a run of the machine could read it`)
    );
  }
}
