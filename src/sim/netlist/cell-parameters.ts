// Cell parameters as Yosys writes them: bit strings, most significant bit first.

import type { FlatCell } from './flatten.js';

export function text(cell: FlatCell, name: string): string {
  const value = cell.parameters[name];
  if (value === undefined) throw new Error(`cell ${cell.path} (${cell.type}) has no parameter ${name}`);
  return value;
}

/** A parameter of at most 53 bits as an unsigned number. */
export const number = (cell: FlatCell, name: string): number => Number(bigint(text(cell, name)));

/** Whether a bit of the parameter is set; bits beyond its end are not. */
export const flag = (cell: FlatCell, name: string, bit = 0): boolean => text(cell, name).at(-1 - bit) === '1';

/** A bit string as a number; x and z count as 0. */
export const bigint = (bits: string): bigint => (bits === '' ? 0n : BigInt(`0b${bits.replace(/[^01]/g, '0')}`));

/** The connection of a port, least significant bit first; empty where the cell has no such port. */
export const port = (cell: FlatCell, name: string): readonly number[] => cell.ports[name] ?? [];

/** The address of read port `p` of a memory. */
export function readAddress(cell: FlatCell, p: number): readonly number[] {
  const width = number(cell, 'ABITS');
  return port(cell, 'RD_ADDR').slice(p * width, (p + 1) * width);
}
