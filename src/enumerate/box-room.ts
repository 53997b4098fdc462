// What of a box of machines fits within an area.

import type { ShapeCosts } from './item-costs.js';
import { sizes } from './item-costs.js';
import type { Areas, Box } from './item.js';
import { areasAt } from './item.js';

export class Room {
  /** Lowest places of the sizes, and the highest at which one alone still fits. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Of the smallest machine. */
  readonly least: Areas;
  /** Area beyond the smallest machine: what is left, and what each size adds. */
  private readonly spare: number;
  private readonly added: readonly Float64Array[];

  constructor(
    c: ShapeCosts,
    box: Box,
    readonly area: number,
  ) {
    const least = areasAt(c, box.low);
    const spare = area - least.area;
    this.low = box.low;
    this.least = least;
    this.spare = spare;
    this.added = sizes.map((name, k) => c.more[name].area.map((m) => m - c.more[name].area[box.low[k]!]!));
    this.high = box.high.map((h, k) => {
      let place = h;
      while (this.added[k]![place]! > spare) place--;
      return place;
    });
  }

  /** Whether buffers at these places do, with all collectors as they are in the smallest machine. */
  fits(weight: number, input: number, sum: number, global: number): boolean {
    const { added } = this;
    return added[0]![weight]! + added[1]![input]! + added[2]![sum]! + added[3]![global]! <= this.spare;
  }
}

/** First place in an ascending table whose entry is at least `need`; the table's length where there is none. */
export function placeFor(table: ArrayLike<number>, need: number): number {
  let i = 0;
  while (i < table.length && table[i]! < need) i++;
  return i;
}
