// Prices on limits at which the least priced sum bounds a network highest: at some prices every layer says what its best
// column is; a linear program over all columns said so far proposes the next prices (Kelley's cutting planes).

import { defined, nth } from '../../base/invariant.js';
import { highsOracle } from '../../milp/linear-highs.js';
import type { Totals } from '../../milp/master/master.js';
import { quantities, weighted } from '../../milp/master/master.js';
import type { LinearRow } from '../../program/milp.js';
import type { ColumnLayer, Patience } from './network-question.js';
import { asWeights } from './network-question.js';

export interface PricedLimit {
  readonly quantity: keyof Totals;
  readonly max: number;
}

export interface Priced {
  /** The objective and what is limited, at their prices. */
  readonly weights: Totals;
  /** Per layer what its best column costs by them. */
  readonly min: readonly number[];
  /** No choice within the limits costs less of the objective. */
  readonly bound: number;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
/** Prices are good enough when they are within this share of the best. */
const enough = 1e-9;
const maxRounds = 60;
/** What a limit may cost, in shares of the whole: more is never asked for. */
const maxShare = 1e9;

/**
 * The prices, or undefined where the time was over. `enoughBound` ends it early: nothing of more is of interest.
 * Where limits cannot be met by any choice, whatever it costs, the bound is +Infinity.
 */
export async function bestPrices(
  layers: readonly ColumnLayer[],
  objective: Totals,
  limits: readonly PricedLimit[],
  patience: Patience,
  enoughBound = Infinity,
): Promise<Priced | undefined> {
  const nothing: Totals = { energy: 0, cycles: 0, both: 0 };
  if (limits.length > 0) {
    // Can they be met at all? The sum of what is limited, each as a share of its limit, is then at most 1 at any shares.
    const shares = await climb(layers, nothing, limits, patience, 0);
    if (!shares || shares.bound > 0) return shares && { ...shares, bound: Infinity };
  }
  return climb(layers, objective, limits, patience, enoughBound);
}

async function climb(
  layers: readonly ColumnLayer[],
  objective: Totals,
  limits: readonly PricedLimit[],
  patience: Patience,
  enoughBound: number,
): Promise<Priced | undefined> {
  const alone = isNothing(objective);
  let best: Priced | undefined;
  // Prices begin where limits cost as much as all there is: at prices of nothing a search has nothing to go by.
  const costOf = alone ? 1 : layers.reduce((sum, l) => sum + l.count * l.columns.bestKnown(asWeights(objective)), 0);
  let prices: readonly number[] = limits.map(({ max }) => (costOf < Infinity ? costOf : 0) / limits.length / max);
  for (let round = 0; round < maxRounds; round++) {
    const priced = await at(layers, objective, limits, prices, patience);
    if (!priced) return undefined;
    if (!best || priced.bound > best.bound) best = priced;
    if (best.bound > enoughBound || limits.length === 0 || best.bound === Infinity) return best;
    const proposed = await propose(layers, objective, limits);
    if (!proposed || (alone && proposed.value <= 0)) return best;
    if (proposed.value - best.bound <= enough * Math.abs(proposed.value)) return best;
    prices = proposed.prices;
  }
  return best;
}

/** Limits without an objective: their prices are shares that add up to 1. */
const isNothing = (objective: Totals): boolean => quantities.every((q) => objective[q] === 0);

/** Asks every layer at some prices. */
async function at(
  layers: readonly ColumnLayer[],
  objective: Totals,
  limits: readonly PricedLimit[],
  prices: readonly number[],
  patience: Patience,
): Promise<Priced | undefined> {
  const weights = { ...objective };
  limits.forEach(({ quantity }, i) => (weights[quantity] += nth(prices, i)));
  const min = await Promise.all(layers.map(({ columns }) => columns.min(asWeights(weights), patience.left())));
  if (min.includes(undefined) || patience.over()) return undefined;
  const known = min.map(defined);
  const sum = layers.reduce((n, { count }, i) => n + count * nth(known, i), 0);
  const offset = limits.reduce((n, { max }, i) => n + nth(prices, i) * max, 0);
  return { weights, min: known, bound: sum === Infinity ? Infinity : sum - offset - slack * (sum + offset) };
}

/** The prices at which the columns known so far cost most, and what they cost then. */
async function propose(
  layers: readonly ColumnLayer[],
  objective: Totals,
  limits: readonly PricedLimit[],
): Promise<{ readonly prices: readonly number[]; readonly value: number } | undefined> {
  const alone = isNothing(objective);
  const min = layers.reduce((sum, { count, columns }) => sum + count * columns.bestKnown(asWeights(objective)), 0);
  const scale = min > 0 && !alone ? min : 1;
  // Variables are what a limit costs as a whole, and what every layer costs at least; all in shares of the scale.
  const costs = [...limits.map(() => 1), ...layers.map(({ count }) => -count)];
  const isLimit = (i: number) => i < limits.length;
  const columns = costs.map((cost, i) => ({
    name: isLimit(i) ? nth(limits, i).quantity : nth(layers, i - limits.length).layer.name,
    lower: isLimit(i) ? 0 : -Infinity,
    upper: isLimit(i) ? (alone ? 1 : maxShare) : Infinity,
    integer: false,
    cost,
  }));
  const rows = layers.flatMap(({ layer, columns: known }, l) =>
    known.columns.map(({ evaluation: { energy, cycles } }): LinearRow => {
      const cost: Totals = { energy, cycles, both: energy * cycles };
      return {
        name: layer.name,
        indices: [limits.length + l, ...limits.keys()],
        values: [1, ...limits.map(({ quantity, max }) => -cost[quantity] / max)],
        lower: -Infinity,
        upper: weighted(objective, cost) / scale,
      };
    }),
  );
  const shares = { name: 'shares', indices: [...limits.keys()], values: limits.map(() => 1), lower: 1, upper: 1 };
  const model = await highsOracle.open({ columns, rows: alone ? [...rows, shares] : rows, offset: 0 });
  try {
    const answer = model.solve(true);
    if (answer.status !== 'optimal') return undefined;
    const prices = limits.map(({ max }, i) => (Math.max(0, nth(answer.point, i)) * scale) / max);
    return { prices, value: -answer.value * scale };
  } finally {
    model.close();
  }
}

export const limitsIn = (limits: Readonly<Partial<Record<keyof Totals, number>>>): readonly PricedLimit[] =>
  quantities.flatMap((quantity) => {
    const max = limits[quantity];
    return max === undefined ? [] : [{ quantity, max }];
  });
