// What a search still looks for: a mapping within the limits that costs less than the best so far.

import type { Asked, Item, Weights } from './item.js';
import { limitSlack, costOf } from './item.js';

/** What the searches over tiles and splits ask of whoever wants mappings. */
export interface Wanted {
  readonly weights: Weights;
  /** What costs so much or more is of no interest. */
  readonly limit: number;
  /** Whether anything was left out for what it costs, not for what it needs or for the limits. */
  cut: boolean;
  /** Whether mappings that cost at least so much are of no interest. */
  beyond: (energy: number, cycles: number) => boolean;
  offer: (item: Item) => void;
}

export class Cutoff implements Wanted {
  best: Item | undefined;
  cut = false;
  private readonly maxEnergy: number;
  private readonly maxCycles: number;
  private readonly maxBoth: number;

  /** What is not below `limit` is of no interest. */
  constructor(
    readonly weights: Weights,
    public limit: number,
    private readonly asked: Pick<Asked, 'limits' | 'accept'> = {},
  ) {
    const { energy = Infinity, latency = Infinity, edp = Infinity } = asked.limits ?? {};
    this.maxEnergy = energy * (1 + limitSlack);
    this.maxCycles = latency * (1 + limitSlack);
    this.maxBoth = edp * (1 + limitSlack);
  }

  beyond(energy: number, cycles: number): boolean {
    if (energy > this.maxEnergy || cycles > this.maxCycles || energy * cycles > this.maxBoth) return true;
    if (costOf(this.weights, energy, cycles) < this.limit) return false;
    this.cut = true;
    return true;
  }

  /** Keeps an item that costs less than all before, by its own sums or by the cost model's. */
  offer(item: Item): void {
    const value = this.asked.accept?.(item) ?? item.value;
    if (value >= this.limit) return;
    this.limit = value;
    this.best = item;
  }
}
