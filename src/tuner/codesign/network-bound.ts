// What one network costs at least in a box of machines, from what its layers cost at least by some weights: prices on its
// limits, and which prices to ask for next.

import { nth } from '../../base/invariant.js';
import type { Weights } from '../../enumerate/item.js';
import type { Master, MasterLimits, Totals } from '../../milp/master/master.js';
import { quantities, weighted } from '../../milp/master/master.js';

export interface NetworkGoal {
  /** A sum over layers, or energy x cycles of the totals. */
  readonly objective: Master['objective'];
  readonly limits: MasterLimits;
}

/** Goals that are sums, with limits on sums. */
export interface SumGoal extends NetworkGoal {
  readonly objective: Totals;
}

export const isSum = (goal: NetworkGoal): goal is SumGoal => goal.objective !== 'product';

/** weights.energy E + weights.cycles T + weights.both B >= sum for the totals of all mappings in a box. */
export interface TotalsLine {
  readonly weights: Weights;
  readonly sum: number;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;

/** What weights charge for the limits as a whole; +Infinity where they charge for what has no limit. */
export function charged({ objective, limits }: SumGoal, weights: Weights): number {
  return quantities.reduce((sum, q) => {
    const price = weights[q] - objective[q];
    return price > 0 ? sum + price * (limits[q] ?? Infinity) : sum;
  }, 0);
}

/** No choice within the limits costs less; +Infinity where none is within them. */
export function boundOf(goal: SumGoal, lines: readonly TotalsLine[]): number {
  return lines.reduce((max, { weights, sum }) => {
    const offset = charged(goal, weights);
    if (offset === Infinity) return max;
    return Math.max(max, sum === Infinity ? Infinity : sum - offset - slack * (sum + offset));
  }, 0);
}

/** Columns known of a layer, and how often it counts. */
export interface Known {
  readonly times: number;
  readonly columns: readonly Totals[];
}

/** A proposal: at these weights the columns known make the bound this much. */
export interface Proposal {
  readonly weights: Weights;
  readonly value: number;
}

const sweeps = 3;
const steps = 40;
/** Prices are looked for between these shares of what makes a limit count like all of the objective. */
const widest = 1e6;

/** The prices at which the columns known bound highest, of the cheapest choice of layers; undefined where each lacks some. */
export function propose(goal: SumGoal, all: readonly (readonly Known[])[]): Proposal | undefined {
  const choices = all.filter((layers) => layers.every(({ columns }) => columns.length > 0));
  if (choices.length === 0) return undefined;
  const limited = quantities.flatMap((q) => {
    const max = goal.limits[q];
    return max === undefined ? [] : [{ q, max }];
  });
  const leastOf = (layers: readonly Known[], weights: Totals): number =>
    layers.reduce(
      (sum, { times, columns }) =>
        sum + times * columns.reduce((min, c) => Math.min(min, weighted(weights, c)), Infinity),
      0,
    );
  const least = (weights: Totals): number =>
    choices.reduce((min, layers) => Math.min(min, leastOf(layers, weights)), Infinity);
  const scale = least(goal.objective);
  const priced = (shares: readonly number[]): Totals => {
    const weights = { ...goal.objective };
    limited.forEach(({ q, max }, i) => (weights[q] += (nth(shares, i) * scale) / max));
    return weights;
  };
  const value = (shares: readonly number[]): number =>
    least(priced(shares)) - shares.reduce((n, share) => n + share, 0) * scale;
  let best: readonly number[] = limited.map(() => 0);
  if (limited.length === 0) return { weights: priced(best), value: value(best) };
  for (let sweep = 0; sweep < (limited.length === 1 ? 1 : sweeps); sweep++) {
    for (const i of limited.keys()) {
      const at = (share: number) => best.map((s, j) => (j === i ? share : s));
      best = at(argmax((share) => value(at(share))));
    }
  }
  return { weights: priced(best), value: value(best) };
}

/** Of a function that is concave from 0 on, by golden sections of the logarithm. */
function argmax(f: (x: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-Math.log(widest), Math.log(widest)];
  const at = (share: number) => Math.exp(low + share * (high - low));
  let [x, y] = [1 - golden, golden].map(at) as [number, number];
  let [fx, fy] = [f(x), f(y)];
  for (let step = 0; step < steps; step++) {
    if (fx >= fy) {
      high = Math.log(y);
      [y, fy] = [x, fx];
      x = at(1 - golden);
      fx = f(x);
    } else {
      low = Math.log(x);
      [x, fx] = [y, fy];
      y = at(golden);
      fy = f(y);
    }
  }
  const z = Math.exp((low + high) / 2);
  return f(0) >= f(z) ? 0 : z;
}
