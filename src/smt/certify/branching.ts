// Which column to split: where both sides gain most, as far as earlier splits tell; the
// search is as long as these are poor.

import { nth } from '../../base/invariant.js';
import type { ExactColumn } from '../exact-rows.js';

/** How far values may be from whole numbers to count as whole. */
const wholeness = 1e-6;

export interface Candidate {
  readonly column: number;
  readonly at: number;
  /** How far the point is above `at`. */
  readonly part: number;
  readonly score: number;
  /** Whether both gains have been seen often enough. */
  readonly known: boolean;
}

/** Gains per unit of distance, of one column and one side. */
interface Gains {
  sum: number;
  count: number;
}

/** Gains of this many splits are believed. */
const enough = 2;

export class Branching {
  private readonly below: Gains[];
  private readonly above: Gains[];
  private readonly all = { below: { sum: 0, count: 0 }, above: { sum: 0, count: 0 } };

  constructor(private readonly columns: readonly ExactColumn[]) {
    this.below = columns.map(() => ({ sum: 0, count: 0 }));
    this.above = columns.map(() => ({ sum: 0, count: 0 }));
  }

  /** What a split has gained on one side. */
  learn(column: number, side: 'below' | 'above', distance: number, gain: number): void {
    if (distance < wholeness || !Number.isFinite(gain)) return;
    for (const record of [nth(this[side], column), this.all[side]]) {
      record.sum += Math.max(0, gain) / distance;
      record.count++;
    }
  }

  /** All columns that are not whole at a point, the most promising first. */
  candidates(x: ArrayLike<number>): Candidate[] {
    const found: Candidate[] = [];
    for (const [column, { integer }] of this.columns.entries()) {
      if (!integer) continue;
      const at = Math.floor(nth(x, column) + wholeness);
      const part = nth(x, column) - at;
      if (part < wholeness) continue;
      const known = Math.min(nth(this.below, column).count, nth(this.above, column).count) >= enough;
      found.push({
        column,
        at,
        part,
        score: this.score(part * this.expected(column, 'below'), (1 - part) * this.expected(column, 'above')),
        known,
      });
    }
    return found.sort((p, q) => q.score - p.score);
  }

  score(below: number, above: number): number {
    return Math.max(below, 1e-7) * Math.max(above, 1e-7);
  }

  private expected(column: number, side: 'below' | 'above'): number {
    const own = nth(this[side], column);
    const all = this.all[side];
    const usual = all.count === 0 ? 1 : all.sum / all.count;
    // What is seen little of is taken for usual.
    return (own.sum + usual) / (own.count + 1);
  }
}
