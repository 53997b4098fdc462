// A network that others quantized, for samples: its file's words, and real numbers by its weights with nothing rounded in between.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { counted } from '../base/text.js';
import { got, nth } from '../base/invariant.js';
import type { RunSamples } from '../lanes/sample-runner.js';
import { sampleRunner } from '../lanes/sample-runner.js';
import type { GivenWords } from '../model/workload/given-words.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import { largestOf } from '../reference/calibrate.js';
import type { GivenIntegers } from '../reference/given-integers.js';
import { givenBits, givenIntegers, tensorsLeft } from '../reference/given-integers.js';
import { givenReals, readAs, readsAlike } from '../reference/given-real.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import type { Trained, Turns } from './quantize.js';
import { batch } from './quantize.js';
import type { Quantized } from './quantized.js';
import { realRunner } from './quantized.js';
import type { Samples } from './samples.js';
import { tensorOf } from './samples.js';

export interface GivenQuantized extends Quantized {
  /** Why words may differ from those of the file; none where all is exact. */
  readonly differences: readonly string[];
}

/** Words of weights and activations that calibration sets where the file says nothing. */
const usualBits = 8;

/** Undefined where it was told to end. `calibration` sets the scales of tensors that the file leaves in real numbers. */
export async function givenQuantized(
  { graphFor, weights }: Trained,
  given: GivenWords,
  calibration: Samples | undefined,
  turns: Turns,
): Promise<Parsed<GivenQuantized | undefined>> {
  const graph = graphFor(1);
  if (!graph.ok) return graph;
  const left = tensorsLeft(graph.value, given);
  if (left.length > 0 && !calibration)
    return refuse(
      'missing',
      [],
      `--calibrate FILE is missing: ${graph.value.name} leaves ${counted(left.length, 'tensor')} in real numbers ` +
        `(${left.slice(0, 3).join(', ')}${left.length > 3 ? ' ...' : ''}), whose scales samples set`,
    );
  const sizes =
    left.length > 0 && calibration ? await sizesOf(graph.value, weights, given, calibration, turns) : parsed(new Map());
  if (!sizes.ok || sizes.value === undefined) return sizes.ok ? parsed(undefined) : sizes;
  const bits = Math.max(left.length > 0 ? usualBits : 0, givenBits(graph.value, weights, given));
  const made = givenIntegers(graph.value, weights, given, { bits, sizes: sizes.value });
  return made.ok ? parsed(quantizedOf(graph.value, weights, given, made.value, bits)) : made;
}

function quantizedOf(
  { inputs }: NetworkGraph,
  weights: RealWeights,
  { reads }: GivenWords,
  { integers, tensors, differences }: GivenIntegers,
  bits: number,
): GivenQuantized {
  const { unsigned } = integers;
  return {
    integers,
    // Real numbers of a tensor are those that were rounded; of an input those that its readers take.
    scales: new Map([...tensors].map(([name, { scale, unit }]) => [name, inputs.includes(name) ? unit : scale])),
    weights,
    words: { bits, weightBits: bits, unsigned },
    largest: new Map(),
    equalized: 0,
    corrections: new Map(),
    given: { tensors, reads },
    differences,
  };
}

/** How large the numbers are that the file does not round, over all samples. */
async function sizesOf(
  graph: NetworkGraph,
  weights: RealWeights,
  given: GivenWords,
  samples: Samples,
  { turn }: Turns,
): Promise<Parsed<ReadonlyMap<string, number> | undefined>> {
  const root = sharedWords(graph);
  const run = givenRealRunner(graph, weights, given);
  const sizes = new Map<string, number>();
  for (let at = 0; at < samples.count; at += batch) {
    if (!(await turn('calibrating'))) return parsed(undefined);
    const x = tensorOf(samples, at, Math.min(batch, samples.count - at));
    const tensors = run(new Map([[nth(graph.inputs, 0), x]]));
    if (!tensors.ok) return tensors;
    for (const [name, { values }] of tensors.value)
      sizes.set(root(name), Math.max(sizes.get(root(name)) ?? 0, largestOf(values)));
  }
  return parsed(sizes);
}

/** In lanes where all readers of a tensor take its words for the same. */
export function givenRealRunner(
  graph: NetworkGraph,
  weights: RealWeights,
  given: Pick<GivenWords, 'tensors' | 'reads'>,
  checked = false,
): RunSamples {
  const run = readsAlike(graph, given)
    ? realRunner(graph, weights, checked)
    : sampleRunner(graph, givenReals(weights, given, graph), undefined, { checked });
  const input = nth(graph.inputs, 0);
  const tensor = given.tensors.get(input);
  return tensor ? (inputs, wanted) => run(new Map([[input, readAs(got(inputs, input), tensor)]]), wanted) : run;
}
