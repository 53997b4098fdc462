// Samples of dropped files as a network takes them.

import type { NetworkGraph, SampleFile } from 'magnet-accelerator';
import { finite, parseSamples } from 'magnet-accelerator';
import { located } from '../ask/given.js';
import type { NamedSamples } from '../ask/quantize.js';
import { unpacked } from '../bytes-in.js';
import { sound } from './answer.js';

/** `name`: as the command line has it. Rejects where some are no finite numbers. */
export async function numbersIn(
  { samples, array }: NamedSamples,
  name: string,
  what: 'samples' | 'labels' = 'samples',
): Promise<SampleFile> {
  const file = sound(located(samples.name, await parseSamples(await unpacked(samples), what, array)));
  return sound(finite(name, file));
}

/** Sizes of one sample. */
export const inputOf = ({ inputs, tensors }: NetworkGraph): readonly number[] | undefined =>
  tensors.find((t) => t.name === inputs[0])?.shape?.slice(1);
