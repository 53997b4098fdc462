// `magnet accuracy`: labelled samples through a network in real numbers and in integers.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import type { AccuracyOptions } from '../../options/accuracy-table.js';
import { quantizationSettings, quantizeOptionsOf } from '../../options/quantization.js';
import type { Verdict } from '../../quantize/paired-loss.js';
import type { RuntimeScores } from '../../quantize/runtime-scores.js';
import { openRuntime } from '../../quantize/runtime-scores.js';
import type { Samples } from '../../quantize/samples.js';
import type { AccuracyQuestion } from '../../library/accuracy.js';
import { accuracyTurns, classifierFor, measureAccuracy } from '../../library/accuracy.js';
import { normalisationOf } from '../../library/given-samples.js';
import { imagesOf } from '../../library/missed-samples.js';
import { shapedFor } from '../../library/trained.js';
import { accuracyTable } from '../../report/tables/accuracy-table.js';
import { printAccuracyResult } from '../../results/accuracy-result.js';
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
import { sourcesOf } from './sources.js';

const codes: Readonly<Record<Verdict['status'], ExitCode>> = {
  within: exit.done,
  beyond: exit.infeasible,
  undecided: exit.unsettled,
};

interface Question extends AccuracyQuestion {
  /** Of one sample. */
  readonly graph: NetworkGraph;
}

export async function accuracy(io: Io, network: string, options: AccuracyOptions): Promise<ExitCode> {
  const asked = await questionOf(io, network, options);
  if (!asked.ok) return complain(io, asked.diagnostics);
  const { graph, counted } = asked.value;
  const floats = options.float === 'onnxruntime' ? await runtimeFor(io, network, counted) : parsed(undefined);
  if (!floats.ok) return complain(io, floats.diagnostics);
  const runner = openSampleRunner(io, parsed(graph), counted.count, options.workers);
  const live = makeLive(io, accuracyTurns(asked.value, runner.width), 'parts', options.quiet ?? false);
  const interruption = listen(io);
  const turns = turnsUntil(interruption, live);
  try {
    const found = await measureAccuracy(asked.value, { ...turns, runner, floats: floats.value });
    live.end();
    if (!found.ok) return complain(io, found.diagnostics);
    if (!found.value) {
      io.err('interrupted: an accuracy is told once all samples are classified\n');
      return exit.interrupted;
    }
    return report(io, found.value, options);
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
  const fits = classifierFor(graph, counted, calibration);
  if (!fits.ok) return fits;
  const { showSamples, maxLoss, first } = options;
  const pictured = showSamples === undefined ? parsed(undefined) : imagesOf(counted);
  if (!pictured.ok) return pictured;
  return parsed({
    network,
    ...sources.value,
    names: samples.value.names,
    graph: graph.value,
    trained: trained.value,
    first,
    counted,
    calibration,
    how: quantizeOptionsOf(options),
    maxLoss,
    pictures: showSamples === undefined ? undefined : { count: showSamples, normal: normal.value },
  });
}

function report(io: Io, result: AccuracyResult, { json }: AccuracyOptions): ExitCode {
  if (json !== '-') io.out(`${accuracyTable(result)}\n`);
  if (json !== undefined) {
    const written = writeText(io, json, printAccuracyResult(stamped(result, io.version)));
    if (!written.ok) return complain(io, written.diagnostics);
  }
  return result.verdict ? codes[result.verdict.status] : exit.done;
}
