// What is known of the columns of one layer on one machine, and within which prices and slack that is all there is.

import { defined } from '../../base/invariant.js';
import { Staircase } from '../../base/staircase.js';
import { minBetween } from '../../enumerate/box-minima.js';
import type { Weights } from '../../enumerate/item.js';
import { costOf } from '../../enumerate/item.js';
import type { Found } from '../../search/strategy.js';
import type { ColumnsAnswer, ColumnsQuestion } from './columns-task.js';

/** Everything of no more cost than `max` is known, or undercut by something known. */
interface Complete {
  readonly weights: Weights;
  readonly max: number;
}

/** Asks somewhere, here or in a worker. */
export type AskColumns = (question: ColumnsQuestion, seconds: number) => Promise<ColumnsAnswer>;

export class LayerColumns {
  private readonly known = new Staircase<Found>();
  private readonly complete: Complete[] = [];
  /** What the best column costs by some weights. */
  private readonly minima = new Map<string, { readonly weights: Weights; readonly min: number }>();
  /** What columns cost at least by some weights, at once. */
  private readonly floors = new Map<string, { readonly weights: Weights; readonly min: number }>();
  private readonly asked = new Map<string, Promise<number | undefined>>();
  /** The layer has no mapping within its limits. */
  isEmpty = false;

  constructor(
    private readonly task: ColumnsQuestion['task'],
    private readonly askColumns: AskColumns,
    private readonly floorOf: (question: Pick<ColumnsQuestion, 'task' | 'weights'>) => number = () => 0,
  ) {}

  /** From the quickest on. */
  get columns(): readonly Found[] {
    return this.known.items;
  }

  /** What the best of the known columns costs; +Infinity. */
  bestKnown(weights: Weights): number {
    return this.columns.reduce((min, found) => Math.min(min, valueOf(weights, found)), Infinity);
  }

  /** The best of the known columns. @throws if there is none. */
  bestBy(weights: Weights): Found {
    const [first, ...rest] = this.columns;
    return rest.reduce(
      (best, found) => (valueOf(weights, found) < valueOf(weights, best) ? found : best),
      defined(first),
    );
  }

  /** What the best column costs; +Infinity where there is none, undefined where that was not settled in time. */
  async min(weights: Weights, seconds: number): Promise<number | undefined> {
    const known = this.minSettled(weights);
    if (known !== undefined) return known;
    const { unit, shares } = sharesOf(weights);
    const key = keyOf(shares);
    // Steps of one shape ask at the same time.
    const asked = this.asked.get(key) ?? this.settle(shares, seconds);
    this.asked.set(key, asked);
    const min = await asked;
    this.asked.delete(key);
    if (min === undefined) return undefined;
    this.minima.set(key, { weights: shares, min });
    return unit * min;
  }

  private async settle(weights: Weights, seconds: number): Promise<number | undefined> {
    if (this.isEmpty) return Infinity;
    // What is known is the most that is of interest.
    const known = this.bestKnown(weights);
    if (this.covers(weights, known)) return known;
    const wanted = { kind: 'min', max: known } as const;
    const { found, whole } = await this.askColumns({ task: this.task, weights, wanted }, seconds);
    found.forEach((f) => this.add(f));
    if (!whole) return undefined;
    this.isEmpty = this.columns.length === 0;
    return this.bestKnown(weights);
  }

  /** What the best column costs by some weights, where that was asked before. */
  minSettled(weights: Weights): number | undefined {
    const { unit, shares } = sharesOf(weights);
    const settled = this.minima.get(keyOf(shares))?.min;
    if (settled !== undefined) return unit * settled;
    // Where a known column costs no more than all do at least, it is the best.
    const known = this.bestKnown(shares);
    const bound = known < Infinity ? this.atLeast(shares) : 0;
    return known <= bound * sumSlack ? unit * Math.min(known, bound) : undefined;
  }

  /** What every column costs at least by some weights, by what was asked by others; +Infinity where there is none. */
  atLeast(weights: Weights): number {
    if (this.isEmpty) return Infinity;
    const { unit, shares } = sharesOf(weights);
    return unit * minBetween([...this.minima.values(), ...this.floors.values()], shares);
  }

  /** The same, and by what can be said at once. */
  floor(weights: Weights): number {
    const { shares } = sharesOf(weights);
    const key = keyOf(shares);
    if (!this.floors.has(key) && !this.isEmpty)
      this.floors.set(key, { weights: shares, min: this.floorOf({ task: this.task, weights: shares }) });
    return this.atLeast(weights);
  }

  /** Of every mapping that is neither known nor undercut by one: it costs at least so much; +Infinity where there is none. */
  proven(): readonly { readonly weights: Weights; readonly min: number }[] {
    return [...this.minima.values(), ...this.complete.map(({ weights, max }) => ({ weights, min: max }))];
  }

  /** Finds all columns of no more cost than `max`; false where the time was over first. */
  async within(weights: Weights, max: number, seconds: number): Promise<boolean> {
    if (this.isEmpty || this.covers(weights, max)) return true;
    const { found, whole } = await this.askColumns({ task: this.task, weights, wanted: { kind: 'all', max } }, seconds);
    found.forEach((f) => this.add(f));
    if (whole) this.complete.push({ weights, max });
    return whole;
  }

  private add(found: Found): void {
    this.known.add(found.evaluation.cycles, found.evaluation.energy, found);
  }

  /**
   * Whether something asked before had all columns that these weights make cost `max`: there every column costs at
   * most so many times as much, as what grows fastest between the two.
   */
  private covers(weights: Weights, max: number): boolean {
    return this.complete.some((c) => max * growth(weights, c.weights) <= c.max);
  }
}

/** Weights that differ by a factor ask the same: the first that counts is one. */
function sharesOf({ both, energy, cycles }: Weights): { readonly unit: number; readonly shares: Weights } {
  const unit = energy || cycles || both;
  return { unit, shares: { both: both / unit, energy: energy / unit, cycles: cycles / unit } };
}

const keyOf = ({ both, energy, cycles }: Weights): string => `${both} ${energy} ${cycles}`;

/** Sums of doubles in another order. */
const sumSlack = 1 + 1e-12;

const parts = ['both', 'energy', 'cycles'] as const;

/** How many times as much something may cost by other weights. */
const growth = (from: Weights, to: Weights): number =>
  parts.reduce((max, part) => Math.max(max, to[part] === 0 ? 0 : to[part] / from[part]), 0);

const valueOf = (weights: Weights, { evaluation: { energy, cycles } }: Found) => costOf(weights, energy, cycles);
