// `magnet quantize`: a trained network in the machine's integers, written as QDQ ONNX.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { quantizeOptionsOf } from '../../options/quantization.js';
import type { QuantizeVerbOptions } from '../../options/quantize-table.js';
import { quantizeVerb } from '../../options/quantize-table.js';
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
import type { Made, QuantizeResult } from '../../results/quantize-result.js';
import { printQuantizeResult, quantizeSchema } from '../../results/quantize-result.js';
import { stamped } from '../../results/stamp.js';
import { loadUnlabelled } from '../accuracy/load-samples.js';
import { sourceOf } from '../accuracy/sources.js';
import { contentOf } from '../content.js';
import { complain, writeFile, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { turnsUntil } from '../sample-turns.js';
import { loadTrained, shapedFor, wantedBy } from '../trained-network.js';
import { quantizationOf } from './quantization-of.js';
import { nothingAsked } from './quantized-already.js';
import { layersIn, rangesIn, tensorsIn } from './quantized-layers.js';

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
  const trained = loadTrained(io, network);
  if (trained.ok && trained.value.hasWords) return unchanged(io, network, options);
  const asked = trained.ok ? await questionOf(io, network, trained.value, options) : trained;
  if (!asked.ok) return complain(io, asked.diagnostics);
  const { source, trained: own, graph, calibration, how } = asked.value;
  const parts = turnsOf(calibration.count, how) + noiseTurns(calibration.count);
  const live = makeLive(io, parts, 'parts', options.quiet ?? false);
  const interruption = listen(io);
  const turns = turnsUntil(interruption, live);
  try {
    const made = await quantized(own, calibration, how, turns);
    const noise = made.ok && made.value ? await noiseOver(own, made.value, calibration, turns) : parsed(undefined);
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

const ofFiles = ['output', 'json', 'quiet'];
const ofQuantizing = Object.fromEntries(
  Object.entries(quantizeVerb.options).filter(([name]) => !ofFiles.includes(name)),
);

/** What is quantized stays as it is: its words are its own, and another rounding would only lose. */
function unchanged(io: Io, network: string, options: QuantizeVerbOptions): ExitCode {
  const { output, json } = options;
  const asked = nothingAsked(network, ofQuantizing, options);
  if (!asked.ok) return complain(io, asked.diagnostics);
  if (output === '-') return complain(io, binary.diagnostics);
  const bytes = contentOf(io, network, 'an ONNX file');
  if (!bytes.ok) return complain(io, bytes.diagnostics);
  if (bytes.value.kind !== 'onnx') throw new Error(`invariant: ${network} is an ONNX file`);
  const written = writeFile(io, output, bytes.value.bytes);
  if (!written.ok) return complain(io, written.diagnostics);
  if (json !== '-') io.out(`${network} is quantized already: ${output} is the same file\n`);
  const result: QuantizeResult = {
    schema: quantizeSchema,
    network,
    output: { file: output, bytes: bytes.value.bytes.length },
  };
  const told =
    json === undefined ? parsed(undefined) : writeText(io, json, printQuantizeResult(stamped(result, io.version)));
  return told.ok ? exit.done : complain(io, told.diagnostics);
}

const binary = {
  ok: false,
  diagnostics: [
    { code: 'binary', path: [], message: 'the quantized network is no text for standard output; name a file with -o' },
  ],
} as const;

async function questionOf(
  io: Io,
  network: string,
  trained: Trained,
  options: QuantizeVerbOptions,
): Promise<Parsed<Question>> {
  if (options.output === '-') return binary;
  const one = trained.graphFor(1);
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
  const graph = trained.graphFor(options.batch);
  if (!graph.ok) return graph;
  return parsed({ source: source.value, trained, graph: graph.value, calibration, how });
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
  const told: Made = {
    how: { calibrate: source, samples: calibration.count, ...quantizationOf(how) },
    equalized: made.equalized,
    layers: layersIn(graph, made, { ranges, errors, noise }),
    tensors: tensorsIn(made),
    batch,
  };
  const place = { file: output, bytes: file.value.length };
  const written = writeFile(io, output, file.value);
  if (!written.ok) return complain(io, written.diagnostics);
  if (json !== '-') io.out(`${quantizeTable(told, place)}\n`);
  const result: QuantizeResult = { schema: quantizeSchema, network, made: told, output: place };
  const said =
    json === undefined ? parsed(undefined) : writeText(io, json, printQuantizeResult(stamped(result, io.version)));
  return said.ok ? exit.done : complain(io, said.diagnostics);
}
