// What a testbench reads: a program, memories and expected outputs as hexadecimal text.

import type { Hardware } from './hardware.js';
import { dramBits, registerBits } from './hardware.js';
import type { LayerProgram } from './program/layer-program.js';

const hex = (value: number | bigint, bits: number): string =>
  BigInt.asUintN(bits, BigInt(value))
    .toString(16)
    .padStart(Math.ceil(bits / 4), '0');

/** One register write a line: address and value together, the start of the layer last. */
export const programHex = (h: Hardware, program: LayerProgram): string =>
  lines(
    [...program.writes, program.start].map(({ address, value }) =>
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
