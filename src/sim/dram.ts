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

/** Copies `count` bits from a place in some chunks to a place in others; nothing else there changes. */
export function copyBits(from: Uint32Array, fromBit: number, to: Uint32Array, toBit: number, count: number): void {
  for (let done = 0; done < count;) {
    const [f, t] = [fromBit + done, toBit + done];
    // As far as both stay in a chunk.
    const n = Math.min(count - done, 32 - (f & 31), 32 - (t & 31));
    const mask = n === 32 ? 0xffff_ffff : 2 ** n - 1;
    const bits = (nth(from, f >>> 5) >>> (f & 31)) & mask;
    const at = t >>> 5;
    to[at] = ((nth(to, at) & ~(mask << (t & 31))) | (bits << (t & 31))) >>> 0;
    done += n;
  }
}
