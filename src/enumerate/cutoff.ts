// What a search still looks for: a mapping within the limits that is worth less than the best so far.

import type { Asked, Item, Weights } from './item.js';
import { limitSlack, worth } from './item.js';

/** What the searches over tiles and splits ask of whoever wants mappings. */
export interface Wanted {
  readonly weights: Weights;
  /** What is worth so much or more is of no interest. */
  readonly limit: number;
  /** Whether anything was left out for what it is worth, not for what it needs or for the limits. */
  cut: boolean;
  /** Whether mappings that cost at least so much are of no interest. */
  beyond: (energy: number, cycles: number) => boolean;
  offer: (item: Item) => void;
}

export class Cutoff implements Wanted {
  best: Item | undefined;
  cut = false;
  private readonly mostEnergy: number;
  private readonly mostCycles: number;
  private readonly mostBoth: number;

  /** What is not below `limit` is of no interest. */
  constructor(
    readonly weights: Weights,
    public limit: number,
    private readonly asked: Pick<Asked, 'limits' | 'accept'> = {},
  ) {
    const { energy = Infinity, latency = Infinity, edp = Infinity } = asked.limits ?? {};
    this.mostEnergy = energy * (1 + limitSlack);
    this.mostCycles = latency * (1 + limitSlack);
    this.mostBoth = edp * (1 + limitSlack);
  }

  beyond(energy: number, cycles: number): boolean {
    if (energy > this.mostEnergy || cycles > this.mostCycles || energy * cycles > this.mostBoth) return true;
    if (worth(this.weights, energy, cycles) < this.limit) return false;
    this.cut = true;
    return true;
  }

  /** Keeps an item that is worth less than all before, by its own sums or by the cost model's. */
  offer(item: Item): void {
    const value = this.asked.accept?.(item) ?? item.value;
    if (value >= this.limit) return;
    this.limit = value;
    this.best = item;
  }
}
