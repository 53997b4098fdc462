// `accuracy`: labelled samples through a trained network in real numbers and in the machine's integers.

import type { AccuracyCommand, Network, Normalisation, Parsed, QuantizeOptions, TrainedFile } from 'magnet-accelerator';
import { accuracyVerb, commandLine, normalisationOf, quantizeOptionsOf, widthsOf } from 'magnet-accelerator';
import { firstQuestion } from '../question.js';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, located, parsed, refuse, refused } from './given.js';
import type { Read } from './network-of.js';
import type { NamedSamples } from './quantize.js';
import { layerBitsIn, samplesIn, trainedIn, typed } from './quantize.js';

export interface AskedAccuracy {
  readonly verb: 'accuracy';
  readonly command: string;
  readonly network: Network;
  readonly trained: TrainedFile;
  /** As the command line names them. */
  readonly given: Pick<Question, 'network' | 'data' | 'labels' | 'samples'>;
  readonly data: NamedSamples;
  /** None where samples say their classes themselves, or where nothing is left for samples to set. */
  readonly labels: NamedSamples | undefined;
  readonly calibration: NamedSamples | undefined;
  readonly normal: Normalisation;
  readonly how: QuantizeOptions;
  readonly first: number;
  readonly maxLoss: number | undefined;
}

/** What a file of words says itself. */
const ownWords = ['bits', 'layerBits', 'unsigned', 'equalize'] as const;

export function askedAccuracy(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedAccuracy> {
  const { options } = accuracyVerb;
  const trained = trainedIn(q, files);
  const isGiven = trained.ok && trained.value.given !== undefined;
  const data = samplesIn(q.data, files, 'no labelled samples; drop some: IDX, .npy, .npz or CSV');
  const labels = q.labels === '' ? parsed(undefined) : samplesIn(q.labels, files);
  const calibration = isGiven && q.samples === '' ? parsed(undefined) : samplesIn(q.samples, files);
  const bits = located('--bits', options.bits.type.read(q.bits));
  const layerBits = located('--layer-bits', layerBitsIn(q.layerBits));
  const [divide, mean, std] = [typed(q.divide), typed(q.mean), typed(q.std)];
  const normal = normalisationOf({ divide, mean, std });
  const first = located('--first', q.first === '' ? parsed(0) : options.first.type.read(q.first));
  const limit = q.maxLoss === '' ? parsed(undefined) : options.maxLoss.type.read(q.maxLoss);
  const maxLoss = located('--max-loss', limit);
  const said = isGiven && ownWords.some((name) => q[name] !== firstQuestion[name]);
  const isShared = q.data !== '' && q.data === q.samples && first.ok && first.value === 0;
  const apart = isShared
    ? refuse(
        `${q.data} both sets the scales and is counted; choose other samples, or say which is the first that counts`,
      )
    : parsed(undefined);
  const own = said
    ? refuse(`${q.network} is quantized already, and has its own words; say nothing of precision, signs and channels`)
    : parsed(undefined);
  if (!read.ok || !trained.ok || !data.ok || !labels.ok || !calibration.ok || !bits.ok || !layerBits.ok || !own.ok)
    return refused(
      faultsOf(read, trained, data, labels, calibration, bits, layerBits, own, normal, first, maxLoss, apart),
    );
  if (!normal.ok || !first.ok || !maxLoss.ok || !apart.ok) return refused(faultsOf(normal, first, maxLoss, apart));
  const values = {
    ...defaults(accuracyVerb),
    data: q.data,
    ...(q.labels !== '' && { labels: q.labels }),
    ...(q.samples !== '' && { calibrate: q.samples }),
    bits: bits.value,
    ...(layerBits.value && { layerBits: layerBits.value }),
    ...(q.unsigned && { unsigned: true }),
    ...(q.equalize && { equalize: true }),
    divide,
    mean,
    std,
    first: first.value,
    ...(maxLoss.value !== undefined && { maxLoss: maxLoss.value }),
  } as AccuracyCommand;
  const how = quantizeOptionsOf(values);
  const one = trained.value.graphFor(1);
  const widths = !one.ok || isGiven ? one : widthsOf(one.value, how);
  if (!widths.ok) return widths;
  return parsed({
    verb: 'accuracy',
    command: commandLine(accuracyVerb, [q.network], values),
    network: read.value.network,
    trained: trained.value,
    given: { network: q.network, data: q.data, labels: q.labels, samples: q.samples },
    data: data.value,
    labels: labels.value,
    calibration: calibration.value,
    normal: normal.value,
    how,
    first: first.value,
    maxLoss: maxLoss.value,
  });
}
