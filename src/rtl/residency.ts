// How machines in whose global buffer tensors stay see their addresses: a place, and where in the image it lies, in one number that
// the address generators step through.

import type { ImageAddress } from '../model/machine/image-address.js';

export type Residency = ImageAddress;

/** Where something lies, or how far it is from one to the next. */
export interface Position {
  readonly place: number;
  readonly channel?: number;
  readonly column?: number;
  readonly row?: number;
}

/** In one number. */
export function packed(r: Residency, { place, channel = 0, column = 0, row = 0 }: Position): number {
  const channels = 2 ** (r.placeBits + r.guardBits);
  const columns = channels * 2 ** r.channelBits;
  return place + channels * channel + columns * (column + 2 ** r.positionBits * row);
}

/** Of the first place of an image: one memory further on. */
export const imageStart = (r: Residency, place: number): number => place + 2 ** r.placeBits;
