// Energy x cycles of a network's totals bounded from below over whatever is searched, machines too: lines
// E + price x T >= c, one after the other where the product above those known is least.
//
// One line alone bounds no product, which is least at its ends: fewest cycles and least energy close it off. The best totals
// there are have no others below the line of their own price E / T, so that price is asked for first.

import type { Totals } from '../../milp/master/master.js';
import type { Corner, Line } from './lines.js';
import { leastOver, reach } from './lines.js';

/** What E and T are at most beside the product. */
export interface TotalLimits {
  readonly energy?: number;
  readonly cycles?: number;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
/** A price that is so close to one that was asked for says nothing new. */
const near = 1e-3;
/** A line that lifts its corner by no more is no progress. */
const leastGain = 1e-7;

export class ProductLines {
  private readonly lines: Line[] = [];

  constructor(private readonly limits: TotalLimits) {}

  /** energy E + cycles T of all totals is at least `bound`. */
  add({ energy, cycles }: Pick<Totals, 'energy' | 'cycles'>, bound: number): void {
    this.lines.push({ weights: { energy, cycles, both: 0 }, sum: bound * (1 - slack), min: [] });
  }

  knows(price: number): boolean {
    return this.lines.some(
      ({ weights: { energy, cycles } }) => energy > 0 && Math.abs(cycles / energy - price) <= near * price,
    );
  }

  /** Where the product may be least among totals of no more than `max`, and what it is there; +Infinity: there are none. */
  least(max: number): Corner {
    if (this.lines.some((l) => l.sum === Infinity)) return { energy: Infinity, cycles: Infinity, product: Infinity };
    const minEnergy = this.lines.reduce((n, l) => (l.weights.cycles === 0 ? Math.max(n, l.sum) : n), 0);
    const minCycles = this.lines.reduce((n, l) => (l.weights.energy === 0 ? Math.max(n, l.sum) : n), 0);
    const end = Math.min(Number.MAX_VALUE, (max * (1 + slack)) / Math.max(minEnergy, Number.MIN_VALUE));
    const [from, upTo] = reach(this.lines, this.limits, { from: minCycles, upTo: Math.max(minCycles, end) });
    return from > upTo ? { energy: Infinity, cycles: from, product: Infinity } : leastOver(this.lines, from, upTo);
  }
}

export interface ProductSearch {
  /** A bound on E x weights.energy + T x weights.cycles of all totals; it may end where that is `enough`. +Infinity: there are none. */
  readonly ask: (weights: Totals, enough: number) => Promise<number>;
  readonly lines: ProductLines;
  /** What bounds need not exceed; falls as better totals are found. */
  readonly target: () => number;
  /** The best totals known. */
  readonly best: () => Pick<Totals, 'energy' | 'cycles'> | undefined;
  readonly over: () => boolean;
}

/** What is asked for, and the bound that is enough: a line of this price that touches the product aimed at excludes all that one can. */
type Asked = readonly [weights: Totals, enough: number];
const priced = (price: number, target: number): Asked => [
  { energy: 1, cycles: price, both: 0 },
  2 * Math.sqrt(price * target),
];

/** The line that lifts a corner most; at one without cycles or energy the least of these is not known yet. */
function towards({ energy, cycles }: Corner, target: number): Asked {
  if (cycles === 0) return [{ energy: 0, cycles: 1, both: 0 }, Infinity];
  return energy === 0 ? [{ energy: 1, cycles: 0, both: 0 }, Infinity] : priced(energy / cycles, target);
}

/** Lines until no totals are below the target; false where more of them would not help, or it is over. */
export async function boundProduct({ ask, lines, target, best, over }: ProductSearch): Promise<boolean> {
  const add = async (weights: Totals, enough: number): Promise<void> => lines.add(weights, await ask(weights, enough));
  // Anything above nothing will do for a beginning.
  await add({ energy: 0, cycles: 1, both: 0 }, Number.MIN_VALUE);
  await add({ energy: 1, cycles: 0, both: 0 }, Number.MIN_VALUE);
  let last = 0;
  while (!over()) {
    const corner = lines.least(target());
    if (corner.product >= target()) return true;
    const known = best();
    const own = known && known.energy / known.cycles;
    const isNew = own !== undefined && own > 0 && !lines.knows(own);
    await add(...(isNew ? priced(own, target()) : towards(corner, target())));
    const { product } = lines.least(target());
    if (!isNew && product <= corner.product * (1 + leastGain) && corner.product <= last * (1 + leastGain)) break;
    last = corner.product;
  }
  return lines.least(target()).product >= target();
}
