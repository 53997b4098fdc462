// Room for tiles in a memory, counted in the least amounts by which it can grow, and memories of other amounts.

import { defined, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { bits } from '../../base/units.js';
import type { Architecture, Level, Pool } from '../machine/architecture.js';
import { lineBits, usableBanks, usableBits } from '../machine/architecture.js';
import type { Tensor } from '../workload/layer.js';

/** How tiles lie in a pool, and how much of it they may take: whole banks of some lines each, or bits, line after line. */
export type Holding =
  | { readonly unit: 'bank'; readonly max: number; linesIn: (t: Tensor) => number }
  | { readonly unit: 'bit'; readonly max: number; lineBits: (t: Tensor) => number };

/** Undefined of a memory without an end. Half of it where it is ping-pong, of what whole images in `taken` banks leave. */
export function holdingOf(level: Level, pool: Pool, taken = 0): Holding | undefined {
  if (pool.bits === null) return undefined;
  if (pool.banks === undefined)
    return { unit: 'bit', max: defined(usableBits(level, pool)), lineBits: (t) => lineBits(level, t) };
  const { linesIn } = usableBanks(level, pool.bits, pool.banks);
  return { unit: 'bank', max: Math.floor((pool.banks - taken) / level.buffers), linesIn };
}

/** Banks or bits that a tile of so many lines takes: those of all tiles of a pool are at most `max` together. */
export const takenBy = (h: Holding, tensor: Tensor, lines: number): number =>
  h.unit === 'bank' ? Math.ceil(lines / h.linesIn(tensor)) : lines * h.lineBits(tensor);

export interface Room {
  readonly unit: 'line' | 'bank';
  /** How many units tiles may take: half of them where the memory is ping-pong. */
  readonly amount: number;
  readonly unitBits: number;
  /** The same memory with room for `amount` units. */
  at: (amount: number) => Pool;
}

/** Undefined of a memory without an end, or that stores nothing. */
export function roomOf(level: Level, pool: Pool): Room | undefined {
  const holding = holdingOf(level, pool);
  if (!holding || pool.bits === null) return undefined;
  if (pool.banks !== undefined) {
    const bankBits = pool.bits / pool.banks;
    return {
      unit: 'bank',
      amount: holding.max,
      unitBits: bankBits,
      at: (n) => ({ ...pool, banks: n * level.buffers, bits: bits(n * level.buffers * bankBits) }),
    };
  }
  const line = Math.min(...pool.tensors.filter((t) => level.stores[t]).map((t) => lineBits(level, t)));
  if (!Number.isFinite(line)) return undefined;
  return {
    unit: 'line',
    amount: holding.max / line,
    unitBits: line,
    at: (n) => ({ ...pool, bits: bits(n * level.buffers * line) }),
  };
}

/** The pool of a level that holds some tensors. */
export function poolOf(
  a: Architecture,
  name: string,
  tensors: readonly Tensor[],
): { readonly level: Level; readonly pool: Pool } {
  const level = a.levels.find((l) => l.name === name);
  const pool = level?.pools.find((p) => p.tensors.includes(nth(tensors, 0)));
  invariant(level && pool, `${name} has no room for ${tensors.join(' and ')}`);
  return { level, pool };
}

/** The machine with another pool in place of one of its own. */
export const withPool = (a: Architecture, own: Pool, other: Pool): Architecture => ({
  ...a,
  levels: a.levels.map((l) =>
    l.pools.includes(own) ? { ...l, pools: l.pools.map((p) => (p === own ? other : p)) } : l,
  ),
});

/** What to call units, in the plural; undefined where lines of tensors differ, so that only bytes say something. */
export const capacityUnit = (room: Room, level: Level, tensors: readonly Tensor[]): 'lines' | 'banks' | undefined =>
  room.unit === 'bank' ? 'banks' : tensors.every((t) => lineBits(level, t) === room.unitBits) ? 'lines' : undefined;

/** 1,024 B; bits where they are no whole bytes. */
export const sizeInBytes = (size: number): string =>
  size % 8 === 0 ? `${(size / 8).toLocaleString('en-US')} B` : `${size.toLocaleString('en-US')} bits`;
