// Samples and labels from files, as they enter a network.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import type { SampleFile } from '../../interchange/samples-file.js';
import { parseSamples } from '../../interchange/samples-file.js';
import { finite, normalisationOf, samplesOf } from '../../library/given-samples.js';
import type { AccuracyOptions } from '../../options/accuracy-table.js';
import type { Samples } from '../../quantize/samples.js';
import { someOf } from '../../quantize/samples.js';
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
  if (others?.ok) return parsed({ counted, calibration: others.value, names });
  // Samples that are counted set no scales.
  const before = someOf(all, 0, first);
  return before.count > 0
    ? parsed({ counted, calibration: before, names })
    : refuse(
        'conflict',
        [],
        `--calibrate and --data are both ${data}; of one file those before --first N set the scales`,
      );
}

interface Labelled extends Pick<Loaded, 'counted' | 'names'> {
  /** With those that are not counted. */
  readonly all: Samples;
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
  // Labels from elsewhere may number classes in another way.
  const names = given.value ? undefined : own.value.names;
  const classes = given.value ? given.value.values : own.value.labels;
  if (!classes) return refuse('missing', [], `${data} has no labels; give them as --labels FILE`);
  const count = nth(own.value.shape, 0);
  if (given.value && given.value.shape.length !== 1 && classes.length !== given.value.shape[0])
    return refuse(
      'wrong-shape',
      [],
      `${labels} has the sizes [${given.value.shape.join(', ')}]; expected one label for each sample`,
    );
  if (classes.length !== count)
    return refuse(
      'wrong-shape',
      [],
      `${labels ?? data} has ${classes.length} labels for ${count} samples; expected one each`,
    );
  const wrong = classes.find((x) => !Number.isInteger(x) || x < 0);
  if (wrong !== undefined)
    return refuse('out-of-range', [], `${labels ?? data} holds the label ${wrong}; expected whole numbers from 0 on`);
  const all = samplesOf(data, own.value, wanted.input, by.value, classes);
  if (!all.ok) return all;
  const counted = someOf(all.value, first, samples ?? count);
  if (counted.count === 0)
    return refuse('empty', [], `${data} has ${count} samples, none from --first ${first} on; expected at least one`);
  return parsed({ counted, all: all.value, names });
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
