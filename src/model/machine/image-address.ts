// Addresses of machines in whose global buffer tensors stay: a place, and where in its image it lies.

import { invariant } from '../../base/diagnostics.js';
import { whyNothingStays } from './parameters.js';

/**
 * A line of the global buffer has one or several parts, as wide as the narrower of what lanes write and vectors read; places count
 * parts. From the lowest bits on: a place, of which images may begin one memory further on than it is, so that a border in front of one
 * is no negative number; channels, in parts; columns; rows.
 */
export interface ImageAddress {
  /** Parts of a line, and the bits that count them. */
  readonly parts: number;
  readonly partBits: number;
  /** Words of a part. */
  readonly words: number;
  /** Bits of a place; above them of the same memory again, so that images may begin in front of it and end behind it. */
  readonly placeBits: number;
  readonly guardBits: number;
  readonly channelBits: number;
  /** Of columns, and of rows. */
  readonly positionBits: number;
  /** Bits of all. */
  readonly bits: number;
}

/** Bits beyond which numbers are not exact. */
const exactBits = 53;

export function imageAddressOf(t: Parameters<typeof whyNothingStays>[0], lineAddressBits: number): ImageAddress {
  const [words, line] = [Math.min(t.vectorSize, t.numLanes), Math.max(t.vectorSize, t.numLanes)];
  const unable = whyNothingStays(t);
  invariant(unable === undefined, `nothing can stay in the global buffer: ${unable}`);
  const partBits = Math.log2(line / words);
  const placeBits = lineAddressBits + partBits;
  const [guardBits, channelBits, positionBits] = [2, 11, 10];
  const bits = placeBits + guardBits + channelBits + 2 * positionBits;
  invariant(bits <= exactBits, `places of a global buffer with ${placeBits} bits are too wide for whole images`);
  return { parts: line / words, partBits, words, placeBits, guardBits, channelBits, positionBits, bits };
}
