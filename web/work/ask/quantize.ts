// `quantize`: a trained network in the machine's integers, with scales set by samples from a file.

import type { Network, Normalisation, Parsed, QuantizeCommand, QuantizeOptions, TrainedFile } from 'magnet-accelerator';
import {
  commandLine,
  normalisationOf,
  onnxNetwork,
  quantizeOptionsOf,
  quantizeVerb,
  trainedOf,
  widthsOf,
} from 'magnet-accelerator';
import type { DroppedFile, Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, fileNamed, located, parsed, refuse, refused, stem } from './given.js';
import type { Read } from './network-of.js';

export interface AskedQuantize extends NamedSamples {
  readonly verb: 'quantize';
  readonly command: string;
  readonly network: Network;
  readonly trained: TrainedFile;
  /** As the command line names them. */
  readonly given: Pick<Question, 'network' | 'samples'>;
  readonly normal: Normalisation;
  readonly how: QuantizeOptions;
  readonly batch: number;
  readonly accumPrecision: number | undefined;
  /** What the quantized network is called. */
  readonly output: string;
}

/** Of what nothing is said of, undefined. */
export const typed = (text: string): string | undefined => (text === '' ? undefined : text);

export function askedQuantize(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedQuantize> {
  const { options } = quantizeVerb;
  const trained = realIn(q, files);
  const samples = samplesIn(q.samples, files);
  const bits = located('--bits', options.bits.type.read(q.bits));
  const layerBits = located('--layer-bits', layerBitsIn(q.layerBits));
  const [divide, mean, std] = [typed(q.divide), typed(q.mean), typed(q.std)];
  const normal = normalisationOf({ divide, mean, std });
  const accum = q.accumPrecision === '' ? parsed(undefined) : options.accumPrecision.type.read(q.accumPrecision);
  const accumPrecision = located('--accum-precision', accum);
  if (!read.ok || !trained.ok || !samples.ok || !bits.ok || !layerBits.ok || !normal.ok || !accumPrecision.ok)
    return refused(faultsOf(read, trained, samples, bits, layerBits, normal, accumPrecision));
  const batch = q.batch === '' ? options.batch.default : Number(q.batch);
  const output = `${stem(q.network)}-${bits.value}.onnx`;
  const values = {
    ...defaults(quantizeVerb),
    calibrate: q.samples,
    output,
    bits: bits.value,
    ...(layerBits.value && { layerBits: layerBits.value }),
    ...(q.unsigned && { unsigned: true }),
    ...(q.equalize && { equalize: true }),
    divide,
    mean,
    std,
    accumPrecision: accumPrecision.value,
    batch,
  } as QuantizeCommand;
  const how = quantizeOptionsOf(values);
  const one = trained.value.graphFor(1);
  const widths = one.ok ? widthsOf(one.value, how) : one;
  if (!widths.ok) return widths;
  return parsed({
    verb: 'quantize',
    command: `${commandLine(quantizeVerb, [q.network], values)} -o ${output}`,
    network: read.value.network,
    trained: trained.value,
    given: { network: q.network, samples: q.samples },
    ...samples.value,
    normal: normal.value,
    how,
    batch,
    accumPrecision: accumPrecision.value,
    output,
  });
}

function realIn(q: Question, files: Files): Parsed<TrainedFile> {
  const trained = trainedIn(q, files);
  return trained.ok && trained.value.hasWords
    ? refuse(`${q.network} is quantized already, and has its own words; drop the network in real numbers`)
    : trained;
}

export function trainedIn({ network }: Question, files: Files): Parsed<TrainedFile> {
  const file = fileNamed(files, network);
  if (!file || !/\.onnx$/i.test(network))
    return refuse(`${network} has no weights; drop the ONNX file of a trained network`);
  const read = (batch: number | undefined) =>
    onnxNetwork(file.bytes, stem(network), { steps: true, ...(batch !== undefined && { batch }) });
  return located(network, trainedOf(network, read));
}

/** Numbers of a file, or of one of its arrays. */
export interface NamedSamples {
  readonly samples: DroppedFile;
  /** Of a .npz file, which of its arrays. */
  readonly array: string | undefined;
}

/** `samples.npz#test_images` is an array of a file. */
export function samplesIn(
  name: string,
  files: Files,
  none = 'no samples set the scales; drop some: IDX, .npy, .npz or CSV',
): Parsed<NamedSamples> {
  if (name === '') return refuse(none);
  const own = fileNamed(files, name);
  const [, path, array] = /^(.+)#(.*)$/.exec(name) ?? [];
  const file = own ?? (path === undefined ? undefined : fileNamed(files, path));
  return file
    ? parsed({ samples: file, array: own ? undefined : array })
    : refuse(`${name}: the file of samples is not here; drop it again`);
}

export function layerBitsIn(
  text: string,
): ReturnType<typeof quantizeVerb.options.layerBits.type.read> | Parsed<undefined> {
  const { type } = quantizeVerb.options.layerBits;
  let all: Parsed<Readonly<Record<string, string>> | undefined> = parsed(undefined);
  for (const part of text.split(',').filter((p) => p.trim() !== ''))
    if (all.ok) all = type.read(part.trim(), all.value);
  return all;
}
