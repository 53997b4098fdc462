// What a search for columns still looks for: mappings in a band above the least that no mapping found before undercuts.
//
// A column is undercut by one of no more energy, no more cycles and no larger needs: whatever asks for the lesser of either
// is as well off with that one. docs/formulation.md, "Columns and the master".

import { Staircase } from '../base/staircase.js';
import type { Limits } from '../model/cost/goal.js';
import type { Places } from './columns.js';
import { sizes } from './columns.js';
import type { Wanted } from './cutoff.js';
import type { Box, Item, Weights } from './item.js';
import { exceeds, costOf } from './item.js';

export class Band implements Wanted {
  cut = false;
  /** Those that every machine of the box holds: they undercut whatever needs more too. */
  private readonly everywhere = new Staircase<Item>();
  /** Those that need more than the smallest machine has. */
  private larger: Item[] = [];

  constructor(
    readonly weights: Weights,
    readonly limit: number,
    private readonly box: Box,
    private readonly limits: Limits,
  ) {}

  beyond(energy: number, cycles: number): boolean {
    if (exceeds(this.limits, energy, cycles)) return true;
    if (costOf(this.weights, energy, cycles) >= this.limit) {
      this.cut = true;
      return true;
    }
    return this.everywhere.undercuts(cycles, energy);
  }

  offer(item: Item): void {
    if (this.larger.some((other) => undercuts(other, item))) return;
    if (within(item.places, this.box.low)) this.everywhere.add(item.cycles, item.energy, item);
    else this.larger.push(item);
    this.larger = this.larger.filter((other) => other === item || !undercuts(item, other));
  }

  /** From the quickest on; of equal cycles, from the minimum energy on. */
  columns(): readonly Item[] {
    return [...this.everywhere.items, ...this.larger].sort((x, y) => x.cycles - y.cycles || x.energy - y.energy);
  }
}

const within = (one: Places, other: Places): boolean => sizes.every((size) => one[size] <= other[size]);

const undercuts = (one: Item, other: Item): boolean =>
  one.energy <= other.energy && one.cycles <= other.cycles && within(one.places, other.places);
