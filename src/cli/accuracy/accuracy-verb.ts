// `magnet accuracy`: labelled samples through a network in real numbers and in integers.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { runHere } from '../../pool/here.js';
import { openRunner } from '../../pool/node/open-runner.js';
import type { AccuracyOptions } from '../../options/accuracy-table.js';
import type { Accuracy, Classifier, QuantizeOptions } from '../../quantize/accuracy.js';
import { accuracyOf, batch, macsIn, quantized, shareOf } from '../../quantize/accuracy.js';
import type { Verdict } from '../../quantize/paired-loss.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import { quantizeTasks } from '../../quantize/quantize-tasks.js';
import type { RuntimeScores } from '../../quantize/runtime-scores.js';
import { openRuntime } from '../../quantize/runtime-scores.js';
import type { Samples } from '../../quantize/samples.js';
import { countOf } from '../../reference/numbers.js';
import { accuracyTable } from '../../report/tables/accuracy-table.js';
import { accuracySchema, printAccuracyResult } from '../../results/accuracy-result.js';
import type { AccuracyResult } from '../../results/accuracy-result.js';
import { stamped } from '../../results/stamp.js';
import { complain, located, readUnpacked, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { packagedFile, packagedNetwork } from '../packaged.js';
import { loadWorkload } from '../read-workload.js';
import { loadSamples } from './load-samples.js';

const codes: Readonly<Record<Verdict['status'], ExitCode>> = {
  within: exit.done,
  beyond: exit.infeasible,
  undecided: exit.unsettled,
};

interface Question {
  readonly sources: Sources;
  readonly names: readonly string[] | undefined;
  readonly classifier: Classifier;
  /** Of one sample. */
  readonly graph: NetworkGraph;
  readonly counted: Samples;
  readonly calibration: Samples;
  readonly how: QuantizeOptions;
}

export async function accuracy(io: Io, network: string, options: AccuracyOptions): Promise<ExitCode> {
  const asked = await questionOf(io, network, options);
  if (!asked.ok) return complain(io, asked.diagnostics);
  const { classifier, graph, counted, calibration, how } = asked.value;
  const floats = options.float === 'onnxruntime' ? await runtimeFor(io, network, counted) : parsed(undefined);
  if (!floats.ok) return complain(io, floats.diagnostics);
  const width = widthFor(io, graph, counted, options);
  const shares = Math.ceil(counted.count / shareOf(graph, counted.count, width));
  const live = makeLive(io, Math.ceil(calibration.count / batch) + shares, 'parts', options.quiet ?? false);
  const runner = width > 1 ? openRunner(quantizeTasks, width) : runHere(quantizeTasks);
  const interruption = listen(io);
  let begun = 0;
  const turns = {
    turn: async (doing: string) => {
      if (begun > 0) live.finished(begun - 1);
      live.working(begun++, doing, false);
      await new Promise((resume) => setImmediate(resume));
      return !interruption.happened();
    },
  };
  try {
    const made = await quantized(classifier, calibration, how, turns);
    const by = { ...turns, runner, floats: floats.value };
    const found =
      made.ok && made.value ? await accuracyOf(classifier, made.value, how.bits, counted, by) : parsed(undefined);
    live.end();
    if (!made.ok || !found.ok) return complain(io, faultsOf(made, found));
    if (!found.value) {
      io.err('interrupted: an accuracy is told once all samples are classified\n');
      return exit.interrupted;
    }
    return report(io, resultOf(network, options, asked.value, found.value, floats.value?.name), options);
  } finally {
    live.end();
    interruption.release();
    await runner.close();
    await floats.value?.close();
  }
}

interface Sources {
  readonly data: string;
  readonly calibrate: string;
}

/** A network that comes with magnet has samples of its own. */
function sourcesOf(network: string, { data, calibrate }: AccuracyOptions): Parsed<Sources> {
  const own = packagedNetwork(network);
  const [counted, others] = [data ?? own?.data, calibrate ?? own?.calibrate];
  const faults = [
    ...(counted === undefined ? [missing(network, 'data', 'the samples that are classified')] : []),
    ...(others === undefined ? [missing(network, 'calibrate', 'the samples that set the scales')] : []),
  ];
  return counted === undefined || others === undefined ? refused(faults) : parsed({ data: counted, calibrate: others });
}

const missing = (network: string, option: string, what: string): Diagnostic => ({
  code: 'missing',
  path: [],
  message: `--${option} FILE is missing: ${what}; ${network} does not come with samples of its own`,
});

/** Multiply-accumulates below which threads would take longer to begin than they save. */
const worthThreads = 2e9;

function widthFor(io: Io, graph: NetworkGraph, counted: Samples, { workers }: AccuracyOptions): number {
  return workers ?? (macsIn(graph) * counted.count < worthThreads ? 1 : io.cpus);
}

async function runtimeFor(io: Io, network: string, { shape }: Samples): Promise<Parsed<RuntimeScores>> {
  const packaged = packagedFile(network);
  const bytes = packaged ? parsed(packaged) : readUnpacked(io, network);
  return bytes.ok ? located(network, await openRuntime(bytes.value, shape)) : bytes;
}

async function questionOf(io: Io, network: string, options: AccuracyOptions): Promise<Parsed<Question>> {
  const workload = loadWorkload(io, network, {});
  if (!workload.ok) return workload;
  const graph = workload.value.graph?.() ?? refuse('no-graph', [], `${network} is a list of layers; give an ONNX file`);
  if (!graph.ok) return graph;
  const weights = workload.value.weights?.(graph.value) ?? parsed(undefined);
  if (!weights.ok) return weights;
  if (!weights.value)
    return refuse('no-weights', [], `${network} has no weights; give the ONNX file of a trained network`);
  const faults = [...weights.value].flatMap(([name, values]): readonly Diagnostic[] => {
    const wrong = values.find((x) => !Number.isFinite(x));
    return wrong === undefined
      ? []
      : [{ code: 'out-of-range', path: [network], message: `weights ${name} hold ${wrong}; expected finite numbers` }];
  });
  if (faults.length > 0) return refused(faults);
  const sizesOf = (name: string | undefined) => graph.value.tensors.find((t) => t.name === name)?.shape?.slice(1);
  const [shape, scores] = [sizesOf(graph.value.inputs[0]), sizesOf(graph.value.outputs[0])];
  const sources = sourcesOf(network, options);
  if (!sources.ok) return sources;
  const samples = await loadSamples(
    io,
    { ...options, ...sources.value },
    { network, input: shape, classes: scores && countOf(scores) },
  );
  if (!samples.ok) return samples;
  const shaped = (s: Samples): Samples => ({ ...s, shape: shape ?? s.shape });
  const fits = (s: Samples) => shape === undefined || countOf(shape) === countOf(s.shape);
  const { counted, calibration, names } = samples.value;
  const { weights: byWeights, activations } = options;
  const [, weightBits = '8', bits = '8'] = /^w(\d+)a(\d+)$/.exec(options.bits) ?? [];
  const graphs = new Map<number, Parsed<NetworkGraph>>();
  return parsed({
    sources: sources.value,
    names,
    graph: graph.value,
    classifier: {
      // All batches but the last are as large: the file is read once for each size.
      graphFor: (batch) => {
        const known = graphs.get(batch);
        if (known) return known;
        const read = loadWorkload(io, network, { batch });
        const made = read.ok ? (read.value.graph?.() ?? graph) : read;
        graphs.set(batch, made);
        return made;
      },
      weights: weights.value,
    },
    counted: fits(counted) ? shaped(counted) : counted,
    calibration: fits(calibration) ? shaped(calibration) : calibration,
    how: {
      weightBits: Number(weightBits),
      bits: Number(bits),
      weights: byWeights,
      activations,
      unsigned: options.unsigned === true,
    },
  });
}

function resultOf(
  network: string,
  { first, maxLoss }: AccuracyOptions,
  { sources: { data, calibrate }, names, calibration, how }: Question,
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
      calibrate,
      samples: calibration.count,
      weightBits: how.weightBits,
      activationBits: how.bits,
      weights: how.weights,
      activations: how.activations,
      unsigned: how.unsigned,
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
