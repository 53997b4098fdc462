// A mapping as the search holds it, and what it costs on any machine of its shape that holds it.

import type { Limits } from '../model/cost/goal.js';
import type { Parts } from '../model/mapping/mapping.js';
import type { ShapeCosts } from './item-costs.js';
import { sizes } from './item-costs.js';
import type { Kernel } from './kernels.js';
import type { Spatial } from './spatial.js';

/** What a mapping's energy E (pJ) and cycles T count for: both E T + energy E + cycles T. */
export interface Weights {
  readonly both: number;
  readonly energy: number;
  readonly cycles: number;
}

export const worth = (w: Weights, energy: number, cycles: number): number =>
  w.both * energy * cycles + w.energy * energy + w.cycles * cycles;

/** What the energy and cycles of one of several runs count for: those of all count as before. */
export const overRuns = ({ both, energy, cycles }: Weights, runs: number): Weights => ({
  both: runs * runs * both,
  energy: runs * energy,
  cycles: runs * cycles,
});

/** Closed forms and the cost model sum in different orders: nothing is taken to be beyond a limit for less than this share of it. */
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
  /** What an item is worth by the cost model; Infinity where it is beyond a limit by the last digits of a sum. */
  readonly accept?: (item: Item) => number;
  /** Ends the search. */
  readonly over?: () => boolean;
}

/** Places in the menus of the sizes, lowest and highest. */
export interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Accesses whose energy depends on a size, over the whole machine; bits on the wires; and the energy of all else, pJ. */
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

/** Which class of loops stands innermost in a nest of tiles: the one that spares weights, inputs or sums. */
export type Innermost = 0 | 1 | 2;

export interface Item {
  /** The layer is divided so, and all else is of one run but what it is worth; absent where it runs whole. */
  readonly parts?: Parts;
  /** What it is worth. */
  readonly value: number;
  readonly energy: number;
  readonly cycles: number;
  /** Places of the machine's sizes, and those that the mapping needs. */
  readonly places: readonly number[];
  readonly needs: readonly number[];
  readonly counts: Counts;
  readonly spatial: Spatial;
  /** Loops in time per dimension: in the PE, over tiles of the global buffer, over tiles of DRAM. */
  readonly pe: readonly number[];
  readonly inner: readonly number[];
  readonly outer: readonly number[];
  readonly kernel: Kernel;
  readonly innermost: { readonly inner: Innermost; readonly outer: Innermost };
}

/** pJ of some accesses on the machine at `places`, which has these areas. */
export function energyOf(c: ShapeCosts, n: Counts, places: readonly number[], { area, array }: Areas): number {
  const [wb, ib, ab, gb] = places as [number, number, number, number];
  return (
    n.weightReads * c.weight.read[wb]! +
    n.weightFills * c.weight.fill[wb]! +
    n.inputReads * c.input.read[ib]! +
    n.inputFills * c.input.fill[ib]! +
    n.again * c.sum.again[ab]! +
    n.out * c.sum.out[ab]! +
    n.globalReads * c.global.read[gb]! +
    n.globalFills * c.global.fill[gb]! +
    n.globalOut * c.global.out[gb]! +
    n.wireBits * c.wire(array) +
    n.rest +
    c.static * area * n.cycles
  );
}

/** Areas of the machine at places of the sizes. */
export function areasAt(c: ShapeCosts, places: readonly number[]): Areas {
  let { area, array } = c.least;
  for (let i = 0; i < sizes.length; i++) {
    const more = c.more[sizes[i]!];
    area += more.area[places[i]!]!;
    array += more.array[places[i]!]!;
  }
  return { area, array };
}
