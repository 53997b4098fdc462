// Samples and labels from files, as they enter a network.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import type { SampleFile } from '../../interchange/samples-file.js';
import { parseSamples } from '../../interchange/samples-file.js';
import type { Labelled } from '../../library/given-samples.js';
import { finite, labelledOf, normalisationOf, samplesBefore, samplesOf } from '../../library/given-samples.js';
import type { AccuracyOptions } from '../../options/accuracy-table.js';
import type { Samples } from '../../quantize/samples.js';
import { located, readBytes, unpacked } from '../files.js';
import type { Io } from '../io.js';
import { packagedSamples } from '../packaged.js';
import type { Wanted } from './image-folder.js';
import { namesIn, readFolder } from './image-folder.js';

/** With the samples that a network is judged by, and those that set its scales. */
export type SampleOptions = Pick<AccuracyOptions, 'labels' | 'divide' | 'mean' | 'std' | 'first' | 'samples'> & {
  readonly data: string;
  readonly calibrate: string | undefined;
};

interface Loaded {
  readonly counted: Samples;
  readonly calibration: Samples | undefined;
  /** Of the classes, where they have names. */
  readonly names: readonly string[] | undefined;
}

export async function loadSamples(io: Io, options: SampleOptions, wanted: Wanted): Promise<Parsed<Loaded>> {
  const { data, calibrate, first } = options;
  // What is wrong with how numbers are read is told once.
  const by = normalisationOf(options);
  if (!by.ok) return by;
  const own = await loadLabelled(io, options, wanted);
  const others =
    calibrate === undefined || calibrate === data ? undefined : await loadUnlabelled(io, calibrate, options, wanted);
  if (!own.ok || others?.ok === false) return refused(faultsOf(own, ...(others ? [others] : [])));
  const { counted, all, names } = own.value;
  if (calibrate === undefined) return parsed({ counted, calibration: undefined, names });
  const calibration = others ?? samplesBefore(data, all, first);
  return calibration.ok ? parsed({ counted, calibration: calibration.value, names }) : calibration;
}

export async function loadLabelled(
  io: Io,
  options: Omit<SampleOptions, 'calibrate'>,
  wanted: Wanted,
): Promise<Parsed<Labelled>> {
  const { data, labels, first, samples } = options;
  const by = normalisationOf(options);
  const own = await readSamples(io, data, wanted, samples === undefined ? undefined : first + samples);
  const given = labels === undefined ? parsed(undefined) : await readArray(io, labels, 'labels');
  if (!by.ok || !own.ok || !given.ok) return refused(faultsOf(by, own, given));
  return labelledOf({
    data,
    labels,
    own: own.value,
    given: given.value,
    first,
    samples,
    input: wanted.input,
    by: by.value,
  });
}

/** Whether samples say their classes themselves: of a packaged network, of a folder, or in the last column of a table. */
export const hasLabels = (io: Io, path: string): boolean =>
  packagedSamples(path) !== undefined || namesIn(io, path) !== undefined || /\.csv(\.gz)?$/i.test(path);

/** Samples of a file or a folder without regard to labels. */
export async function loadUnlabelled(
  io: Io,
  path: string,
  options: Pick<SampleOptions, 'divide' | 'mean' | 'std'>,
  wanted: Wanted,
): Promise<Parsed<Samples>> {
  const by = normalisationOf(options);
  const file = await readSamples(io, path, wanted);
  if (!by.ok || !file.ok) return refused(faultsOf(by, file));
  return samplesOf(path, file.value, wanted.input, by.value);
}

/** A file, or a folder of images; of these `most` at most. */
async function readSamples(io: Io, path: string, wanted: Wanted, most?: number): Promise<Parsed<SampleFile>> {
  const packaged = packagedSamples(path);
  if (packaged) {
    const images = await parseSamples(packaged.bytes, 'samples', packaged.images);
    const labels = await parseSamples(packaged.bytes, 'labels', packaged.labels);
    return images.ok && labels.ok
      ? parsed({ ...images.value, labels: labels.value.values, names: packaged.names })
      : refused(faultsOf(images, labels));
  }
  if (namesIn(io, path) !== undefined) return readFolder(io, path, wanted, most);
  const file = await readArray(io, path, 'samples');
  return file.ok ? finite(path, file.value) : file;
}

/** `FILE#NAME` is an array of a .npz file; a sign that is part of a file's name stays with it. */
async function readArray(io: Io, given: string, what: 'samples' | 'labels'): Promise<Parsed<SampleFile>> {
  const [, file, name] = /^(.+)#(.*)$/.exec(given) ?? [];
  const isNamed = file !== undefined && name !== undefined && !readBytes(io, given).ok;
  const path = isNamed ? file : given;
  const packed = readBytes(io, path);
  const bytes = packed.ok ? unpacked(path, packed.value) : packed;
  return bytes.ok ? located(path, await parseSamples(bytes.value, what, isNamed ? name : undefined)) : bytes;
}
