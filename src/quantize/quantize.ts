// A trained network in words: scales of all tensors from samples, the integers that follow, and corrections on them.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { GivenWords } from '../model/workload/given-words.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { unsignedTensors } from '../model/workload/unsigned-tensors.js';
import { integersBy } from '../reference/calibrate.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { runGraph } from '../reference/run-graph.js';
import { snappedScales } from '../reference/snapped.js';
import { biasCorrected, Corrections, RealMeans } from './bias-correction.js';
import { correctedInLanes } from './corrected-in-lanes.js';
import { equalizable, equalized } from './equalization.js';
import type { Noise, NoiseSum } from './noise.js';
import { noiseIn, noiseOf } from './noise.js';
import { ChannelSizes, clippedSize, Observed } from './observed.js';
import type { QuantizeOptions } from './quantize-options.js';
import { widthsOf } from './quantize-options.js';
import type { Quantized } from './quantized.js';
import { inputLimitOf, realRunner, wordRunner, wordsOf } from './quantized.js';
import type { Samples } from './samples.js';
import { someOf, tensorOf } from './samples.js';

/** A network as it is read for some batch, and the numbers of its weights. */
export interface Trained {
  readonly graphFor: (batch: number) => Parsed<NetworkGraph>;
  readonly weights: RealWeights;
  /** What its file says of its words, where others have quantized it. */
  readonly given?: GivenWords | undefined;
}

/** What is gone on with between batches. */
export interface Turns {
  /** Before each batch: lets others have their turn; false where it is to end. */
  readonly turn: (doing: 'calibrating' | 'correcting' | 'classifying') => Promise<boolean>;
}

/** Samples from one turn of others to the next; packs of lanes are whole. */
export const batch = 40;
/** Samples by which noise is measured: every tensor of each in both kinds of numbers. */
export const listened = 200;
/** Numbers that the tensors of all samples have at most that are in one run. */
const room = 2 ** 24;
/** Samples by whose averages biases are corrected. */
const averaged = 400;

/** How often `quantized` asks for a turn, at most. */
export const turnsOf = (samples: number, { equalize, biasCorrection }: QuantizeOptions): number =>
  Math.ceil(samples / batch) * (equalize ? 2 : 1) + (biasCorrection ? 2 : 0);
/** And `noiseOver`. */
export const noiseTurns = (samples: number): number => Math.ceil(Math.min(samples, listened) / batch);

/** What samples say of a network in real numbers: the same for all precisions. */
export interface Calibrated {
  readonly graphFor: Trained['graphFor'];
  /** Of one sample. */
  readonly graph: NetworkGraph;
  readonly samples: Samples;
  /** Those of the network, or as equalization left them, and between how many layers it did. */
  readonly weights: RealWeights;
  readonly pairs: number;
  readonly observed: Observed;
  /** Where biases are corrected: averages of the channels over some samples, and the network for so many. */
  readonly averages: { readonly means: RealMeans; readonly graph: NetworkGraph; readonly sample: Numbers } | undefined;
}

/** Settings on which they depend. */
export type CalibrateOptions = Pick<QuantizeOptions, 'equalize' | 'granularity' | 'biasCorrection'>;

/** Undefined where it was told to end. */
export async function calibrated(
  { graphFor, weights }: Trained,
  samples: Samples,
  how: CalibrateOptions,
  { turn }: Turns,
): Promise<Parsed<Calibrated | undefined>> {
  const read = fitting(graphFor(1), samples);
  if (!read.ok) return read;
  const graph = read.value;
  if (samples.count === 0) return refuse('empty', [], 'no samples to set scales by; expected at least one');

  let trained = { weights, pairs: 0 };
  if (how.equalize && equalizable(graph).length > 0) {
    const sizes = new ChannelSizes();
    const seen = await eachBatch(graph, weights, samples, turn, (tensors) => sizes.add(tensors));
    if (seen !== 'done') return seen;
    trained = equalized(graph, weights, how.granularity, (tensor) => sizes.of(tensor));
  }
  const observed = new Observed(graph);
  const seen = await eachBatch(graph, trained.weights, samples, turn, (tensors) => observed.add(tensors));
  if (seen !== 'done') return seen;
  const found = { graphFor, graph, samples, ...trained, observed };
  if (!how.biasCorrection) return parsed({ ...found, averages: undefined });

  // Every sample is in the same run: a layer is corrected by the average of all.
  const count = Math.min(samples.count, averaged, Math.max(1, Math.floor(room / numbersOf(graph))));
  const many = fitting(graphFor(count), samples, count);
  if (!many.ok) return many;
  const sample = tensorOf(samples, 0, count);
  const means = new RealMeans(trained.weights);
  if (!(await turn('correcting'))) return parsed(undefined);
  const real = runGraph(many.value, inputOf(many.value, sample), means.arithmetic);
  return real.ok ? parsed({ ...found, averages: { means, graph: many.value, sample } }) : real;
}

/**
 * A trained network in the machine's integers, with scales set by samples. Undefined where it was told to end; refused where
 * samples do not fit, or `how` names what is no layer.
 */
