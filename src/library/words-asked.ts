// What words a network is to run on, what they are then, and the reference's run of them.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type { RealArray } from '../interchange/npy.js';
import type { GivenTensor, GivenWords } from '../model/workload/given-words.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Watch } from '../reference/held-sums.js';
import type { GraphIntegers } from '../reference/integer-arithmetic.js';
import { arithmeticOf } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import type { GraphRun } from '../reference/run-graph.js';
import { runGraph } from '../reference/run-graph.js';

export interface WordsAsked {
  /** As the user called it. */
  readonly network: string;
  readonly graph: NetworkGraph;
  /** Numbers of the file, where there are any. */
  readonly weights: RealWeights | undefined;
  readonly seed: number;
  /** Of words, of those of weights that layers multiply by, and of sums. */
  readonly bits: number;
  readonly weightBits: number;
  readonly sumBits: number;
  /** Whether the last layers leave their sums as they are. */
  readonly raw: boolean;
  /** Whether tensors that are never negative are held as unsigned words. */
  readonly unsigned: boolean;
  /** By how much shifts of channels may differ from that of a residual. */
  readonly lift: number;
  /** What the file says of its words, where it is quantized. */
  readonly quantized?: GivenWords | undefined;
  /** Inputs of the network from files, by name: none, or all. */
  readonly given: ReadonlyMap<string, GivenArray>;
}

export type GivenArray = RealArray & { readonly path: string };

export interface NetworkWords {
  readonly integers: GraphIntegers;
  readonly inputs: ReadonlyMap<string, Numbers>;
  /** What the reference makes of them. */
  readonly run: GraphRun;
  /** What a word of a tensor stands for, where the file's numbers decide. */
  readonly scales: ReadonlyMap<string, number> | undefined;
  /** Of a file that is quantized: the words of each tensor, and zero points of outputs that leave as words. */
  readonly tensors?: ReadonlyMap<string, GivenTensor>;
  readonly wordOutputs?: ReadonlyMap<string, number>;
  /** Where weights, scales and inputs come from: a line each. */
  readonly sources: readonly string[];
}

export const pathsOf = (given: Iterable<readonly [string, GivenArray]>): string =>
  [...given].map(([, { path }]) => path).join(', ');

/** Runs the reference to see that no sum is beyond the machine's, which would be wrong there without a bug. */
export function held(
  graph: NetworkGraph,
  integers: GraphIntegers,
  inputs: ReadonlyMap<string, Numbers>,
  watch: Watch,
): Parsed<GraphRun> {
  const run = runGraph(graph, inputs, watch.watched(arithmeticOf(integers, graph), integers.steps));
  return run.ok ? heldBy(watch, run.value) : run;
}

export function heldBy({ faults }: Watch, run: GraphRun): Parsed<GraphRun> {
  const found = faults();
  return found.length > 0 ? refused(found) : parsed(run);
}
