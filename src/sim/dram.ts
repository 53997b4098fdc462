// DRAM as a simulated machine sees it: words in arrays, beats packed into the chunks of a port.

import { nth } from '../base/invariant.js';

/** Writes `count` words of `bits` bits from `memory[address]` on into the 32-bit chunks at `chunk`. */
export function packBeat(
  chunks: Uint32Array,
  chunk: number,
  memory: Int32Array,
  address: number,
  count: number,
  bits: number,
): void {
  const mask = 2 ** bits - 1;
  let held = 0;
  let filled = 0;
  let at = chunk;
  for (let i = 0; i < count; i++) {
    // A machine with a fault may ask for words that are not there; outputs tell, and not a crash of the host.
    const word = (memory[address + i] ?? 0) & mask;
    held |= word << filled;
    filled += bits;
    if (filled >= 32) {
      chunks[at++] = held >>> 0;
      filled -= 32;
      held = filled > 0 ? word >>> (bits - filled) : 0;
    }
  }
  if (filled > 0) chunks[at] = held >>> 0;
}

/** Word `i` of a beat, with its sign. */
export function wordOf(chunks: Uint32Array, chunk: number, i: number, bits: number): number {
  const from = i * bits;
  const at = chunk + (from >>> 5);
  const shift = from & 31;
  const low = nth(chunks, at) >>> shift;
  const value = shift + bits > 32 ? low | (nth(chunks, at + 1) << (32 - shift)) : low;
  return (value << (32 - bits)) >> (32 - bits);
}
