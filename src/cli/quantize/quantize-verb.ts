// `magnet quantize`: a trained network in the machine's integers, written as QDQ ONNX.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { quantizeOptionsOf } from '../../options/quantization.js';
import type { QuantizeVerbOptions } from '../../options/quantize-table.js';
import { floatErrors } from '../../qdq/float-errors.js';
import { qdqFile } from '../../qdq/qdq-file.js';
import type { Noise } from '../../quantize/noise.js';
import type { QuantizeOptions } from '../../quantize/quantize-options.js';
import { widthsOf } from '../../quantize/quantize-options.js';
import type { Trained } from '../../quantize/quantize.js';
import { fitting, noiseOver, noiseTurns, quantized, turnsOf } from '../../quantize/quantize.js';
import type { Quantized } from '../../quantize/quantized.js';
import type { Samples } from '../../quantize/samples.js';
import { overflows } from '../../quantize/sum-ranges.js';
import { quantizeTable } from '../../report/tables/quantize-table.js';
import type { QuantizeResult } from '../../results/quantize-result.js';
import { printQuantizeResult, quantizeSchema } from '../../results/quantize-result.js';
import { stamped } from '../../results/stamp.js';
import { loadUnlabelled } from '../accuracy/load-samples.js';
import { sourceOf } from '../accuracy/sources.js';
import { complain, writeFile, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { loadTrained, shapedFor, wantedBy } from '../trained-network.js';
import { quantizationOf } from './quantization-of.js';
import { layersIn, rangesIn } from './quantized-layers.js';

interface Question {
  /** Of the samples that set scales. */
  readonly source: string;
  readonly trained: Trained;
  /** Of as many samples as the file is to take. */
  readonly graph: NetworkGraph;
  readonly calibration: Samples;
  readonly how: QuantizeOptions;
}

export async function quantize(io: Io, network: string, options: QuantizeVerbOptions): Promise<ExitCode> {
  const asked = await questionOf(io, network, options);
  if (!asked.ok) return complain(io, asked.diagnostics);
  const { source, trained, graph, calibration, how } = asked.value;
  const parts = turnsOf(calibration.count, how) + noiseTurns(calibration.count);
  const live = makeLive(io, parts, 'parts', options.quiet ?? false);
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
    const made = await quantized(trained, calibration, how, turns);
    const noise = made.ok && made.value ? await noiseOver(trained, made.value, calibration, turns) : parsed(undefined);
    live.end();
    if (!made.ok || !noise.ok) return complain(io, faultsOf(made, noise));
    if (!made.value || !noise.value) {
      io.err('interrupted: nothing is written\n');
      return exit.interrupted;
    }
    return report(io, network, options, { source, graph, calibration, how, made: made.value, noise: noise.value });
  } finally {
    live.end();
    interruption.release();
  }
}

async function questionOf(io: Io, network: string, options: QuantizeVerbOptions): Promise<Parsed<Question>> {
  if (options.output === '-')
    return refuse('binary', [], 'the quantized network is no text for standard output; name a file with -o');
  const trained = loadTrained(io, network);
  if (!trained.ok) return trained;
  const one = trained.value.graphFor(1);
  if (!one.ok) return one;
  const how = quantizeOptionsOf(options);
  const widths = widthsOf(one.value, how);
  if (!widths.ok) return widths;
  const source = sourceOf(network, 'calibrate', options.calibrate);
  if (!source.ok) return source;
  const samples = await loadUnlabelled(io, source.value, options, wantedBy(network, one.value));
  if (!samples.ok) return samples;
  const calibration = shapedFor(one.value, samples.value);
  const fits = fitting(one, calibration);
  if (!fits.ok) return fits;
  const graph = trained.value.graphFor(options.batch);
  if (!graph.ok) return graph;
  return parsed({ source: source.value, trained: trained.value, graph: graph.value, calibration, how });
}

interface Found {
  readonly source: string;
  readonly graph: NetworkGraph;
  readonly calibration: Samples;
  readonly how: QuantizeOptions;
  readonly made: Quantized;
  readonly noise: readonly Noise[];
}

function report(
  io: Io,
  network: string,
  { output, json, accumPrecision, batch }: QuantizeVerbOptions,
  { source, graph, calibration, how, made, noise }: Found,
): ExitCode {
  const ranges = rangesIn(graph, made);
  const over = accumPrecision === undefined ? [] : overflows(ranges, graph.steps, accumPrecision);
  if (over.length > 0) {
    for (const sentence of over) io.err(`${sentence}\n`);
    io.err('nothing is written; take wider accumulators, or fewer bits for these layers (--layer-bits)\n');
    return exit.infeasible;
  }
  const { tensorBits, bits = how.bits } = made.words;
  const widest = [...(tensorBits?.values() ?? []), bits, how.weightBits].reduce((n, b) => Math.max(n, b), 0);
  const all = new Map(graph.tensors.map(({ name }) => [name, tensorBits?.get(name) ?? bits]));
  const file = qdqFile(graph, made.integers, { bits: widest, scales: made.scales, tensorBits: all });
  if (!file.ok) return complain(io, file.diagnostics);
  const errors = floatErrors(graph, made.integers, widest, all);
  const result: QuantizeResult = {
    schema: quantizeSchema,
    network,
    quantization: { calibrate: source, samples: calibration.count, ...quantizationOf(how) },
    equalized: made.equalized,
    layers: layersIn(graph, made, { ranges, errors, noise }),
    output: { file: output, batch, bytes: file.value.length },
  };
  const written = writeFile(io, output, file.value);
  if (!written.ok) return complain(io, written.diagnostics);
  if (json !== '-') io.out(`${quantizeTable(result)}\n`);
  if (json !== undefined) {
    const told = writeText(io, json, printQuantizeResult(stamped(result, io.version)));
    if (!told.ok) return complain(io, told.diagnostics);
  }
  return exit.done;
}
