// What some tensors kept in some ways cost at least: bounds of parts, each proven once, and what they add up to.

import { nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { decided } from '../model/machine/keeping.js';
import type { Tensor } from '../model/workload/layer.js';
import { tensors } from '../model/workload/layer.js';

/** Tensors, and for each of them the levels that keep it, of those where that is open. */
export interface Keeps {
  readonly tensor: Tensor;
  readonly levels: readonly number[];
}

export interface PartSource {
  /** Whether the parts of tensors add up; otherwise the largest counts. */
  readonly adds: boolean;
  readonly over: () => boolean;
  /** What mappings better than the best known cost at least, of these tensors alone: a share of the whole. */
  readonly relaxed: (a: Architecture, only: readonly Tensor[]) => Promise<number>;
}

export class PartBounds {
  private readonly known = new Map<string, number>();
  /** Of each tensor alone, whichever way it is kept. */
  private readonly min: number[] = [];

  private constructor(
    private readonly a: Architecture,
    private readonly source: PartSource,
  ) {}

  /** Tensor by tensor first: every other bound begins with these. */
  static async ofWays(a: Architecture, source: PartSource, ways: readonly (readonly Keeps[])[]): Promise<PartBounds> {
    const bounds = new PartBounds(a, source);
    for (const own of ways) {
      const singles: number[] = [];
      for (const keeps of own) singles.push(await bounds.of([keeps]));
      bounds.min.push(Math.min(...singles));
    }
    return bounds;
  }

  async of(keeps: readonly Keeps[]): Promise<number> {
    const key = keeps.map(({ tensor, levels }) => `${tensor} ${levels.join()}`).join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.source.over()) return 0;
    const found = await this.source.relaxed(
      machineOf(this.a, keeps),
      keeps.map((k) => k.tensor),
    );
    this.known.set(key, found);
    return found;
  }

  /** Each tensor by itself: in its own way, or in its best where that is not decided. */
  async ofSingles(keeps: readonly Keeps[]): Promise<number> {
    const parts = [...this.min];
    for (const [i, own] of keeps.entries()) parts[i] = await this.of([own]);
    return this.together(parts);
  }

  /** Every pair with what the third costs at least; and where all are decided, half of the three pairs. */
  async ofPairs(keeps: readonly Keeps[]): Promise<number> {
    const pairs: number[] = [];
    let max = 0;
    for (const [i, one] of keeps.entries()) {
      for (const [j, other] of keeps.entries()) {
        if (j <= i) continue;
        const pair = await this.of([one, other]);
        pairs.push(pair);
        const third = tensors.length - i - j;
        max = Math.max(max, this.together([pair, keeps[third] ? await this.of([keeps[third]]) : nth(this.min, third)]));
      }
    }
    return pairs.length < tensors.length ? max : Math.max(max, this.source.adds ? this.together(pairs) / 2 : 0);
  }

  private together(parts: readonly number[]): number {
    return this.source.adds ? parts.reduce((n, p) => n + p, 0) : Math.max(...parts);
  }
}

/** The machine with these choices made; of other tensors nothing is kept that need not be. */
export const machineOf = (a: Architecture, keeps: readonly Keeps[]): Architecture =>
  decided(a, (level, tensor) => keeps.some((k) => k.tensor === tensor && k.levels.includes(level)));
