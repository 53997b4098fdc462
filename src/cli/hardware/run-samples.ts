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
import type { NetworkResult, NetworkTask } from '../../sim/network-run.js';
import { loadSamples, loadUnlabelled } from '../accuracy/load-samples.js';
import { readUnpacked } from '../files.js';
import type { Io } from '../io.js';
import { loadTrained, shapedFor, wantedBy } from '../trained-network.js';
import type { PreparedNetwork } from './network-task.js';
import type { GivenArray } from './words-asked.js';
import { held } from './words-asked.js';

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
  const { data, labels, samples: count, divide, input } = options;
  if (data === undefined)
    return labels === undefined && count === undefined && divide === undefined
      ? parsed(undefined)
      : refuse('no-effect', [], '--labels, --samples and --divide go with --data, which is missing');
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
  const how = { ...(divide !== undefined && { divide }), first: 0, ...(count !== undefined && { samples: count }) };
  const isTable = /\.csv(\.gz)?$/i.test(data);
  const labelled = labels !== undefined || isTable;
  const loaded = labelled
    ? await loadSamples(io, { ...how, data, ...(labels !== undefined && { labels }), calibrate: undefined }, wanted)
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

/** What the machine says of the samples, how often it is right, and what ONNX Runtime says where it is installed. */
export async function samplesText(
  io: Io,
  network: string,
  { graph, words }: PreparedNetwork,
  { samples, labelled, first }: RunSamples,
  result: NetworkResult,
): Promise<readonly string[]> {
  const output = nth(graph.outputs, 0);
  const all = [got(result.tensors, output), ...(result.more ?? []).map(({ outputs }) => got(outputs, output))];
  const guesses = all.map(({ values }) => values.indexOf(values.reduce((n, x) => Math.max(n, x), -Infinity)));
  const right = guesses.filter((guess, i) => guess === samples.labels[i]).length;
  const more = result.more ?? [];
  const sum = (of: (m: (typeof more)[number]) => number) => more.reduce((n, m) => n + of(m), 0);
  const held = `${sum((m) => m.words)} words of the ${more.length} behind the first, ${sum((m) => m.mismatches)} of them wrong`;
  return [
    `${counted(samples.count, 'sample')} of ${first.path}${labelled ? `: ${right} right, ${samples.count - right} wrong` : ''}; ${held}`,
    `classes: ${guesses.map((g, i) => (labelled && g !== samples.labels[i] ? `${g} (is ${samples.labels[i]})` : `${g}`)).join(', ')}`,
    await besideRuntime(io, network, graph, words, samples, all),
  ];
}

async function besideRuntime(
  io: Io,
  network: string,
  graph: NetworkGraph,
  { scales, wordOutputs }: PreparedNetwork['words'],
  samples: Samples,
  all: readonly Numbers[],
): Promise<string> {
  const bytes = readUnpacked(io, network);
  const runtime = bytes.ok ? await openRuntime(bytes.value, samples.shape, undefined, 'disabled') : bytes;
  if (!runtime.ok) return `ONNX Runtime: not asked, ${nth(runtime.diagnostics, 0).message}`;
  try {
    const found = await runtime.value.run(samples.values, samples.count);
    if (!found.ok) return `ONNX Runtime: ${nth(found.diagnostics, 0).message}`;
    const output = nth(graph.outputs, 0);
    const zero = wordOutputs?.get(output);
    const unit = zero === undefined ? (scales?.get(output) ?? 1) : 1;
    const own = all.flatMap(({ values }) => [...values]);
    const differing = own.filter((w, i) => w !== Math.round(nth(found.value, i) / unit) - (zero ?? 0)).length;
    return `${runtime.value.name}, without optimizations: ${differing} of ${own.length} words of ${output} differ`;
  } finally {
    await runtime.value.close();
  }
}
