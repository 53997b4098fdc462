// What of a box of machines fits within an area.

import type { Buffers, EachSize, Places } from './columns.js';
import { cell, perSize } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Areas, Box } from './item.js';
import { areasAt } from './item.js';

export class BoxRoom {
  /** Lowest places of the sizes, and the highest at which one alone still fits. */
  readonly low: Places;
  readonly high: Places;
  /** Of the smallest machine. */
  readonly min: Areas;
  /** Area beyond the smallest machine: what is left, and what each size adds. */
  private readonly spare: number;
  private readonly added: Readonly<EachSize<Float64Array>>;

  constructor(
    c: ShapeCosts,
    { low, high }: Box,
    readonly area: number,
  ) {
    const min = areasAt(c, low);
    const spare = area - min.area;
    const added = perSize((size) => {
      const more = c.more[size].area;
      const lowest = cell(more, low[size]);
      return more.map((m) => m - lowest);
    });
    this.low = low;
    this.min = min;
    this.spare = spare;
    this.added = added;
    this.high = perSize((size) => {
      let place = high[size];
      while (cell(added[size], place) > spare) place--;
      return place;
    });
  }

  /** Whether buffers at these places do, with all collectors as they are in the smallest machine. */
  fits({ weightBuffer, inputBuffer, accumBuffer, globalBuffer }: Buffers): boolean {
    const { added } = this;
    return (
      cell(added.weightBuffer, weightBuffer) +
        cell(added.inputBuffer, inputBuffer) +
        cell(added.accumBuffer, accumBuffer) +
        cell(added.globalBuffer, globalBuffer) <=
      this.spare
    );
  }
}

/** First place in an ascending table whose entry is at least `need`; the table's length where there is none. */
export function placeFor(table: Float64Array, need: number): number {
  let place = 0;
  while (place < table.length && cell(table, place) < need) place++;
  return place;
}
