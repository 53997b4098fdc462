// Tensors of a channelwise run as the loops of its blocks go through them.

import type { Walked } from './lowered.js';

/** The walk of a layer whose groups are joined: over blocks, and over the channels of a block, which are neighbours. */
export function walkedInBlocks(walked: Walked, block: number): Walked {
  const { g, c = g } = walked;
  if (block === 1 || !g || !c) return walked;
  const width = walked.c?.size ?? 1;
  return {
    ...walked,
    g: { axis: g.axis, size: Math.ceil(g.size / block), step: block * g.step },
    c: { axis: c.axis, size: block * width, step: c.step },
  };
}
