// The words that a network runs on: made of the numbers of its file by one sample, or drawn.

import { got } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import { shapeText } from '../interchange/npy.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { indexInputs, multiplierOf } from '../model/workload/network-graph.js';
import { unsignedTensors } from '../model/workload/unsigned-tensors.js';
import { calibrated, quantised } from '../reference/calibrate.js';
import { drawnRun } from '../reference/draw-integers.js';
import { watchSums } from '../reference/held-sums.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import { withRawSums } from '../reference/raw-sums.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { quantizedWords } from './quantized-words.js';
import type { GivenArray, NetworkWords, WordsAsked } from './words-asked.js';
import { held, heldBy, pathsOf } from './words-asked.js';

/** Refused where a given input does not fit, or sums of its file's weights go beyond those of the machine. */
export function networkWords(asked: WordsAsked): Parsed<NetworkWords> {
  const { graph, given } = asked;
  const indices = indexInputs(graph);
  const faults = [...given].flatMap(([name, array]) => {
    const wanted = shapeOf(graph, name);
    if (array.shape.join() === wanted.join()) return numberFault(asked, array, indices.get(name)) ?? [];
    return [
      fault(
        'wrong-shape',
        `${array.path} has the shape ${shapeText(array.shape)}; ${name} of ${graph.name} takes ${shapeText(wanted)}`,
      ),
    ];
  });
  if (given.size > 0)
    for (const name of graph.inputs)
      if (!given.has(name))
        faults.push(
          fault(
            'missing',
            `${name} ${shapeText(shapeOf(graph, name))} of ${graph.name} has no file; give --input ${name}=FILE too, ` +
              'or no --input at all, and all are drawn',
          ),
        );
  if (faults.length > 0) return refused(faults);
  const { weights, quantized } = asked;
  const made = !weights
    ? drawn(asked)
    : quantized
      ? quantizedWords(asked, weights, quantized)
      : fromFile(asked, weights);
  return made.ok && asked.raw ? leavingSums(asked, made.value) : made;
}

/** Its words do not stand for anything by one scale: each channel's sums have their own. */
function leavingSums({ graph, bits, sumBits }: WordsAsked, made: NetworkWords): Parsed<NetworkWords> {
  const integers = withRawSums(graph, made.integers, sumBits);
  if (!integers.ok) return integers;
  const run = held(
    graph,
    integers.value,
    made.inputs,
    watchSums({ sumBits, bits, unsigned: integers.value.unsigned }, ''),
  );
  if (!run.ok) return run;
  const scales = made.scales && new Map([...made.scales].filter(([name]) => !graph.outputs.includes(name)));
  return parsed({ ...made, integers: integers.value, run: run.value, scales });
}

const fault = (code: string, message: string): Diagnostic => ({ code, path: [], message });
const shapeOf = (graph: NetworkGraph, name: string) => graph.tensors.find((t) => t.name === name)?.shape ?? [];

/** `places`: it names so many places of a table. */
function numberFault(
  { network, weights, quantized, bits }: WordsAsked,
  { path, whole, values }: GivenArray,
  places: number | undefined,
): Diagnostic | undefined {
  if (places !== undefined) {
    const wrong = values.find((x) => !Number.isInteger(x) || x < -places || x >= places);
    const range = `it picks among ${places}, so numbers are whole, from ${-places} to ${places - 1}`;
    return wrong === undefined ? undefined : fault('out-of-range', `${path} holds ${wrong}; ${range}`);
  }
  const limit = 2 ** (bits - 1);
  // Of a file that is quantized it is the file that says how far words go.
  if (whole && quantized && weights) return undefined;
  if (whole) {
    const wrong = values.find((x) => x < -limit || x >= limit);
    const range = `words of ${bits} bits go from ${-limit} to ${limit - 1}`;
    return wrong === undefined ? undefined : fault('out-of-range', `${path} holds ${wrong}; ${range}`);
  }
  if (!weights)
    return fault(
      'wrong-type',
      `${path} holds real numbers, for which ${network} has no scales since its weights are drawn; give words: array.astype('int8')`,
    );
  const wrong = values.find((x) => !Number.isFinite(x));
  return wrong === undefined ? undefined : fault('out-of-range', `${path} holds ${wrong}; expected finite numbers`);
}

