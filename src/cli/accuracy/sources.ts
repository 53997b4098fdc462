// Where the samples of a network come from: files that are named, or those that come with it.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import { packagedNetwork } from '../packaged.js';

export interface Sources {
  readonly data: string;
  /** None where nothing is left for samples to set. */
  readonly calibrate: string | undefined;
}

/** What samples may be for. */
type Purpose = keyof Sources | 'validate' | 'test';

type Given = { readonly [K in keyof Sources]?: string | undefined };

/** Samples that are classified, and those that set scales, which a file that is quantized may have itself. */
export function sourcesOf(network: string, { data, calibrate }: Given, isQuantized = false): Parsed<Sources> {
  const counted = sourceOf(network, 'data', data);
  const others = isQuantized ? parsed(calibrate) : sourceOf(network, 'calibrate', calibrate);
  return counted.ok && others.ok
    ? parsed({ data: counted.value, calibrate: others.value })
    : refused(faultsOf(counted, others));
}

const purposes: Readonly<Record<Purpose, string>> = {
  data: 'the samples that are classified',
  calibrate: 'the samples that set the scales',
  validate: 'the labelled samples by which a precision may be chosen or not',
  test: 'the labelled samples that the machine found is judged by',
};

/** A packaged network has samples to set scales and choose by, and others to be judged by. */
const packaged = {
  data: 'data',
  calibrate: 'calibrate',
  validate: 'calibrate',
  test: 'data',
} as const satisfies Readonly<Record<Purpose, keyof Sources>>;

export function sourceOf(network: string, option: Purpose, given: string | undefined): Parsed<string> {
  const found = given ?? packagedNetwork(network)?.[packaged[option]];
  return found === undefined ? refused([missing(network, option)]) : parsed(found);
}

const missing = (network: string, option: Purpose): Diagnostic => ({
  code: 'missing',
  path: [],
  message: `--${option} FILE is missing: ${purposes[option]}; ${network} does not come with samples of its own`,
});
