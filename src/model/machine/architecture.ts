// The machine as a general hierarchy: storage levels, outermost first, and the fan-outs between them.

import type { Bits, Picojoules, SquareMillimetres, Megahertz } from '../../base/units.js';
import type { LoopConstraints } from '../mapping/constraints.js';
import type { Dimension, Tensor } from '../workload/layer.js';
import type { HalfWords } from '../workload/split.js';

export type Action = 'read' | 'fill' | 'update';

/** How a level stores one tensor. */
export interface Storage {
  /** Bits of one word, that is of one element of the tensor. */
  readonly wordBits: number;
  /**
   * Words that one access moves where they lie side by side (`timeloop` conventions: vectors = ceil(words / block)).
   */
  readonly blockSize: number;
  /** Energy of one access (one block, or one physical word where `access` is not empty). */
  readonly energy: Readonly<Record<Action, Picojoules>>;
  /** Names of fan-out axes along which one access moves the words of all positions at once, used or not. */
  readonly access: readonly string[];
  /** Names of fan-out axes whose used positions lie side by side in one line of the memory. */
  readonly line: readonly string[];
  /** Words that one line of the memory has room for, used or not. */
  readonly lineWords: number;
  /** Input collectors hold index tuples: overlapping windows are separate entries there. */
  readonly tuples: boolean;
  /** Energy of carrying one bit between here and the next level inwards, pJ. */
  readonly linkEnergy: Picojoules;
  /** Of layers whose weights need no more bits than these: what reading one costs where they lie packed. */
  readonly packed?: { readonly wordBits: number; readonly read: Picojoules } | undefined;
  /** Of layers that are split: what reading a pair of words costs where each has a word of its own. */
  readonly split?: { readonly read: Picojoules } | undefined;
}

/** A fan-out axis: `size` copies of everything inside, each dimension in `dims` may be unrolled along it. */
export interface Axis {
  /** Unique in the architecture, for example `GlobalBuffer.X`. */
  readonly name: string;
  /** The letter or word of a mapping's `axis`. */
  readonly label: string;
  readonly size: number;
  readonly dims: readonly Dimension[];
  /** One dimension at a time: positions are selected by one counter. */
  readonly exclusive?: true;
}

/** Tensors that share one physical memory; `bits` null means unlimited. */
export interface Pool {
  readonly tensors: readonly Tensor[];
  readonly bits: Bits | null;
  /** Where the memory is made of equal banks, each tensor takes whole ones. */
  readonly banks?: number;
}

/** Bits per cycle and instance; null means unlimited. `total` limits reads and writes together. */
export interface Bandwidth {
  readonly read: number | null;
  readonly write: number | null;
  readonly total: number | null;
}

/**
 * What a level does with outputs, under the `magnet` conventions:
 * `memory` stores whatever arrives; an `accumulator` hands finished sums on without storing them;
 * a `collector` is a row of latches that is read and written in every cycle.
 */
export type Role = 'memory' | 'accumulator' | 'collector';

/** A storage level: what it can keep of which tensors, at what energy, and what fans out below it. */
export interface Level extends LoopConstraints {
  readonly name: string;
  readonly role: Role;
  /** What can be kept here, and how. A tensor that is absent must bypass the level. */
  readonly stores: Readonly<Partial<Record<Tensor, Storage>>>;
  /** What is kept here unless a mapping says otherwise. */
  readonly keeps: readonly Tensor[];
  /** Of these, what a mapping may send by instead. */
  readonly open?: readonly Tensor[];
  readonly pools: readonly Pool[];
  /** 2 is ping-pong: a tile may use half of the physical capacity. */
  readonly buffers: 1 | 2;
  readonly bandwidth: Bandwidth;
  /** Dimensions that may loop in time here. */
  readonly temporal: readonly Dimension[];
  /** All instances lie in one wide memory: an access serves all of them at once, and is charged once. */
  readonly clustered?: true;
  /** The fan-out below this level, outer axis first. */
  readonly axes: readonly Axis[];
  /** Partial sums must not leave this level: outputs are visited once from outside. */
  readonly holdsSums: boolean;
}

