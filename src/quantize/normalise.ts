// Numbers of a file as a network wants them: plane by plane, divided, less a mean, by a deviation.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { countOf } from '../reference/numbers.js';

/** x / divide, less the mean, by the deviation; the last two one for all channels or one for each. */
export interface Normalisation {
  /** Where it is not given, 255 for bytes and 1 for others. */
  readonly divide?: number | undefined;
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

/** As many samples as the first size says. */
export interface Given {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** Pixels from 0 to 255. */
  readonly bytes: boolean;
}

/** Numbers of bytes. */
const brightest = 255;

/**
 * Numbers of a file as they enter a network. `input` are the sizes of one sample as the network takes it, channels first; samples
 * with the channels last are turned. Refused where mean or deviation are neither one nor as many as there are channels.
 */
export function normalised(
  { shape, values, bytes }: Given,
  input: readonly number[] | undefined,
  { divide = bytes ? brightest : 1, mean = [0], std = [1] }: Normalisation,
): Parsed<{ readonly shape: readonly number[]; readonly values: Float64Array }> {
  const channels = input !== undefined && input.length > 1 ? nth(input, 0) : 1;
  for (const [name, list] of Object.entries({ mean, std }))
    if (list.length !== 1 && list.length !== channels)
      return refuse(
        'wrong-shape',
        [],
        `--${name} has ${list.length} numbers; expected one` +
          (channels > 1 ? `, or one for each of the ${channels} channels` : ': samples have one channel'),
      );
  const own = shape.slice(1);
  const isTurned =
    input?.length === 3 && own.length === 3 && own.join() !== input.join() && lastFirst(own).join() === input.join();
  const each = countOf(own);
  const plane = Math.max(1, each / channels);
  const result = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += each)
    for (let i = 0; i < each; i++) {
      const channel = Math.min(channels - 1, Math.floor(i / plane));
      const at = isTurned ? (i % plane) * channels + channel : i;
      const [less, by] = [mean[mean.length === 1 ? 0 : channel] ?? NaN, std[std.length === 1 ? 0 : channel] ?? NaN];
      result[from + i] = ((values[from + at] ?? NaN) / divide - less) / by;
    }
  return parsed({ shape: isTurned ? input : own, values: result });
}

const lastFirst = (shape: readonly number[]): readonly number[] => [
  nth(shape, shape.length - 1),
  ...shape.slice(0, -1),
];
