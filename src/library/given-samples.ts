// Numbers of a file of samples as they enter a network, by how they are to be read.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { SampleFile } from '../interchange/samples-file.js';
import type { Normalisation } from '../quantize/normalise.js';
import { normalised } from '../quantize/normalise.js';
import type { Samples } from '../quantize/samples.js';

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
