// The words of a network that others quantized: those of its file, as near as the machine has them.

import { got } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { GivenTensor, GivenWords } from '../model/workload/given-words.js';
import { indexInputs } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import { largestOf } from '../reference/calibrate.js';
import type { GivenIntegers } from '../reference/given-integers.js';
import { givenIntegers, tensorsLeft } from '../reference/given-integers.js';
import { givenInput, givenReals, readAs } from '../reference/given-real.js';
import { watchSums } from '../reference/held-sums.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { runGraph } from '../reference/run-graph.js';
import type { NetworkWords, WordsAsked } from './words-asked.js';
import { held, pathsOf } from './words-asked.js';

/** Of a file, whether its words are the machine's, or why some may differ. */
export const standingText = ({ differences }: Pick<GivenIntegers, 'differences'>): string =>
  differences.length === 0
    ? 'exact: every factor of the file is one of the machine'
    : `nearest, words may differ near ties: ${differences.join('; ')}`;

export function quantizedWords(asked: WordsAsked, weights: RealWeights, quantized: GivenWords): Parsed<NetworkWords> {
  const { network, graph, seed, bits, weightBits, given } = asked;
  if (asked.unsigned)
    return refuse('no-effect', [], `${network} says itself which of its words are unsigned; leave out --unsigned`);
  const chance = seeded(seed);
  const indices = indexInputs(graph);
  const samples = new Map(
    graph.inputs.map((name): readonly [string, Numbers] => {
      const [shape, places] = [graph.tensors.find((t) => t.name === name)?.shape ?? [], indices.get(name)];
      const array = given.get(name);
      if (array && !array.whole) return [name, array];
      const one = () => (places === undefined ? 2 * chance.next() - 1 : chance.below(places));
      return [name, { shape, values: Float64Array.from({ length: countOf(shape) }, one) }];
    }),
  );
  const sizes = sizesLeft(asked, weights, quantized, samples);
  if (!sizes.ok) return sizes;
  const made = givenIntegers(graph, weights, quantized, { bits, weightBits, lift: asked.lift, sizes: sizes.value });
  if (!made.ok) return made;
  const { integers, tensors } = made.value;
  const faults: Diagnostic[] = [];
  const inputs = new Map(
    graph.inputs.map((name): [string, Numbers] => {
      const [array, tensor] = [given.get(name), got(tensors, name)];
      if (indices.has(name)) return [name, array ?? got(samples, name)];
      if (!array?.whole) return [name, givenInput(got(samples, name), tensor)];
      faults.push(...beyond(array.path, array.values, tensor));
      return [name, array];
    }),
  );
  if (faults.length > 0) return refused(faults);
  const watch = watchSums({ sumBits: asked.sumBits, bits, unsigned: integers.unsigned }, '');
  const run = held(graph, integers, inputs, watch);
  if (!run.ok) return run;
  const words = [...given].filter(([name, { whole }]) => whole && !indices.has(name));
  const drawn = `drawn from seed ${seed} between -1 and 1`;
  const from = words.length > 0 ? `words of ${pathsOf(words)}` : given.size > 0 ? pathsOf(given) : drawn;
  return parsed({
    integers,
    inputs,
    run: run.value,
    scales: scalesOf(tensors, quantized),
    tensors,
    wordOutputs: quantized.wordOutputs,
    sources: [`weights and scales: of ${network}, which is quantized`, standingText(made.value), `input: ${from}`],
  });
}

/** What a word stands for to who reads it. */
export const scalesOf = (
  tensors: ReadonlyMap<string, GivenTensor>,
  { outputs }: GivenWords,
): ReadonlyMap<string, number> => new Map([...tensors].map(([name, { unit }]) => [name, outputs.get(name) ?? unit]));

function beyond(path: string, values: Float64Array, { low, high }: GivenTensor): readonly Diagnostic[] {
  const wrong = values.find((x) => x < low || x > high);
  if (wrong === undefined) return [];
  return [
    {
      code: 'out-of-range',
      path: [],
      message: `${path} holds ${wrong}; words of this input go from ${low} to ${high}`,
    },
  ];
}

/** How large the numbers are that the file does not round, over a sample. */
function sizesLeft(
  { graph }: WordsAsked,
  weights: RealWeights,
  quantized: GivenWords,
  samples: ReadonlyMap<string, Numbers>,
): Parsed<ReadonlyMap<string, number>> {
  const left = new Set(tensorsLeft(graph, quantized));
  if (left.size === 0) return parsed(new Map());
  const root = sharedWords(graph);
  const inputs = new Map(
    [...samples].map(([name, x]) => {
      const tensor = quantized.tensors.get(name);
      return [name, tensor ? readAs(x, tensor) : x] as const;
    }),
  );
  const run = runGraph(graph, inputs, givenReals(weights, quantized, graph));
  if (!run.ok) return run;
  const sizes = new Map<string, number>();
  for (const [name, { values }] of run.value.tensors) {
    const of = root(name);
    if (left.has(of)) sizes.set(of, Math.max(sizes.get(of) ?? 0, largestOf(values)));
  }
  return parsed(sizes);
}
