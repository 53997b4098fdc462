// Where the samples of a network come from: files that are named, or those that come with it.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import { packagedNetwork } from '../packaged.js';

export interface Sources {
  readonly data: string;
  /** None where nothing is left for samples to set. */
  readonly calibrate: string | undefined;
}

type Given = { readonly [K in keyof Sources]?: string | undefined };

/** Samples that are classified, and those that set scales, which a file that is quantized may have itself. */
export function sourcesOf(network: string, { data, calibrate }: Given, isQuantized = false): Parsed<Sources> {
  const counted = sourceOf(network, 'data', data);
  const others = isQuantized ? parsed(calibrate) : sourceOf(network, 'calibrate', calibrate);
  return counted.ok && others.ok
    ? parsed({ data: counted.value, calibrate: others.value })
    : refused(faultsOf(counted, others));
}

const purposes: Readonly<Record<keyof Sources, string>> = {
  data: 'the samples that are classified',
  calibrate: 'the samples that set the scales',
};

export function sourceOf(network: string, option: keyof Sources, given: string | undefined): Parsed<string> {
  const found = given ?? packagedNetwork(network)?.[option];
  return found === undefined ? refused([missing(network, option)]) : parsed(found);
}

const missing = (network: string, option: keyof Sources): Diagnostic => ({
  code: 'missing',
  path: [],
  message: `--${option} FILE is missing: ${purposes[option]}; ${network} does not come with samples of its own`,
});
