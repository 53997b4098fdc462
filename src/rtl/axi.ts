// The accelerator on AXI: how wide each bus is, how words lie in bytes, where registers lie.

import { registerBits, type Hardware } from './hardware.js';

/** Bits of an address on AXI. */
export const axiAddressBits = 64;
/** Beats of a burst, at most. */
export const axiBurst = 16;
/** Requests of a read channel that may be without an answer, as a power of two. */
export const axiDepthLog = 5;

/** A channel, a line at a time: `words` of `bits` bits, each in 2^`wordLog` bytes, over a bus of 2^`beatLog` bytes. */
export interface AxiChannel {
  readonly name: 'input' | 'weight' | 'residual' | 'output';
  readonly words: number;
  readonly bits: number;
  /** Cycles that they take over the accelerator's own channel. */
  readonly beats: number;
  readonly wordLog: number;
  readonly beatLog: number;
}

/** Bytes are whole words of 1, 2 or 4; the bus is as wide as a beat of the channel in whole words, from 32 to 512 bits. */
function channel(name: AxiChannel['name'], words: number, bits: number, beats: number): AxiChannel {
  const wordLog = Math.ceil(Math.log2(Math.max(8, bits) / 8));
  const beatLog = Math.min(6, Math.max(2, Math.ceil(Math.log2(Math.ceil(words / beats) * 2 ** wordLog))));
  return { name, words, bits, beats, wordLog, beatLog };
}

/** Reads, then writes. */
export const axiChannels = (
  h: Hardware,
): readonly [input: AxiChannel, weight: AxiChannel, residual: AxiChannel, output: AxiChannel] => [
  channel('input', h.vector, h.inputBits, h.channels.inputs.beats),
  channel('weight', h.vector, h.weightBits, h.channels.weights.beats),
  channel('residual', h.lanes, h.inputBits, h.channels.residuals.beats),
  channel('output', h.lanes, h.inputBits, h.channels.outputs.beats),
];

/** Words of 32 bits of a register, as a power of two. */
export const axiWordsLog = (h: Hardware): number => Math.ceil(Math.log2(h.configBits / 32));

/** Bits of an address of the AXI4-Lite slave: a byte of a register, and the half with the registers of the bus. */
export const axiLiteBits = (h: Hardware): number => registerBits + axiWordsLog(h) + 3;

/** Registers of the bus itself, a word each, in the upper half. */
export const axiRegisters = [
  ['activation_base_low', 'first byte of the memory of activations, bits 31 to 0'],
  ['activation_base_high', 'bits 63 to 32'],
  ['weight_base_low', 'first byte of the memory of weights, bits 31 to 0'],
  ['weight_base_high', 'bits 63 to 32'],
  [
    'bus_status',
    'bit 0 busy, or an output not yet acknowledged; bit 1 a read failed; bit 2 a write failed; bit 3 a layer ended; ' +
      'ones written to bits 1 to 3 clear them, also while busy',
  ],
  ['interrupt_enable', 'bit 0: irq is high while bit 3 of bus_status is'],
] as const;
export type AxiRegister = (typeof axiRegisters)[number][0];

/** Byte of a register of the accelerator. */
export const axiByte = (h: Hardware, register: number): number => register * 4 * 2 ** axiWordsLog(h);

/** Byte of a register of the bus. */
export const axiOwnByte = (h: Hardware, name: AxiRegister): number =>
  2 ** (axiLiteBits(h) - 1) + 4 * axiRegisters.findIndex(([n]) => n === name);
