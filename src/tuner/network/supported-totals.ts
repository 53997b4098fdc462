// The totals of a network that prices support, in search of the minimum energy x cycles: what was asked for so far, the lines
// below all choices that it gave, the best choice among it, and what stretches of cycles may still have.

import { defined } from '../../base/invariant.js';
import type { MasterLimits, Totals } from '../../milp/master/master.js';
import type { Choice } from './choose.js';
import type { Line } from './lines.js';
import { leastOver, reach } from './lines.js';
import type { Chosen, NetworkAnswer, NetworkQuestion } from './network-question.js';
import { totalsOfChosen } from './network-question.js';

/** Sums of doubles, and of the same numbers in another order. */
export const slack = 1e-11;

/** Cycles between two supported totals; `line` where nothing lies below the one through both. */
export interface Stretch {
  readonly from: number;
  readonly upTo: number;
  readonly line: Line | undefined;
}

/** A choice that costs least by some prices, what it costs, and what each of its layers has part in that. */
export interface Supported {
  readonly chosen: Chosen;
  readonly sum: number;
  readonly min: readonly number[];
}

/** Only a bound: nothing costs less than the sum by some prices, which is all that somebody wanted to know. */
export interface Bounded extends Pick<Supported, 'sum' | 'min'> {
  readonly chosen: undefined;
}

/**
 * 'none' where there is no choice, undefined where the time was over. Whoever learns more and more of what choices cost at least may
 * stop as soon as that is enough.
 */
export type Cheapest = (
  weights: Totals,
  isEnough: (sum: number) => boolean,
) => Promise<Supported | Bounded | 'none' | undefined>;

export class SupportedTotals {
  /** What is limited beside the product. */
  readonly limits: MasterLimits;
  private readonly cheapest: Cheapest;
  private readonly cutoff: number;
  private readonly lines: Line[] = [];
  /** Energy by cycles. */
  private readonly energies = new Map<number, number>();
  private found: Choice | undefined;

  constructor(cheapest: Cheapest, { limits, cutoff = Infinity }: Pick<NetworkQuestion, 'limits' | 'cutoff'>) {
    const { product = Infinity, ...others } = limits;
    this.limits = others;
    this.cheapest = cheapest;
    this.cutoff = Math.min(cutoff, product);
  }

  /** The best choice so far that keeps the limits. */
  get best(): Choice | undefined {
    return this.found;
  }

  /** A product above this is of no interest. */
  get max(): number {
    return Math.min(this.cutoff, this.found?.value ?? Infinity);
  }

  get lastLine(): Line {
    return defined(this.lines.at(-1));
  }

  energyAt(cycles: number): number {
    return defined(this.energies.get(cycles));
  }

  keep(choice: NetworkAnswer): void {
    const isBetter = choice.status === 'found' && choice.value < (this.found?.value ?? Infinity);
    if (isBetter && choice.value <= this.cutoff) this.found = choice;
  }

  /** What costs least by some prices: the line that it gives, and its totals, which lie on it. */
  async by(weights: Totals): Promise<Totals | 'none' | undefined> {
    const found = await this.ruling(weights, undefined);
    return found === 'ruled-out' ? undefined : found;
  }

  /** The same; or a lower line, which leaves nothing better in a stretch. */
  async ruling(weights: Totals, stretch: Stretch | undefined): Promise<Totals | 'ruled-out' | 'none' | undefined> {
    const lineAt = (sum: number, min: readonly number[]): Line => ({ weights, sum: sum * (1 - slack), min });
    const found = await this.cheapest(
      weights,
      (sum) => stretch !== undefined && !this.mayHave(stretch, lineAt(sum, [])),
    );
    if (!found || found === 'none') return found;
    const { chosen, sum, min } = found;
    this.lines.push(lineAt(sum, min));
    if (!chosen) return 'ruled-out';
    const totals = totalsOfChosen(chosen);
    this.energies.set(totals.cycles, Math.min(totals.energy, this.energies.get(totals.cycles) ?? Infinity));
    const isWithin = (['energy', 'cycles', 'both'] as const).every((q) => totals[q] <= (this.limits[q] ?? Infinity));
    if (isWithin) this.keep({ status: 'found', chosen, value: totals.energy * totals.cycles, bound: 0 });
    return totals;
  }

  /** The cycles of a stretch that lines and limits leave. */
  reach(stretch: Stretch): readonly [number, number] {
    return reach(this.lines, this.limits, stretch);
  }

  /** Whether something better than what is known may lie in a stretch, or anything at all where nothing is; above more lines too. */
  mayHave(stretch: Stretch, ...more: readonly Line[]): boolean {
    const bound = this.boundOf(stretch, more);
    return this.found ? bound < this.found.value * (1 - 4 * slack) : bound <= this.cutoff;
  }

  /** No choice in the stretches that is of interest has less. */
  bounded(stretches: readonly Stretch[]): number {
    return stretches.reduce((min, s) => Math.min(min, this.boundOf(s)), this.max) * (1 - slack);
  }

  /** No choice with cycles of the stretch, within the limits, has less. */
  private boundOf(stretch: Stretch, more: readonly Line[] = []): number {
    const lines = [...this.lines, ...more];
    const [from, upTo] = reach(lines, this.limits, stretch);
    return from > upTo ? Infinity : leastOver(lines, from, upTo).product;
  }
}