function drawn(asked: WordsAsked): Parsed<NetworkWords> {
  const { graph, seed, bits, weightBits, sumBits, given } = asked;
  const unsigned = unsignedIn(asked);
  const machine = { sumBits, bits, unsigned };
  const watch = watchSums(machine, '');
  const made = drawnRun(graph, seed, { bits, weightBits, unsigned, watched: watch.watched });
  if (!made.ok) return made;
  const { integers } = made.value;
  const inputs = new Map([...made.value.inputs, ...given]);
  const run = given.size > 0 ? held(graph, integers, inputs, watchSums(machine, '')) : heldBy(watch, made.value.run);
  if (!run.ok) return run;
  return parsed({
    integers,
    inputs,
    run: run.value,
    scales: undefined,
    sources: [
      `weights: drawn from seed ${seed}`,
      `input: words ${given.size > 0 ? `of ${pathsOf(given)}` : `drawn from seed ${seed}`}`,
      ...unsignedText(asked, unsigned),
    ],
  });
}

function fromFile(asked: WordsAsked, weights: RealWeights): Parsed<NetworkWords> {
  const { network, graph, seed, bits, weightBits, given } = asked;
  const chance = seeded(seed);
  const indices = indexInputs(graph);
  const sample = new Map(
    graph.inputs.map((name): [string, Numbers] => {
      const [shape, places] = [shapeOf(graph, name), indices.get(name)];
      const one = () => (places === undefined ? 2 * chance.next() - 1 : chance.below(places));
      return [name, { shape, values: Float64Array.from({ length: countOf(shape) }, one) }];
    }),
  );
  // Whole numbers are words, and no sample; places in a table are both.
  const isWords = ([name, { whole }]: readonly [string, GivenArray]) => whole && !indices.has(name);
  const words = [...given].filter(isWords);
  const samples = [...given].filter((entry) => !isWords(entry));
  for (const [name, array] of samples) sample.set(name, array);
  const unsigned = unsignedIn(asked);
  const made = calibrated(graph, weights, sample, {
    bits,
    weightBits,
    stepWeightBits: besideActivations(graph, bits),
    lift: asked.lift,
    unsigned,
  });
  if (!made.ok) return made;
  const { integers, scales } = made.value;
  const inputs = new Map(
    [...sample].map(([name, x]) => [name, indices.has(name) ? x : quantised(x, got(scales, name), bits)]),
  );
  for (const [name, array] of words) inputs.set(name, array);
  const watch = watchSums({ sumBits: asked.sumBits, bits, unsigned }, ', or draw weights with --drawn');
  const run = held(graph, integers, inputs, watch);
  if (!run.ok) return run;
  const from = weights.size > 0 ? `of ${network}, in ${weightBits} bits` : 'none';
  const chosen = `drawn from seed ${seed} between -1 and 1`;
  return parsed({
    integers,
    inputs,
    run: run.value,
    scales,
    sources: [
      `weights: ${from}; scales by the maximum over one sample, ${samples.length > 0 ? pathsOf(samples) : chosen}`,
      `input: ${words.length > 0 ? `words of ${pathsOf(words)}` : 'that sample'}`,
      ...unsignedText(asked, unsigned),
    ],
  });
}

/** Weights that lie with the activations are as wide as those. */
const besideActivations = ({ steps }: NetworkGraph, bits: number): ReadonlyMap<number, number> =>
  new Map([...steps.entries()].flatMap(([i, step]) => (multiplierOf(step)?.kind === 'weights' ? [] : [[i, bits]])));

const unsignedIn = ({ graph, bits, unsigned }: WordsAsked): ReadonlySet<string> | undefined =>
  unsigned ? unsignedTensors(graph, bits) : undefined;

const unsignedText = ({ graph, bits }: WordsAsked, unsigned: ReadonlySet<string> | undefined): readonly string[] =>
  unsigned ? [`words: unsigned, 0 to ${2 ** bits - 1}, in ${unsigned.size} of ${graph.tensors.length} tensors`] : [];
