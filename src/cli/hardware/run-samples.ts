// `magnet run --data`: samples through the machine one after the other, beside their labels and beside ONNX Runtime.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { got, nth } from '../../base/invariant.js';
import { counted } from '../../base/text.js';
import type { GivenTensor } from '../../model/workload/given-words.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import type { RunOptions } from '../../options/network-table.js';
import { openRuntime } from '../../quantize/runtime-scores.js';
import type { Samples } from '../../quantize/samples.js';
import { someOf, tensorOf } from '../../quantize/samples.js';
import { givenInput } from '../../reference/given-real.js';
import { watchSums } from '../../reference/held-sums.js';
import type { Numbers } from '../../reference/numbers.js';
import type { RunResult } from '../../results/run-result.js';
import type { NetworkResult, NetworkTask } from '../../sim/network-run.js';
import { hasLabels, loadLabelled, loadUnlabelled } from '../accuracy/load-samples.js';
import { readUnpacked } from '../files.js';
import type { Io } from '../io.js';
import { shapedFor } from '../../library/trained.js';
import { loadTrained, wantedBy } from '../trained-network.js';
import type { PreparedNetwork } from '../../library/prepare-network.js';
import type { GivenArray } from '../../library/words-asked.js';
import { held } from '../../library/words-asked.js';

type SamplesFound = NonNullable<RunResult['samples']>;

export interface RunSamples {
  readonly samples: Samples;
  readonly labelled: boolean;
  /** The first, as the input of the network. */
  readonly first: GivenArray;
}

/** Refused where the file does not say its words itself, or samples do not fit. */
export async function runSamples(
  io: Io,
  network: string,
  options: RunOptions,
): Promise<Parsed<RunSamples | undefined>> {
  const { data, labels, samples: count, divide, mean, std, input } = options;
  if (data === undefined)
    return [labels, count, divide, mean, std].every((x) => x === undefined)
      ? parsed(undefined)
      : refuse('no-effect', [], '--labels, --samples, --divide, --mean and --std go with --data, which is missing');
  if (input !== undefined) return refuse('conflict', [], '--data and --input both give the input; leave out one');
  const trained = loadTrained(io, network);
  if (!trained.ok) return trained;
  if (!trained.value.given)
    return refuse(
      'not-quantized',
      [],
      `${network} is in real numbers, whose scales one sample would set; quantize it first (magnet quantize), or give --input`,
    );
  const graph = trained.value.graphFor(1);
  if (!graph.ok) return graph;
  const wanted = wantedBy(network, graph.value);
  const how = {
    ...(divide !== undefined && { divide }),
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
    ...(count !== undefined && { samples: count }),
    first: 0,
  };
  const labelled = labels !== undefined || hasLabels(io, data);
  const loaded = labelled
    ? await loadLabelled(io, { ...how, data, ...(labels !== undefined && { labels }) }, wanted)
    : await loadUnlabelled(io, data, how, wanted);
  if (!loaded.ok) return loaded;
  const all = 'counted' in loaded.value ? loaded.value.counted : loaded.value;
  const samples = shapedFor(graph.value, someOf(all, 0, count ?? all.count));
  const one = tensorOf(samples, 0, 1);
  return parsed({ samples, labelled, first: { ...one, whole: false, bytes: false, path: data } });
}

/** Inputs of all samples but the first, with the words that the reference makes of them. */
export function moreOf(
  { graph, words, design }: PreparedNetwork,
  { samples }: RunSamples,
): Parsed<NonNullable<NetworkTask['more']>> {
  const { inputPrecision: bits, accumPrecision: sumBits } = design.machine.template;
  const input = nth(graph.inputs, 0);
  const tensor = got(words.tensors ?? new Map<string, GivenTensor>(), input);
  const found: { inputs: ReadonlyMap<string, Numbers>; reference: PreparedNetwork['words']['run'] }[] = [];
  for (let i = 1; i < samples.count; i++) {
    const inputs = new Map([[input, givenInput(tensorOf(samples, i, 1), tensor)]]);
    const run = held(
      graph,
      words.integers,
      inputs,
      watchSums({ sumBits, bits, unsigned: words.integers.unsigned }, ''),
    );
    if (!run.ok) return run;
    found.push({ inputs, reference: run.value });
  }
  return parsed(found);
}

/** What the machine says of the samples, and what ONNX Runtime says where it is installed. */
export async function samplesFound(
  io: Io,
  network: string,
  { graph, words }: PreparedNetwork,
  { samples, labelled, first }: RunSamples,
  { runs, hosts, tensors, more = [] }: NetworkResult,
): Promise<SamplesFound> {
  const output = nth(graph.outputs, 0);
  const all = [got(tensors, output), ...more.map(({ outputs }) => got(outputs, output))];
  const compared = [...runs, ...hosts, ...more];
  return {
    file: first.path,
    guesses: all.map(({ values }) => values.indexOf(values.reduce((n, x) => Math.max(n, x), -Infinity))),
    ...(labelled && { labels: Array.from(samples.labels) }),
    words: compared.reduce((n, r) => n + r.words, 0),
    mismatches: compared.reduce((n, r) => n + r.mismatches, 0),
    runtime: await besideRuntime(io, network, graph, words, samples, all),
  };
}

/** For people; `output` is the tensor that says the class. */
export function samplesText(
  { file, guesses, labels, words, mismatches, runtime }: SamplesFound,
  output: string,
): readonly string[] {
  const right = guesses.filter((guess, i) => guess === labels?.[i]).length;
  const isWrong = (guess: number, i: number) => labels !== undefined && guess !== labels[i];
  return [
    `${counted(guesses.length, 'sample')} of ${file}${labels ? `: ${right} right, ${guesses.length - right} wrong` : ''}; ` +
      `${words} words, ${mismatches} of them wrong`,
    `classes: ${guesses.map((g, i) => (isWrong(g, i) ? `${g} (is ${labels?.[i]})` : `${g}`)).join(', ')}`,
    runtime.name === undefined
      ? `ONNX Runtime: not asked, ${runtime.notAsked}`
      : `${runtime.name}, without optimizations: ${runtime.differing} of ${runtime.words} words of ${output} differ`,
  ];
}

async function besideRuntime(
  io: Io,
  network: string,
  graph: NetworkGraph,
  { scales, wordOutputs }: PreparedNetwork['words'],
  samples: Samples,
  all: readonly Numbers[],
): Promise<SamplesFound['runtime']> {
  const bytes = readUnpacked(io, network);
  const runtime = bytes.ok ? await openRuntime(bytes.value, samples.shape, undefined, 'disabled') : bytes;
  if (!runtime.ok) return { notAsked: nth(runtime.diagnostics, 0).message };
  try {
    const found = await runtime.value.run(samples.values, samples.count);
    if (!found.ok) return { notAsked: nth(found.diagnostics, 0).message };
    const output = nth(graph.outputs, 0);
    const zero = wordOutputs?.get(output);
    const unit = zero === undefined ? (scales?.get(output) ?? 1) : 1;
    const own = all.flatMap(({ values }) => [...values]);
    const differing = own.filter((w, i) => w !== Math.round(nth(found.value, i) / unit) - (zero ?? 0)).length;
    return { name: runtime.value.name, words: own.length, differing };
  } finally {
    await runtime.value.close();
  }
}
