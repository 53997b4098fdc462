// The minimum of a sum over a network within limits, exactly. Prices on the limits bound it; what is found at these prices
// bounds it from above; between the two lies a band of columns outside of which no better choice has any, and the walk over
// the columns of the band settles it. docs/formulation.md, "Columns and the master", has the proof.

import type { StopReason } from '../../base/stop-reason.js';
import { timeLimit } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import type { MasterLimits, Totals } from '../../milp/master/master.js';
import { valueOf } from '../../milp/master/master.js';
import { bestPrices, limitsIn } from './best-prices.js';
import { choose } from './choose.js';
import type { Choice } from './choose.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';
import { asWeights, late, totalsOfChosen } from './network-question.js';

/** Sums of doubles. */
const slack = 1 + 1e-9;
/** Choices of known columns are first looked for so close to the bound: a share of it. */
const near = 1e-2;

export type SumQuestion = NetworkQuestion & { readonly objective: Totals };

/** `ask` answers other questions about the same network. */
export async function minSum(
  question: SumQuestion,
  patience: Patience,
  ask: (question: NetworkQuestion) => Promise<NetworkAnswer>,
): Promise<NetworkAnswer> {
  const { layers, objective, cutoff = Infinity } = question;
  const limits = await linearLimits(question, patience);
  if (!limits) return late;
  if (limits === 'none') return { status: 'none' };
  const priced = await bestPrices(layers, objective, limitsIn(limits), patience, cutoff);
  if (!priced) return late;
  const { weights, min, bound } = priced;
  if (bound > cutoff || bound === Infinity) return { status: 'none' };
  const sum = layers.reduce((n, { count }, i) => n + count * nth(min, i), 0);
  /** What has so much of the objective costs at most this at the prices, within the limits. */
  const cutAt = (value: number) => ({ weights, max: sum + Math.max(0, value - bound) });

  const asked = { ...question, limits: { ...question.limits, ...limits } };
  let known: Choice | undefined;
  for (const value of [bound + near * Math.abs(bound), Infinity]) {
    if (known) break;
    const chosen = await choose(asked, [cutAt(Math.min(value, cutoff))], patience);
    if (chosen.status === 'found') known = chosen;
  }
  if (known && question.anyWillDo) return { ...known, bound: Math.max(0, bound) };
  if (!known && cutoff === Infinity) {
    const feasible = await anyWithin(question, ask);
    if (feasible?.status !== 'found') return feasible ?? late;
    known = { ...feasible, value: valueOf(objective, totalsOfChosen(feasible.chosen)) };
  }
  const max = Math.min(cutoff, known?.value ?? Infinity);
  const whole = await Promise.all(
    layers.map(({ columns, count, choices }, i) => {
      // What one choice may be off by, its instances share.
      const band = (Math.max(0, max - bound) * choices) / count;
      return columns.within(asWeights(weights), (nth(min, i) + band) * slack, patience.left());
    }),
  );
  const openFor = (reason: StopReason): NetworkAnswer => ({ status: 'unknown', reason, bound: Math.max(0, bound) });
  if (whole.includes(false)) return openFor(timeLimit);
  const best = await choose(asked, [cutAt(max)], patience);
  if (best.status === 'none') return known ? { ...known, bound: Math.min(known.value, known.bound) } : best;
  if (best.status === 'unknown') return openFor(best.reason);
  return known && known.value < best.value ? { ...known, bound: best.bound } : best;
}

/** Any choice within all limits: the minimum of one of what is limited. Undefined where one limit leaves nothing to ask. */
async function anyWithin(
  question: SumQuestion,
  ask: (question: NetworkQuestion) => Promise<NetworkAnswer>,
): Promise<NetworkAnswer | undefined> {
  const { product, ...linear } = question.limits;
  if (product !== undefined) return ask({ ...question, objective: 'product', limits: linear, cutoff: product });
  const [first, ...rest] = limitsIn(linear);
  if (!first || rest.length === 0) return undefined;
  const objective = { energy: 0, cycles: 0, both: 0, [first.quantity]: 1 };
  const limits = Object.fromEntries(rest.map(({ quantity, max }) => [quantity, max]));
  return ask({ ...question, objective, limits, cutoff: first.max });
}

/**
 * Limits on sums, with those that follow from one on energy x cycles: cycles are at most the product over the minimum energy,
 * and the other way round. Undefined where the time was over.
 */
async function linearLimits(
  { layers, limits }: NetworkQuestion,
  patience: Patience,
): Promise<MasterLimits | 'none' | undefined> {
  const { product, ...linear } = limits;
  if (product === undefined) return linear;
  const none = { energy: 0, cycles: 0, both: 0 };
  const energy = await bestPrices(layers, { ...none, energy: 1 }, limitsIn(linear), patience);
  const cycles = await bestPrices(layers, { ...none, cycles: 1 }, limitsIn(linear), patience);
  if (!energy || !cycles) return undefined;
  if (energy.bound === Infinity || cycles.bound === Infinity) return 'none';
  const over = (min: number) => (min > 0 ? (product / min) * slack : Infinity);
  const following = { energy: over(cycles.bound), cycles: over(energy.bound) };
  return {
    ...linear,
    ...(following.energy < (linear.energy ?? Infinity) && { energy: following.energy }),
    ...(following.cycles < (linear.cycles ?? Infinity) && { cycles: following.cycles }),
  };
}
