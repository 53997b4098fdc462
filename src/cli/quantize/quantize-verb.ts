// `magnet quantize`: a trained network in the machine's integers, written as QDQ ONNX.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { QuantizedNetwork, QuantizeQuestion } from '../../library/quantize.js';
import { quantizeNetwork, quantizeTurns } from '../../library/quantize.js';
import type { TrainedFile } from '../../library/trained.js';
import { shapedFor } from '../../library/trained.js';
import { quantizeOptionsOf } from '../../options/quantization.js';
import type { QuantizeVerbOptions } from '../../options/quantize-table.js';
import { quantizeVerb } from '../../options/quantize-table.js';
import { widthsOf } from '../../quantize/quantize-options.js';
import { fitting } from '../../quantize/quantize.js';
import { quantizeTable } from '../../report/tables/quantize-table.js';
import type { QuantizeResult } from '../../results/quantize-result.js';
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
import { loadTrained, wantedBy } from '../trained-network.js';
import { nothingAsked } from './quantized-already.js';

export async function quantize(io: Io, network: string, options: QuantizeVerbOptions): Promise<ExitCode> {
  const trained = loadTrained(io, network);
  if (trained.ok && trained.value.hasWords) return unchanged(io, network, options);
  const asked = trained.ok ? await questionOf(io, network, trained.value, options) : trained;
  if (!asked.ok) return complain(io, asked.diagnostics);
  const live = makeLive(io, quantizeTurns(asked.value), 'parts', options.quiet ?? false);
  const interruption = listen(io);
  try {
    const made = await quantizeNetwork(asked.value, turnsUntil(interruption, live));
    live.end();
    if (!made.ok) return complain(io, made.diagnostics);
    if (!made.value) {
      io.err('interrupted: nothing is written\n');
      return exit.interrupted;
    }
    return report(io, network, options, made.value);
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
  trained: TrainedFile,
  options: QuantizeVerbOptions,
): Promise<Parsed<QuantizeQuestion>> {
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
  const { batch, accumPrecision } = options;
  const graph = trained.graphFor(batch);
  if (!graph.ok) return graph;
  return parsed({ source: source.value, trained, calibration, how, batch, accumPrecision });
}

function report(
  io: Io,
  network: string,
  { output, json }: QuantizeVerbOptions,
  { overflows, file, made }: QuantizedNetwork,
): ExitCode {
  if (overflows.length > 0) {
    for (const sentence of overflows) io.err(`${sentence}\n`);
    io.err('nothing is written; take wider accumulators, or fewer bits for these layers (--layer-bits)\n');
    return exit.infeasible;
  }
  const place = { file: output, bytes: file.length };
  const written = writeFile(io, output, file);
  if (!written.ok) return complain(io, written.diagnostics);
  if (json !== '-') io.out(`${quantizeTable(made, place)}\n`);
  const result: QuantizeResult = { schema: quantizeSchema, network, made, output: place };
  const said =
    json === undefined ? parsed(undefined) : writeText(io, json, printQuantizeResult(stamped(result, io.version)));
  return said.ok ? exit.done : complain(io, said.diagnostics);
}
