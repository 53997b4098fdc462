// The pins of a macro, as its Verilog, Liberty and LEF have them.

import type { Memory } from './memories.js';

export interface Pin {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** Bits; undefined of a pin that is no bus. */
  readonly bits: number | undefined;
}

export const clockPin = 'CLK';
export const outputPin = 'Q';

const input = (name: string, bits?: number): Pin => ({ name, direction: 'input', bits });

/** The clock first, what is read last. */
export const pinsOf = ({ module, width, address, parts }: Memory): readonly Pin[] => [
  input(clockPin),
  ...(module === 'sram_1r1w'
    ? [input('RE'), input('RADDR', address), input('WE'), input('WADDR', address)]
    : [input('EN'), input('WE', parts > 1 ? parts : undefined), input('ADDR', address)]),
  input('D', width),
  { name: outputPin, direction: 'output', bits: width },
];

/** Single pins by name: `D[3]`. */
export const bitsOf = ({ name, bits }: Pin): readonly string[] =>
  bits === undefined ? [name] : Array.from({ length: bits }, (_, i) => `${name}[${i}]`);
