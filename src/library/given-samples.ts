// Numbers of a file of samples as they enter a network, by how they are to be read.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { SampleFile } from '../interchange/samples-file.js';
import type { Normalisation } from '../quantize/normalise.js';
import { normalised } from '../quantize/normalise.js';
import type { Samples } from '../quantize/samples.js';
import { someOf } from '../quantize/samples.js';

/** As they are typed. */
export interface NumbersTyped {
  readonly divide?: string | undefined;
  readonly mean?: string | undefined;
  readonly std?: string | undefined;
}

/**
 * Options `divide`, `mean` and `std` as they are typed, numbers with commas between them. Refused where one is no number, or none
 * above 0 for `divide` and `std`.
 */
export function normalisationOf({ divide, mean, std }: NumbersTyped): Parsed<Normalisation> {
  const by = divisorOf(divide);
  const [less, over] = [listOf('mean', mean, () => true), listOf('std', std, (x) => x > 0)];
  if (!by.ok || !less.ok || !over.ok) return refused(faultsOf(by, less, over));
  return parsed({ divide: by.value, mean: less.value, std: over.value });
}

function divisorOf(typed: string | undefined): Parsed<number | undefined> {
  if (typed === undefined) return parsed(undefined);
  const by = Number(typed);
  return Number.isFinite(by) && by > 0
    ? parsed(by)
    : refuse('invalid-value', [], `--divide ${typed}: expected a number above 0, such as 255`);
}

/** Numbers with commas between them. */
function listOf(name: string, typed: string | undefined, fine: (x: number) => boolean) {
  const numbers = typed?.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  return numbers === undefined || numbers.every((x) => Number.isFinite(x) && fine(x))
    ? parsed(numbers)
    : refuse(
        'invalid-value',
        [],
        `--${name} ${typed ?? ''}: expected ${name === 'std' ? 'numbers above 0' : 'numbers'}, one or one for each channel, ` +
          'such as 0.485,0.456,0.406',
      );
}

/**
 * Samples in memory from a file that was read. `input`: sizes of one sample as the network takes it. Refused where there are
 * none, or mean or deviation do not fit its channels.
 */
export function samplesOf(
  path: string,
  file: SampleFile,
  input: readonly number[] | undefined,
  by: Normalisation,
  labels: ArrayLike<number> = new Float64Array(nth(file.shape, 0)),
): Parsed<Samples> {
  const count = nth(file.shape, 0);
  if (count === 0) return refuse('empty', [], `${path} has no samples; expected at least one`);
  const made = normalised(file, input, by);
  return made.ok ? parsed({ ...made.value, count, labels }) : made;
}

/** The file as it is; refused where some of its numbers are not finite. */
export function finite(path: string, file: SampleFile): Parsed<SampleFile> {
  const bad = file.values.find((x) => !Number.isFinite(x));
  return bad === undefined ? parsed(file) : refuse('out-of-range', [], `${path} holds ${bad}; expected finite numbers`);
}

/** Numbers of files that `labelledOf` puts together. */
export interface LabelledAsked {
  /** What the files are called, and what is in them; `labels` where samples do not say their classes themselves. */
  readonly data: string;
  readonly labels?: string | undefined;
  readonly own: SampleFile;
  readonly given: SampleFile | undefined;
  /** The first that counts, and how many do: all where it is not said. */
  readonly first: number;
  readonly samples?: number | undefined;
  readonly input: readonly number[] | undefined;
  readonly by: Normalisation;
}

/** What `labelledOf` answers. */
export interface Labelled {
  readonly counted: Samples;
  /** With those that are not counted. */
  readonly all: Samples;
  /** Of the classes, where they have names. */
  readonly names: readonly string[] | undefined;
}

/** Samples with their classes: refused where some have none, or what is none. */
export function labelledOf(asked: LabelledAsked): Parsed<Labelled> {
  const { data, labels, own, given, first, samples } = asked;
  // Labels from elsewhere may number classes in another way.
  const names = given ? undefined : own.names;
  const classes = given ? given.values : own.labels;
  if (!classes) return refuse('missing', [], `${data} has no labels; give them as --labels FILE`);
  const count = nth(own.shape, 0);
  if (given && given.shape.length !== 1 && classes.length !== given.shape[0])
    return refuse(
      'wrong-shape',
      [],
      `${labels} has the sizes [${given.shape.join(', ')}]; expected one label for each sample`,
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
  const all = samplesOf(data, own, asked.input, asked.by, classes);
  if (!all.ok) return all;
  const counted = someOf(all.value, first, samples ?? count);
  if (counted.count === 0)
    return refuse('empty', [], `${data} has ${count} samples, none from --first ${first} on; expected at least one`);
  return parsed({ counted, all: all.value, names });
}

/** Samples that are counted set no scales: of one file it is those before the first that counts. */
export function samplesBefore(data: string, all: Samples, first: number): Parsed<Samples> {
  const before = someOf(all, 0, first);
  return before.count > 0
    ? parsed(before)
    : refuse(
        'conflict',
        [],
        `--calibrate and --data are both ${data}; of one file those before --first N set the scales`,
      );
}
