// Layers whose words need half the bits of a machine's: two input channels to a word, two products to a multiplier and cycle.
// docs/hardware.md says the rule in words.

import type { Layer } from './layer.js';

/** Input channels that lie in a word of a layer that is split, and products of one multiplier in a cycle. */
export const splitChannels = 2;

/** What words may have where multipliers split: half the bits of the machine's. */
export interface HalfWords {
  readonly weightBits: number;
  readonly inputBits: number;
}

/** Whether words of both operands are known to be narrow. */
export const mayBeNarrow = (
  { weightBits, inputBits }: Pick<Layer, 'weightBits' | 'inputBits'>,
  half: HalfWords | undefined,
): boolean =>
  half !== undefined &&
  weightBits !== undefined &&
  weightBits <= half.weightBits &&
  inputBits !== undefined &&
  inputBits <= half.inputBits;

/**
 * Whether a layer can be split on a machine whose multipliers can: words of both operands are known to be narrow, there are two
 * input channels to pair, also where groups are joined first, and its input comes from DRAM.
 */
export const canSplit = (layer: Layer, half: HalfWords | undefined): boolean =>
  mayBeNarrow(layer, half) && layer.bounds.C > 1 && layer.resident?.input === undefined;

/**
 * The layer with its input channels in pairs, the last filled up with a channel whose weights are zero: C counts pairs, and each
 * multiplication is two, added. Its words are whole ones, so that nothing of it is narrow any more.
 */
export function split({ weightBits: _, inputBits: __, ...layer }: Layer): Layer {
  const { bounds } = layer;
  return { ...layer, bounds: { ...bounds, C: Math.ceil(bounds.C / splitChannels) }, split: true };
}
