// Samples that integers get wrong, as small pictures: those first that real numbers get right.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Accuracy } from '../quantize/accuracy.js';
import type { Normalisation } from '../quantize/normalise.js';
import type { Samples } from '../quantize/samples.js';
import { tensorOf } from '../quantize/samples.js';
import type { AccuracyResult } from '../results/accuracy-result.js';

type Missed = NonNullable<AccuracyResult['missed']>;

/** Rows and columns of a picture at most: larger ones are averaged. */
const largest = 64;

interface Asked {
  /** The place in the file of the first sample that counts. */
  readonly first: number;
  readonly count: number;
  readonly normal: Pick<Normalisation, 'mean' | 'std'>;
}

/** Refused where samples are no images of one or three channels. */
export function imagesOf({ shape }: Pick<Samples, 'shape'>): Parsed<undefined> {
  const [channels = 0, rows = 0, columns = 0] = shape;
  return shape.length === 3 && (channels === 1 || channels === 3) && rows > 1 && columns > 1
    ? parsed(undefined)
    : refuse(
        'no-image',
        [],
        `--show-samples: samples are of [${shape.join(', ')}]; expected images, [1 or 3, rows, columns]: drop it, or give images`,
      );
}

/** `samples` are images; what was normalised is brought back, and from the least to the greatest number shown is 0 to 255. */
export function missedOf(
  samples: Samples,
  { guesses, realGuesses }: Pick<Accuracy, 'guesses' | 'realGuesses'>,
  { first, count, normal: { mean = [0], std = [1] } }: Asked,
): Missed {
  const wrong = guesses.flatMap((guess, i) => (guess === samples.labels[i] ? [] : [i]));
  const lost = wrong.filter((i) => realGuesses[i] === samples.labels[i]);
  const chosen = [...lost, ...wrong.filter((i) => !lost.includes(i))].slice(0, count);
  const { shape } = samples;
  const each = Math.max(1, ...shape.slice(1).map((n) => Math.ceil(n / largest)));
  const small = [nth(shape, 0), Math.ceil(nth(shape, 1) / each), Math.ceil(nth(shape, 2) / each)];
  const own = (list: readonly number[], channel: number) => nth(list, list.length === 1 ? 0 : channel);
  const plain = (value: number, channel: number) => value * own(std, channel) + own(mean, channel);
  const planes = chosen.map((i) => averaged(tensorOf(samples, i, 1).values, shape, each, plain));
  const [low, high] = planes.flat().reduce(([l, h], v) => [Math.min(l, v), Math.max(h, v)], [Infinity, -Infinity]);
  return {
    shape: small,
    samples: chosen.map((i, at) => ({
      sample: first + i,
      label: nth(samples.labels as readonly number[], i),
      guess: nth(guesses, i),
      real: nth(realGuesses, i),
      pixels: nth(planes, at).map((v) => (high > low ? Math.round((255 * (v - low)) / (high - low)) : 0)),
    })),
  };
}

/** Means of squares of `each` numbers along a side, those at the edges of what there is. */
function averaged(
  values: Float64Array,
  [channels = 0, rows = 0, columns = 0]: readonly number[],
  each: number,
  plain: (value: number, channel: number) => number,
): readonly number[] {
  const out: number[] = [];
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y += each)
      for (let x = 0; x < columns; x += each) {
        let [sum, n] = [0, 0];
        for (let v = y; v < Math.min(rows, y + each); v++)
          for (let u = x; u < Math.min(columns, x + each); u++, n++) sum += nth(values, (c * rows + v) * columns + u);
        out.push(plain(sum / n, c));
      }
  return out;
}
