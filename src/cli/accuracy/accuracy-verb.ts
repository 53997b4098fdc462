// `magnet accuracy`: labelled samples through a network in real numbers and in integers.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import type { AccuracyOptions } from '../../options/accuracy-table.js';
import { quantizationSettings, quantizeOptionsOf } from '../../options/quantization.js';
import type { Accuracy } from '../../quantize/accuracy.js';
import { accuracyOf, classifierOf, shareOf } from '../../quantize/accuracy.js';
import type { Verdict } from '../../quantize/paired-loss.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import type { Normalisation } from '../../quantize/normalise.js';
import type { GivenQuantized } from '../../quantize/given.js';
import { givenQuantized } from '../../quantize/given.js';
import type { QuantizeOptions } from '../../quantize/quantize-options.js';
import type { Trained, Turns } from '../../quantize/quantize.js';
import { quantized, turnsOf } from '../../quantize/quantize.js';
import type { Quantized } from '../../quantize/quantized.js';
import type { RuntimeScores } from '../../quantize/runtime-scores.js';
import { openRuntime } from '../../quantize/runtime-scores.js';
import type { Samples } from '../../quantize/samples.js';
import { normalisationOf } from '../../library/given-samples.js';
import { quantizationOf } from '../../library/quantization-of.js';
import { shapedFor } from '../../library/trained.js';
import { accuracyTable } from '../../report/tables/accuracy-table.js';
import { accuracySchema, printAccuracyResult } from '../../results/accuracy-result.js';
import type { AccuracyResult } from '../../results/accuracy-result.js';
import { stamped } from '../../results/stamp.js';
import { complain, located, readUnpacked, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { nothingAsked } from '../quantize/quantized-already.js';
import { packagedFile } from '../packaged.js';
import { turnsUntil } from '../sample-turns.js';
import { openSampleRunner } from '../sample-workers.js';
import { loadTrained, wantedBy } from '../trained-network.js';
import { loadSamples } from './load-samples.js';
import { imagesOf, missedOf } from './missed-samples.js';
import type { Sources } from './sources.js';
import { sourcesOf } from './sources.js';

const codes: Readonly<Record<Verdict['status'], ExitCode>> = {
  within: exit.done,
  beyond: exit.infeasible,
  undecided: exit.unsettled,
};

interface Question {
  readonly sources: Sources;
  readonly names: readonly string[] | undefined;
  readonly trained: Trained;
  /** Of one sample. */
  readonly graph: NetworkGraph;
  readonly counted: Samples;
  /** By which samples were made what the network takes. */
  readonly normal: Normalisation;
  /** None of a file that says all scales itself. */
  readonly calibration: Samples | undefined;
  readonly how: QuantizeOptions;
}

export async function accuracy(io: Io, network: string, options: AccuracyOptions): Promise<ExitCode> {
  const asked = await questionOf(io, network, options);
  if (!asked.ok) return complain(io, asked.diagnostics);
  const { trained, graph, counted, calibration, how } = asked.value;
  const pictured = options.showSamples === undefined ? parsed(undefined) : imagesOf(counted);
  if (!pictured.ok) return complain(io, pictured.diagnostics);
  const floats = options.float === 'onnxruntime' ? await runtimeFor(io, network, counted) : parsed(undefined);
  if (!floats.ok) return complain(io, floats.diagnostics);
  const runner = openSampleRunner(io, parsed(graph), counted.count, options.workers);
  const shares = Math.ceil(counted.count / shareOf(graph, counted.count, runner.width));
  const live = makeLive(io, turnsOf(calibration?.count ?? 0, how) + shares, 'parts', options.quiet ?? false);
  const interruption = listen(io);
  const turns = turnsUntil(interruption, live);
  try {
    const made = await wordsFor(asked.value, turns);
    const by = { ...turns, runner, floats: floats.value };
    const found = made.ok && made.value ? await accuracyOf(trained, made.value, counted, by) : parsed(undefined);
    live.end();
    if (!made.ok || !found.ok) return complain(io, faultsOf(made, found));
    if (!found.value) {
      io.err('interrupted: an accuracy is told once all samples are classified\n');
      return exit.interrupted;
    }
    const result = resultOf(network, options, asked.value, found.value, floats.value?.name);
    return report(io, made.value ? { ...result, quantization: asFound(result, made.value) } : result, options);
  } finally {
    live.end();
    interruption.release();
    await runner.close();
    await floats.value?.close();
  }
}

async function runtimeFor(io: Io, network: string, { shape }: Samples): Promise<Parsed<RuntimeScores>> {
  const packaged = packagedFile(network);
  const bytes = packaged ? parsed(packaged) : readUnpacked(io, network);
  return bytes.ok ? located(network, await openRuntime(bytes.value, shape)) : bytes;
}

async function questionOf(io: Io, network: string, options: AccuracyOptions): Promise<Parsed<Question>> {
  const trained = loadTrained(io, network);
  if (!trained.ok) return trained;
  const asked = trained.value.given ? nothingAsked(network, quantizationSettings, options) : parsed(undefined);
  if (!asked.ok) return asked;
  const graph = trained.value.graphFor(1);
  if (!graph.ok) return graph;
  const sources = sourcesOf(network, options, trained.value.given !== undefined);
  if (!sources.ok) return sources;
  const samples = await loadSamples(io, { ...options, ...sources.value }, wantedBy(network, graph.value));
  if (!samples.ok) return samples;
  const counted = shapedFor(graph.value, samples.value.counted);
  const calibration = samples.value.calibration && shapedFor(graph.value, samples.value.calibration);
  const normal = normalisationOf(options);
  if (!normal.ok) return normal;
  const fits = classifierOf(graph, counted);
  const sets = fits.ok && calibration ? classifierOf(graph, calibration) : fits;
  if (!sets.ok) return sets;
  return parsed({
    sources: sources.value,
    names: samples.value.names,
    graph: graph.value,
    trained: trained.value,
    counted,
    normal: normal.value,
    calibration,
    how: quantizeOptionsOf(options),
  });
}

/** By the file where it is quantized, by samples otherwise. */
async function wordsFor({ trained, calibration, how }: Question, turns: Turns) {
  if (trained.given) return givenQuantized(trained, trained.given, calibration, turns);
  return calibration ? quantized(trained, calibration, how, turns) : parsed(undefined);
}

/** Of a file that says its words itself: what they are, and whether they are the machine's. */
function asFound({ quantization }: AccuracyResult, made: Quantized | GivenQuantized): AccuracyResult['quantization'] {
  if (!('differences' in made)) return quantization;
  const { bits = 8, unsigned } = made.words;
  return {
    ...(quantization.calibrate !== undefined && { calibrate: quantization.calibrate }),
    samples: quantization.samples,
    weightBits: bits,
    activationBits: bits,
    weights: 'given',
    activations: 'given',
    unsigned: (unsigned?.size ?? 0) > 0,
    given: { exact: made.differences.length === 0, differences: made.differences },
  };
}

function resultOf(
  network: string,
  { first, maxLoss, showSamples }: AccuracyOptions,
  { sources: { data, calibrate }, names, counted, normal, calibration, how }: Question,
  found: Accuracy,
  float: string | undefined,
): AccuracyResult {
  const { samples, classes, real, integer, confusions, noise } = found;
  const { loss, low, high, lost, won, p } = found.loss;
  const verdict = maxLoss === undefined ? undefined : verdictOn(found.loss, maxLoss);
  return {
    schema: accuracySchema,
    network,
    data: { file: data, first, samples, classes, ...(names && { names: [...names] }) },
    quantization: {
      ...(calibrate !== undefined && { calibrate }),
      samples: calibration?.count ?? 0,
      ...quantizationOf(how),
    },
    ...(float !== undefined && { float }),
    real,
    integer,
    loss: { loss, low, high, lost, won, p },
    ...(verdict &&
      maxLoss !== undefined && {
        verdict: {
          limit: maxLoss,
          status: verdict.status,
          ...(verdict.status === 'undecided' && Number.isFinite(verdict.samples) && { samples: verdict.samples }),
        },
      }),
    confusions: [...confusions],
    ...(showSamples !== undefined && { missed: missedOf(counted, found, { first, count: showSamples, normal }) }),
    noise: noise.map(({ tensor, decibels }) => ({ tensor, ...(Number.isFinite(decibels) && { decibels }) })),
  };
}

function report(io: Io, result: AccuracyResult, { json }: AccuracyOptions): ExitCode {
  if (json !== '-') io.out(`${accuracyTable(result)}\n`);
  if (json !== undefined) {
    const written = writeText(io, json, printAccuracyResult(stamped(result, io.version)));
    if (!written.ok) return complain(io, written.diagnostics);
  }
  return result.verdict ? codes[result.verdict.status] : exit.done;
}
