// Register writes, put down by the names of the register map.

import { invariant } from '../../base/diagnostics.js';
import type { RegisterMap } from '../registers.js';
import { blockOf } from '../registers.js';

export interface RegisterWrite {
  readonly address: number;
  /** Masks of many positions do not fit a number. */
  readonly value: number | bigint;
}

/** A loop of an address generator: how often it runs, and how far one iteration moves the address. */
export interface AddressLoop {
  readonly bound: number;
  readonly stride: number;
}

/** Collects the writes of a program, in order. */
export class RegisterWrites {
  readonly list: RegisterWrite[] = [];

  constructor(private readonly registers: RegisterMap) {}

  /** A whole block: registers without a value become zero. */
  put(name: string, values: readonly (number | bigint)[]): void {
    const block = blockOf(this.registers, name);
    invariant(values.length <= block.count, `${values.length} values for the ${block.count} registers ${name}`);
    for (let i = 0; i < block.count; i++)
      this.list.push({ address: block.base + i, value: wrapped(values[i] ?? 0, block.bits) });
  }

  bounds(name: string, loops: readonly { readonly bound: number }[]): void {
    this.put(
      `${name}_bound`,
      loops.map((l) => l.bound - 1),
    );
  }

  deltas(name: string, loops: readonly AddressLoop[]): void {
    this.put(`${name}_delta`, deltas(loops));
  }
}

/** delta[i] = stride[i] - sum over the loops inside of stride (bound - 1), so that one addition moves an address. */
export function deltas(loops: readonly AddressLoop[]): readonly number[] {
  let gone = 0;
  return loops.map(({ bound, stride }) => {
    const delta = stride - gone;
    gone += stride * (bound - 1);
    return delta;
  });
}

/** What a register of some bits holds of a value: a number where that is exact. */
export function wrapped(value: number | bigint, bits: number): number | bigint {
  if (typeof value === 'bigint' || bits > 48) return BigInt.asUintN(bits, BigInt(value));
  const size = 2 ** bits;
  return ((value % size) + size) % size;
}

/** A mask of so many positions, all set. */
export const ones = (count: number): number | bigint => (count <= 32 ? 2 ** count - 1 : (1n << BigInt(count)) - 1n);
