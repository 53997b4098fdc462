// Biases corrected by runs in lanes: the same numbers as by the reference, sooner.
//
// A layer is linear: what its channels sum up to over all samples is what they come to in one run on the sum of all samples, exactly,
// for words are whole numbers. So the reference runs each layer once, and lanes run all samples up to its input.

import { defined, got, nth } from '../base/invariant.js';
import { Lanes } from '../lanes/lanes.js';
import type { LayerStep, NetworkGraph, Operand } from '../model/workload/network-graph.js';
import { arithmeticOf } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import { computed } from '../reference/run-graph.js';
import type { ChannelSums, Corrections } from './bias-correction.js';
import { channelSums } from './bias-correction.js';
import { multiplied } from './quantize-options.js';

/** Lanes have sums of 32 bits; so many of them are exact in doubles. */
const exact = 2 ** (53 - 31);

/**
 * `graph` is of one sample, `given` the words of all of its input. Undefined where lanes do not run all up to the last layer, a layer
 * multiplies two tensors, or sums might not be exact.
 */
export function correctedInLanes(
  graph: NetworkGraph,
  corrections: Corrections,
  given: ReadonlyMap<string, Numbers>,
  inputLimit: number,
): Corrections | undefined {
  const input = nth(graph.inputs, 0);
  const { shape, values } = got(given, input);
  const count = nth(shape, 0) / nth(shapeIn(graph, input), 0);
  const layers = graph.steps.flatMap((step, i) => (step.kind === 'layer' ? [{ step, i }] : []));
  const lanesOf = (of: NetworkGraph) =>
    Lanes.of(of, arithmeticOf(corrections.integers, of), { kind: 'words', integers: corrections.integers, inputLimit });
  const all = lanesOf(graph);
  const isLinear = layers.every(({ step }) => multiplied(step).length === 1 && numbersOf(graph, step) * count < exact);
  const last = layers.at(-1)?.i ?? 0;
  if (!all || all.left.some((at) => at < last) || !isLinear) return undefined;
  for (const { step, i } of layers) {
    if (!corrections.isFor(step, i)) continue;
    const [name = ''] = multiplied(step);
    const lanes = lanesOf({ ...graph, steps: graph.steps.slice(0, i), outputs: [name] });
    const sum = lanes && summedUp(lanes, graph, name, { input, values, count });
    if (!sum) return undefined;
    corrections.correct(step, i, sumsOf(graph, step, i, sum, corrections, count));
  }
  return corrections;
}

const shapeIn = ({ tensors }: NetworkGraph, name: string): readonly number[] =>
  defined(tensors.find((t) => t.name === name)?.shape);

/** Of a channel at most, for one sample: before a pool of the epilogue. */
function numbersOf(graph: NetworkGraph, { outputs, epilogue: { pool } }: LayerStep): number {
  return countOf(shapeIn(graph, nth(outputs, 0))) * (pool ? pool.P * pool.Q : 1);
}

/** A tensor of all samples added up. */
function summedUp(
  lanes: Lanes,
  graph: NetworkGraph,
  name: string,
  { input, values, count }: { readonly input: string; readonly values: Float64Array; readonly count: number },
): Numbers {
  const shape = shapeIn(graph, name);
  const [each, size] = [values.length / count, countOf(shape)];
  const sum = new Float64Array(size);
  const own = new Float64Array(size * lanes.width);
  for (let at = 0; at < count; at += lanes.width) {
    const pack = Math.min(lanes.width, count - at);
    lanes.run(new Map([[input, values.subarray(at * each, (at + pack) * each)]]), pack);
    lanes.read(name, own, 0);
    for (let lane = 0; lane < pack; lane++)
      for (let j = 0; j < size; j++) sum[j] = (sum[j] ?? 0) + (own[lane * size + j] ?? NaN);
  }
  return { shape, values: sum };
}

/** What the channels of a layer come to over all samples, by one run of the reference. */
function sumsOf(
  graph: NetworkGraph,
  step: LayerStep,
  i: number,
  sum: Numbers,
  { integers }: Corrections,
  count: number,
): ChannelSums {
  const plain = arithmeticOf(integers, graph);
  let found: ChannelSums | undefined;
  const output = shapeIn(graph, nth(step.outputs, 0));
  const operand = (x: Operand) => (x.kind === 'tensor' ? sum : defined(plain.operand(x, step, i)));
  const listening = {
    ...plain,
    layer: (s: LayerStep, _: number, sums: Numbers) => ((found = channelSums(s, sums)), sums),
  };
  computed(listening, step, i, output, operand, () => sum);
  const { sums, count: of } = defined(found);
  return { sums, count: of * count };
}