export async function quantized(
  trained: Trained,
  samples: Samples,
  how: QuantizeOptions,
  turns: Turns,
): Promise<Parsed<Quantized | undefined>> {
  const graph = fitting(trained.graphFor(1), samples);
  // What names no layer is said before samples run.
  const widths = graph.ok ? widthsOf(graph.value, how) : graph;
  if (!widths.ok) return widths;
  const by = await calibrated(trained, samples, how, turns);
  return by.ok && by.value ? quantizedBy(by.value, how, turns) : by.ok ? parsed(undefined) : by;
}

/** The words of one precision; undefined where it was told to end. */
export async function quantizedBy(
  { graph, samples, weights, pairs, observed, averages }: Calibrated,
  how: QuantizeOptions,
  { turn }: Turns,
): Promise<Parsed<Quantized | undefined>> {
  const widths = widthsOf(graph, how);
  if (!widths.ok) return widths;
  const inputs = new Set(samples.values.every((v) => v >= 0) ? graph.inputs : []);
  const words = {
    ...widths.value,
    bits: how.bits,
    weightBits: how.weightBits,
    unsigned: how.unsigned ? unsignedTensors(graph, how.bits, inputs) : undefined,
  };
  const scales = snappedScales(graph, observed.scales(how.activations, words));
  const integers = integersBy(graph, weights, scales, {
    ...words,
    clipWeights: (values, top) => clippedSize(values, how.weights, top),
    perTensor: how.granularity === 'tensor',
    snapped: true,
  });
  const largest = new Map(graph.tensors.map(({ name }) => [name, observed.largest(name)]));
  const histograms = observed.histograms();
  const found = { scales, integers, weights, words, largest, histograms, equalized: pairs };
  if (!averages) return parsed({ ...found, corrections: new Map() });
  if (!(await turn('correcting'))) return parsed(undefined);
  const given = wordsOf(averages.graph, found, averages.sample);
  const fresh = () => new Corrections(integers, scales, averages.means);
  const inLanes = correctedInLanes(graph, fresh(), given, inputLimitOf(graph, words));
  const corrected = inLanes ? parsed(inLanes) : biasCorrected(averages.graph, fresh(), given);
  return corrected.ok
    ? parsed({ ...found, integers: corrected.value.integers, corrections: corrected.value.changes })
    : corrected;
}

/** Signal to noise of all tensors over the first samples; undefined where it was told to end. */
export async function noiseOver(
  { graphFor }: Trained,
  of: Quantized,
  samples: Samples,
  { turn }: Turns,
): Promise<Parsed<readonly Noise[] | undefined>> {
  const graph = fitting(graphFor(1), samples);
  if (!graph.ok) return graph;
  const sums: NoiseSum[] = [];
  const faults: Diagnostic[] = [];
  const words = wordRunner(graph.value, of);
  const some = someOf(samples, 0, listened);
  const seen = await eachBatch(graph.value, of.weights, some, turn, (real, sample) => {
    const own = words(wordsOf(graph.value, of, sample));
    if (own.ok) sums.push(...noiseIn(real, own.value, of.scales));
    else faults.push(...own.diagnostics);
  });
  if (faults.length > 0) return refused(faults);
  return seen === 'done' ? parsed(noiseOf(sums)) : seen;
}

/** By the definitions, in real numbers. */
async function eachBatch(
  graph: NetworkGraph,
  weights: RealWeights,
  samples: Samples,
  turn: Turns['turn'],
  look: (tensors: ReadonlyMap<string, Numbers>, sample: Numbers) => void,
): Promise<Parsed<undefined> | 'done'> {
  const run = realRunner(graph, weights);
  for (let at = 0; at < samples.count; at += batch) {
    if (!(await turn('calibrating'))) return parsed(undefined);
    const sample = tensorOf(samples, at, Math.min(batch, samples.count - at));
    const tensors = run(inputOf(graph, sample));
    if (!tensors.ok) return tensors;
    look(tensors.value, sample);
  }
  return 'done';
}

const inputOf = (graph: NetworkGraph, x: Numbers): ReadonlyMap<string, Numbers> => new Map([[nth(graph.inputs, 0), x]]);

/** Of all its tensors for one sample. */
const numbersOf = ({ tensors }: NetworkGraph): number => tensors.reduce((n, { shape }) => n + countOf(shape ?? []), 0);

/** Refused where samples are none of the network's input. */
export function fitting(graph: Parsed<NetworkGraph>, samples: Samples, batched = 1): Parsed<NetworkGraph> {
  if (!graph.ok) return graph;
  const { name, inputs, tensors } = graph.value;
  if (inputs.length !== 1)
    return refuse(
      'not-one-input',
      [],
      `${name} has ${inputs.length} inputs (${inputs.join(', ')}); expected one, of which the file of samples holds the numbers`,
    );
  const first = tensors.find((t) => t.name === inputs[0])?.shape;
  if (first && first[0] !== batched)
    return refuse(
      'wrong-shape',
      [],
      `${name} takes [${first.join(', ')}], ${first[0] ?? 0} samples at a time; ` +
        `expected ${batched === 1 ? 'one' : batched}: export it with a first axis of 1, or a named one`,
    );
  if (!first || countOf(first.slice(1)) !== countOf(samples.shape))
    return refuse(
      'wrong-shape',
      [],
      `samples are of ${countOf(samples.shape)} numbers; ${name} takes ` +
        (first ? `[${first.slice(1).join(', ')}], ${countOf(first.slice(1))} numbers` : 'an input of no known shape'),
    );
  return graph;
}
