// A mapping as the search holds it, and what it costs on any machine of its shape that holds it.

import type { Limits } from '../model/cost/goal.js';
import type { Parts } from '../model/mapping/mapping.js';
import type { Buffers, PerDimension, Places } from './columns.js';
import { cell, sizes } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Kernel } from './kernels.js';
import type { Spatial } from './spatial.js';

/** What a mapping's energy E (pJ) and cycles T count for: both E T + energy E + cycles T. */
export interface Weights {
  readonly both: number;
  readonly energy: number;
  readonly cycles: number;
}

export const costOf = (w: Weights, energy: number, cycles: number): number =>
  w.both * energy * cycles + w.energy * energy + w.cycles * cycles;

/** What the energy and cycles of one of several runs count for: those of all count as before. */
export const overRuns = ({ both, energy, cycles }: Weights, runs: number): Weights => ({
  both: runs * runs * both,
  energy: runs * energy,
  cycles: runs * cycles,
});

/**
 * Closed forms and the cost model sum in different orders: nothing is taken to be beyond a limit
 * for less than this share of it.
 */
export const limitSlack = 1e-9;

/** Surely more than allowed, rounding apart. */
export const exceeds = (
  { energy = Infinity, latency = Infinity, edp = Infinity }: Limits,
  e: number,
  t: number,
): boolean => e > energy * (1 + limitSlack) || t > latency * (1 + limitSlack) || e * t > edp * (1 + limitSlack);

/** What a search for one layer may be asked besides. */
export interface Asked {
  readonly limits?: Limits;
  /** What an item costs by the cost model; Infinity where it is beyond a limit by the last digits of a sum. */
  readonly accept?: (item: Item) => number;
  /** Ends the search. */
  readonly over?: () => boolean;
}

/** Machines of a shape whose sizes lie between the lowest places and the highest. */
export interface Box {
  readonly low: Places;
  readonly high: Places;
  /** mm2 that they take at most, where that is less than any machine may. */
  readonly area?: number;
}

/**
 * Accesses whose energy depends on a size, over the whole machine; bits on the wires; and the energy of all else, pJ.
 */
export interface Counts {
  readonly weightReads: number;
  readonly weightFills: number;
  readonly inputReads: number;
  readonly inputFills: number;
  /** Updates and reads of the accumulation buffer; of the output buffer. */
  readonly again: number;
  readonly out: number;
  readonly globalReads: number;
  readonly globalFills: number;
  readonly globalOut: number;
  readonly wireBits: number;
  readonly rest: number;
  /** Of the layer: static energy is theirs. */
  readonly cycles: number;
}

/** Of the chip and of its array, mm2. */
export interface Areas {
  readonly area: number;
  readonly array: number;
}

/** Which class of loops stands innermost in a nest of tiles: the one irrelevant to weights, inputs or sums. */
export type Innermost = 0 | 1 | 2;

export interface Item {
  /** The layer runs so, and all else is of one run but what it costs; absent where it runs whole and as it is. */
  readonly parts?: Parts;
  /** What it costs. */
  readonly value: number;
  readonly energy: number;
  readonly cycles: number;
  /** Places of the machine's sizes, and those that the mapping needs. */
  readonly places: Places;
  readonly needs: Places;
  readonly counts: Counts;
  readonly spatial: Spatial;
  /** Loops in time per dimension: in the PE, over tiles of the global buffer, over tiles of DRAM. */
  readonly pe: PerDimension;
  readonly inner: PerDimension;
  readonly outer: PerDimension;
  readonly kernel: Kernel;
  readonly innermost: { readonly inner: Innermost; readonly outer: Innermost };
}

/** pJ of some accesses on a machine that has these areas, its buffers at these places. */
export function energyOf(
  c: ShapeCosts,
  n: Counts,
  { weightBuffer, inputBuffer, accumBuffer, globalBuffer }: Buffers,
  { area, array }: Areas,
): number {
  return (
    n.weightReads * cell(c.weight.read, weightBuffer) +
    n.weightFills * cell(c.weight.fill, weightBuffer) +
    n.inputReads * cell(c.input.read, inputBuffer) +
    n.inputFills * cell(c.input.fill, inputBuffer) +
    n.again * cell(c.sum.again, accumBuffer) +
    n.out * cell(c.sum.out, accumBuffer) +
    n.globalReads * cell(c.global.read, globalBuffer) +
    n.globalFills * cell(c.global.fill, globalBuffer) +
    n.globalOut * cell(c.global.out, globalBuffer) +
    n.wireBits * c.wire(array) +
    n.rest +
    c.static * area * n.cycles
  );
}

/** Areas of the machine at places of the sizes. */
export function areasAt(c: ShapeCosts, places: Places): Areas {
  let { area, array } = c.min;
  for (const size of sizes) {
    const more = c.more[size];
    area += cell(more.area, places[size]);
    array += cell(more.array, places[size]);
  }
  return { area, array };
}