/** What runs side by side in one step; the names are those of docs/hardware.md. */
export const engines = ['compute', 'load_i', 'load_w', 'drain', 'fill', 'spill'] as const;
export type Engine = (typeof engines)[number];

/** Tiles in time, for machines whose cycles docs/hardware.md counts: steps of two nests, and what they allow. */
export interface Tiling {
  /** The levels whose loops in time make the outer and the inner nest; all loops further in are the PE nest. */
  readonly outer: number;
  readonly inner: number;
  /** Cycles of a step beyond those of its slowest engine. */
  readonly step: number;
  /** Cycles of an engine beyond its beats, and the beats of each line that it moves; of the drain, that it stores. */
  readonly latency: Readonly<Record<Engine, number>>;
  /** Of a drain that waits for a residual: cycles more until its first line, and the beats of each of its lines. */
  readonly residual: { readonly latency: number; readonly beatsPerLine: number };
  readonly beatsPerLine: Readonly<Record<Engine, number>>;
  /** Beats of a line of weights of layers whose weights need no more bits than these, where such lie packed. */
  readonly packed?: { readonly wordBits: number; readonly beatsPerLine: number } | undefined;
  /** Where multipliers split: the words of their halves, and beats in which DRAM gives what makes a line of pairs of inputs. */
  readonly split?: (HalfWords & { readonly beatsPerLine: number }) | undefined;
  /** The fan-out axes over the lanes of a PE, and over the products of one lane. */
  readonly lanes: string;
  readonly vector: string;
  /** Lines of the bias memory, one for each group of output channels that the lanes work on. */
  readonly biasLines: number;
  /** The largest bound of a loop in time. */
  readonly longestLoop: number;
  /** Whether whole tensors may lie in the memory of the inner nest's tiles. */
  readonly residency: boolean;
}

/**
 * A machine as a hierarchy of levels with fan-outs between them; one template gives an architecture for each order of its deep
 * collectors.
 */
export interface Architecture {
  readonly name: string;
  /** Where its figures are from, for people. */
  readonly source: string;
  /** Outermost (DRAM) first. */
  readonly levels: readonly Level[];
  /** `split`: of two products of half the bits, added, where multipliers do them. */
  readonly compute: { readonly name: string; readonly energy: Picojoules; readonly split?: Picojoules | undefined };
  /** Leakage, clock and control, pJ per cycle. */
  readonly staticEnergy: Picojoules;
  readonly clock: Megahertz;
  /** Area by part, where the architecture was lowered from the template. */
  readonly area: readonly { readonly part: string; readonly area: SquareMillimetres }[];
  /** Absent where cycles are bounds of throughput over the whole run. */
  readonly tiling?: Tiling;
}

/** Multipliers of the machine: the product of all fan-outs. */
export const peakMacs = (a: Architecture): number =>
  a.levels.reduce((n, l) => l.axes.reduce((m, axis) => m * axis.size, n), 1);

/** Bits of one line of a level's memory for a tensor. */
export function lineBits(level: Level, tensor: Tensor): number {
  const storage = level.stores[tensor];
  return storage ? storage.wordBits * storage.lineWords : 0;
}

/**
 * What a tile at this level may use of a pool, in bits; null is unlimited. A half holds whole lines, as in Timeloop.
 */
export function usableBits(level: Level, pool: Pool): number | null {
  if (pool.bits === null) return null;
  const line = Math.min(...pool.tensors.filter((t) => level.stores[t]).map((t) => lineBits(level, t)));
  return Number.isFinite(line) ? Math.floor(pool.bits / line / level.buffers) * line : pool.bits / level.buffers;
}

/**
 * Banks that tiles at this level may use, and the lines of a tensor in one of them: a power of two,
 * so that tiles run on over banks.
 */
export function usableBanks(
  level: Level,
  bits: Bits,
  banks: number,
): { readonly banks: number; linesIn: (t: Tensor) => number } {
  return {
    banks: Math.floor(banks / level.buffers),
    linesIn: (t) => 2 ** Math.floor(Math.log2(bits / banks / lineBits(level, t))),
  };
}

/** mm2; undefined for machines whose area is not known. */
export const areaOfMachine = (a: Architecture): number | undefined =>
  a.area.length === 0 ? undefined : a.area.reduce((n, p) => n + p.area, 0);
