// What a testbench reads: a program, memories and expected outputs as hexadecimal text.

import { invariant } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { Hardware } from './hardware.js';
import { dramBits, registerBits } from './hardware.js';
import type { LayerProgram } from './program/layer-program.js';

const hex = (value: number | bigint, bits: number): string =>
  BigInt.asUintN(bits, BigInt(value))
    .toString(16)
    .padStart(Math.ceil(bits / 4), '0');

/** One register write a line: address and value together, the start of the layer last. */
export const programHex = (h: Hardware, { writes, start }: LayerProgram): string => writesHex(h, [...writes, start]);

export const writesHex = (h: Hardware, writes: LayerProgram['writes']): string =>
  lines(
    writes.map(({ address, value }) =>
      hex(
        (BigInt(address) << BigInt(h.configBits)) | BigInt.asUintN(h.configBits, BigInt(value)),
        registerBits + h.configBits,
      ),
    ),
  );

/** The words of a memory from address 0. */
export const memoryHex = (words: ArrayLike<number>, bits: number): string =>
  lines(Array.from(words, (w) => hex(w, bits)));

/** Address and value of every word to be checked. */
export const expectedHex = (
  words: readonly { readonly address: number; readonly value: number }[],
  bits: number,
): string =>
  lines(
    words.map(({ address, value }) =>
      hex((BigInt(address) << BigInt(bits)) | BigInt.asUintN(bits, BigInt(value)), dramBits + bits),
    ),
  );

const lines = (xs: readonly string[]): string => `${xs.join('\n')}\n`;

const digits = (bits: number): number => Math.ceil(bits / 4);
const [zero, newline, place] = [48, 10, 64];
const digit = (value: number): number => value + (value < 10 ? zero : 87);

/** The words that differ, as `$readmemh` puts them into a memory that has the others; nothing where none does. */
export function changedHex(before: Int32Array, now: Int32Array, bits: number): Uint8Array | undefined {
  const isChanged = (i: number) => before[i] !== now[i];
  const width = digits(bits);
  let [words, runs] = [0, 0];
  now.forEach((_, i) => {
    if (!isChanged(i)) return;
    words++;
    if (i === 0 || !isChanged(i - 1)) runs++;
  });
  if (words === 0) return undefined;
  const text = new Uint8Array(words * (width + 1) + runs * 10);
  let end = 0;
  const put = (value: number, n: number) => {
    for (let d = n - 1; d >= 0; d--) text[end++] = digit((value >>> (4 * d)) & 15);
    text[end++] = newline;
  };
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  now.forEach((value, i) => {
    if (!isChanged(i)) return;
    if (i === 0 || !isChanged(i - 1)) {
      text[end++] = place;
      put(i, 8);
    }
    put(value & mask, width);
  });
  return text;
}

/** Signed words as `$writememh` writes them, and the first one of which some bit is unknown. */
export function wordsInHex(
  text: Uint8Array,
  count: number,
  bits: number,
): { readonly words: Int32Array; readonly unknown?: number } {
  const words = new Int32Array(count);
  let [i, at] = [0, 0];
  let unknown: number | undefined;
  while (at < text.length && i < count) {
    const begin = at;
    let [value, isKnown] = [0, true];
    for (; at < text.length && text[at] !== newline; at++) {
      const nibble = valueOf(nth(text, at));
      if (nibble === undefined) isKnown = false;
      else value = (value << 4) | nibble;
    }
    const first = text[begin];
    at++;
    // A line of its own is empty, or begins a comment or an address.
    if (at - begin === 1 || first === 47 || first === place) continue;
    if (!isKnown) unknown ??= i;
    words[i++] = (value << (32 - bits)) >> (32 - bits);
  }
  invariant(i === count, `a memory of ${count} words, of which ${i} were written`);
  return { words, ...(unknown !== undefined && { unknown }) };
}

const valueOf = (character: number): number | undefined => {
  const n = character - zero;
  if (n >= 0 && n < 10) return n;
  const letter = (character | 32) - 87;
  return letter >= 10 && letter < 16 ? letter : undefined;
};
