// Energy x cycles of a network's totals bounded in a box: lines E w_E + T w_T >= c below all totals make a polygon, and the
// product is least at one of its corners, for it is quasi-concave.

import type { Weights } from '../../enumerate/item.js';
import type { MasterLimits } from '../../milp/master/master.js';
import type { TotalsLine } from './network-bound.js';

/** Totals on the border of what lines leave. */
export interface Corner {
  readonly energy: number;
  readonly cycles: number;
  readonly product: number;
}

const none: Corner = { energy: Infinity, cycles: Infinity, product: Infinity };

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;

/** Lines of energy and cycles alone: what each layer's own product is charged at is at most what its limit leaves. */
const flat = (lines: readonly TotalsLine[], { both = Infinity }: MasterLimits): readonly TotalsLine[] =>
  lines.flatMap(({ weights, sum }) => {
    const left = weights.both > 0 ? sum - weights.both * both : sum;
    return left > 0 ? [{ weights: { ...weights, both: 0 }, sum: left * (1 - slack) }] : [];
  });

/** Energy that lines leave at so many cycles. */
const energyAt = (lines: readonly TotalsLine[], cycles: number): number =>
  lines.reduce(
    (max, { weights, sum }) =>
      weights.energy > 0 ? Math.max(max, (sum - weights.cycles * cycles) / weights.energy) : max,
    0,
  );

/** Where lines cross between the fewest and the most cycles that limits leave, these included, ascending. */
function corners(all: readonly TotalsLine[], limits: MasterLimits): readonly Corner[] {
  const lines = flat(all, limits);
  if (lines.some(({ sum }) => sum === Infinity)) return [];
  const { energy = Infinity, cycles: upTo = Infinity } = limits;
  const from = lines.reduce((max, { weights, sum }) => {
    if (weights.cycles === 0) return max;
    if (weights.energy === 0) return Math.max(max, sum / weights.cycles);
    return energy < Infinity ? Math.max(max, (sum - weights.energy * energy) / weights.cycles) : max;
  }, 0);
  if (from > upTo) return [];
  const at = new Set([from]);
  if (upTo < Infinity) at.add(upTo);
  for (const [i, a] of lines.entries()) {
    for (const b of lines.slice(i + 1)) {
      const turn = a.weights.energy * b.weights.cycles - b.weights.energy * a.weights.cycles;
      const cycles = (a.weights.energy * b.sum - b.weights.energy * a.sum) / turn;
      if (turn !== 0 && cycles > from && cycles < upTo) at.add(cycles);
    }
  }
  return [...at]
    .sort((x, y) => x - y)
    .map((cycles) => {
      const e = energyAt(lines, cycles);
      return { energy: e, cycles, product: e * cycles };
    })
    .filter((c) => c.energy <= energy * (1 + slack));
}

/** Where the product may be least, and what it is there; +Infinity where lines leave nothing within the limits. */
export const leastProduct = (lines: readonly TotalsLine[], limits: MasterLimits): Corner =>
  corners(lines, limits).reduce((x, y) => (y.product < x.product ? y : x), none);

/** The fewest and the most cycles at which lines leave products below `max`: between corners no other is below both. */
export function reachBelow(
  lines: readonly TotalsLine[],
  limits: MasterLimits,
  max: number,
): readonly [number, number] | undefined {
  const all = corners(lines, limits);
  const low = all.flatMap((c, i) => (c.product < max ? [i] : []));
  const [first, last] = [low[0], low.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const from = all[Math.max(0, first - 1)]?.cycles ?? 0;
  const minEnergy = all.at(-1)?.energy ?? 0;
  const end = all[last + 1]?.cycles ?? Math.min(limits.cycles ?? Infinity, minEnergy > 0 ? max / minEnergy : Infinity);
  return [from, end];
}

/** What totals of a product below `max` come to at most by some weights: along the hyperbola that is at an end. */
export const mostBelow = ({ energy, cycles }: Weights, max: number, [from, upTo]: readonly [number, number]): number =>
  Math.max(...[from, upTo].map((t) => (t > 0 ? energy * (max / t) + cycles * t : Infinity)));

/** Lines that leave a corner where it is. */
export const linesAt = (lines: readonly TotalsLine[], { energy, cycles }: Corner): readonly TotalsLine[] =>
  lines.filter(({ weights: w, sum }) => w.both === 0 && w.energy * energy + w.cycles * cycles <= sum * (1 + 1e-9));
