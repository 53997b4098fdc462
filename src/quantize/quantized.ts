// A quantized network: its integers, what its words stand for, and who runs it on samples.

import { got, nth } from '../base/invariant.js';
import { sampleRunner } from '../lanes/sample-runner.js';
import type { GivenWords } from '../model/workload/given-words.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Calibration, CalibrationOptions } from '../reference/calibrate.js';
import { quantised, rangeOf } from '../reference/calibrate.js';
import { givenInput } from '../reference/given-real.js';
import { arithmeticOf } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { realArithmetic } from '../reference/real-arithmetic.js';
import type { Histogram } from './sizes.js';

/** A network in the machine's integers, with what its words stand for and what was measured on the way. */
export interface Quantized extends Calibration {
  /** Those of the network, or as equalization left them: what the words stand for. */
  readonly weights: RealWeights;
  /** Words of its tensors: bits, and which have no sign. */
  readonly words: Pick<CalibrationOptions, 'bits' | 'weightBits' | 'tensorBits' | 'stepWeightBits' | 'unsigned'>;
  /** The largest number of each tensor that samples had. */
  readonly largest: ReadonlyMap<string, number>;
  /** Of sizes, by the first of the tensors that have words in common; where samples set all scales. */
  readonly histograms?: ReadonlyMap<string, Histogram>;
  /** Between how many layers channels were made alike. */
  readonly equalized: number;
  /** By how many words of its output the bias of a layer's channel was corrected at most, by the place of the step. */
  readonly corrections: ReadonlyMap<number, number>;
  /** Where the file of the network says its words itself. */
  readonly given?: Pick<GivenWords, 'tensors' | 'reads'>;
}

type Words = Pick<Quantized, 'scales' | 'words' | 'given'>;

/** A sample as the words of the network's input. */
export function wordsOf(
  graph: NetworkGraph,
  { scales, words, given }: Words,
  sample: Numbers,
): ReadonlyMap<string, Numbers> {
  const input = nth(graph.inputs, 0);
  if (given) return new Map([[input, givenInput(sample, got(given.tensors, input))]]);
  const bits = words.tensorBits?.get(input) ?? words.bits;
  return new Map([[input, quantised(sample, got(scales, input), bits, words.unsigned?.has(input) ?? false)]]);
}

/** The least and the greatest word of a tensor. */
export const wordRangeOf =
  ({ words }: Pick<Quantized, 'words'>) =>
  (tensor: string): readonly [min: number, max: number] =>
    rangeOf(words, tensor);

/** `graph` is of one sample; `checked` where a sample has run by the reference before, with the same numbers. */
export const realRunner = (graph: NetworkGraph, weights: RealWeights, checked = false) =>
  sampleRunner(graph, realArithmetic(weights), { kind: 'reals', weights }, { checked });

export function wordRunner(graph: NetworkGraph, { integers, words }: Quantized, checked = false) {
  const inputLimit = inputLimitOf(graph, words);
  return sampleRunner(graph, arithmeticOf(integers, graph), { kind: 'words', integers, inputLimit }, { checked });
}

/** No word of the input is larger. */
export const inputLimitOf = (graph: NetworkGraph, { bits = 8, tensorBits }: Quantized['words']): number =>
  2 ** (tensorBits?.get(nth(graph.inputs, 0)) ?? bits);
