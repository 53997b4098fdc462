// Signal to noise of every tensor of a network in words, beside its real numbers.

import { nth } from '../base/invariant.js';
import { ln } from '../base/powers.js';
import type { Numbers } from '../reference/numbers.js';

/** Squares of a tensor's real numbers over squares of what words are off by, in dB. */
export interface Noise {
  readonly tensor: string;
  readonly decibels: number;
}

/** Squares of a tensor's real numbers, and of what its words are off by. */
export interface NoiseSum {
  readonly tensor: string;
  readonly signal: number;
  readonly noise: number;
}

/** Both runs of the same samples; `scales` is what a word of each tensor stands for. */
export function noiseIn(
  real: ReadonlyMap<string, Numbers>,
  words: ReadonlyMap<string, Numbers>,
  scales: ReadonlyMap<string, number>,
): readonly NoiseSum[] {
  return [...real].flatMap(([tensor, { values }]) => {
    const own = words.get(tensor);
    const scale = scales.get(tensor);
    if (!own || scale === undefined) return [];
    let [signal, noise] = [0, 0];
    for (const [i, v] of values.entries()) {
      signal += v * v;
      noise += (v - scale * nth(own.values, i)) ** 2;
    }
    return [{ tensor, signal, noise }];
  });
}

/** Of all samples together, in the order of the network. */
export function noiseOf(sums: readonly NoiseSum[]): readonly Noise[] {
  const found = new Map<string, { signal: number; noise: number }>();
  for (const { tensor, signal, noise } of sums) {
    const known = found.get(tensor) ?? { signal: 0, noise: 0 };
    found.set(tensor, { signal: known.signal + signal, noise: known.noise + noise });
  }
  return [...found].map(([tensor, { signal, noise }]) => ({ tensor, decibels: decibelsOf(signal / noise) }));
}

/** The same on every engine; without noise, or without a signal, there is no number. */
const decibelsOf = (ratio: number): number =>
  ratio > 0 && ratio < Infinity ? (10 / Math.LN10) * ln(ratio) : 10 * Math.log10(ratio);
