// Weights of half the bits: two of them lie in a word of DRAM, and lines of them have half the bits on their way to the PEs.
// docs/hardware.md says the rule in words.

import { dramChannels } from './dram-channels.js';
import type { LinePath } from './line-path.js';
import { pathOf } from './line-path.js';
import type { Template } from './parameters.js';

/** What machines are whose files say nothing of it: a weight lies in a word of its own. */
export const plainWeights = { packedWeights: 1 } as const;

/** Weights to a word, at most. */
export const maxPacked = 2;

type Packing = Pick<Template, 'packedWeights' | 'weightPrecision'>;

/** Whether a machine can be: words are cut into equal ones. */
export const isPackable = ({ packedWeights, weightPrecision }: Packing): boolean =>
  packedWeights <= maxPacked && weightPrecision % packedWeights === 0;

/** A line of packed weights on the channel of weights; undefined on machines on which none lie packed. */
export function packedPath(
  t: Parameters<typeof dramChannels>[0] & Packing,
): (LinePath & { readonly wordBits: number }) | undefined {
  if (t.packedWeights === 1) return undefined;
  const { line, width } = dramChannels(t).weights;
  return { ...pathOf(line / t.packedWeights, width), wordBits: t.weightPrecision / t.packedWeights };
}
