// The minimum energy x cycles of a network's totals, exactly.
//
// Totals of every choice lie above the lines E + price x T >= c that prices give. Between two supported totals the line
// through both is asked for next; where nothing lies below it, the product has its least over it at an end, for it is
// quasi-concave. Without other limits such an end is the answer. Under limits the least need not lie on the hull: where it
// may lie, a band of columns above the line is all that a better choice can use, and the walk over these settles it.

import { defined, nth } from '../../base/invariant.js';
import type { Totals } from '../../milp/master/master.js';
import { choose } from './choose.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';
import { asWeights, late, totalsOfChosen } from './network-question.js';
import type { Walked } from './price-walk.js';
import { walkPrices } from './price-walk.js';
import type { Stretch, Supported } from './supported-totals.js';
import { SupportedTotals } from './supported-totals.js';

/** A band of columns is wider than what is asked of it: sums of doubles. */
const bandSlack = 1 + 1e-9;

export async function minProduct(
  question: NetworkQuestion,
  patience: Patience,
  ask: (question: NetworkQuestion) => Promise<NetworkAnswer>,
): Promise<NetworkAnswer> {
  const totals = new SupportedTotals((weights) => cheapestColumns(question, weights, patience), question);
  const walked = await walkPrices(totals);
  if (!walked) return late;
  if (walked === 'none') return { status: 'none' };
  const { leanest, stretches } = walked;
  const left = stretches.filter((s) => totals.mayHave(s));
  if (left.length === 0) return totals.best ? { ...totals.best, bound: totals.bounded(stretches) } : { status: 'none' };
  if (totals.max === Infinity) {
    const feasible = await anyWithin(question, totals, patience, ask);
    if (feasible.status !== 'found') return feasible;
    const { energy, cycles } = totalsOfChosen(feasible.chosen);
    totals.keep({ ...feasible, value: energy * cycles });
  }
  const others = totals.bounded(stretches.filter((s) => !left.includes(s)));
  return overBands(question, totals, { leanest, stretches: left }, others, patience);
}

/** The best column of every layer by some prices. */
async function cheapestColumns(
  { layers }: NetworkQuestion,
  weights: Totals,
  patience: Patience,
): Promise<Supported | 'none' | undefined> {
  const prices = asWeights(weights);
  const min = await Promise.all(layers.map(({ columns }) => columns.min(prices, patience.left())));
  if (min.includes(undefined) || patience.over()) return undefined;
  if (min.includes(Infinity)) return 'none';
  return {
    chosen: layers.map(({ layer, count, columns }) => ({ layer, count, found: columns.bestBy(prices) })),
    sum: layers.reduce((n, { count }, i) => n + count * defined(min[i]), 0),
    min: min.map(defined),
  };
}

/** Any choice within the limits: the columns known mostly have one. */
async function anyWithin(
  question: NetworkQuestion,
  { limits }: SupportedTotals,
  patience: Patience,
  ask: (question: NetworkQuestion) => Promise<NetworkAnswer>,
): Promise<NetworkAnswer> {
  const known = await choose({ ...question, limits }, [], patience);
  if (known.status === 'found') return known;
  return ask({ layers: question.layers, objective: { energy: 1, cycles: 0, both: 0 }, limits });
}

/** Stretch by stretch: columns in the band above its line, and the walk over them. `others`: the bound of all other ones. */
async function overBands(
  question: NetworkQuestion,
  totals: SupportedTotals,
  { leanest, stretches }: Walked,
  others: number,
  patience: Patience,
): Promise<NetworkAnswer> {
  const minEnergy = Math.max(leanest.sum, Number.MIN_VALUE);
  let bound = others;
  for (const stretch of stretches) {
    const [from, upTo] = totals.reach({ ...stretch, upTo: Math.min(stretch.upTo, totals.max / minEnergy) });
    if (from > upTo) continue;
    const found = await overBand(question, totals, { ...stretch, from, upTo }, patience);
    if (found.status === 'unknown') return found;
    if (found.status === 'found') bound = Math.min(bound, found.bound);
    totals.keep(found);
  }
  return totals.best ? { ...totals.best, bound: Math.min(bound, totals.best.value) } : { status: 'none' };
}

/** The best choice in a stretch: of columns that lie no higher above its line than the best product known allows. */
async function overBand(
  question: NetworkQuestion,
  totals: SupportedTotals,
  { from, upTo, line }: Stretch,
  patience: Patience,
): Promise<NetworkAnswer> {
  const { weights, sum, min } = defined(line);
  // Below the hyperbola of the best product the priced sum is highest at one of the ends.
  const highest = Math.max(...[from, upTo].map((t) => weights.energy * (totals.max / t) + weights.cycles * t));
  const band = Math.max(0, highest - sum);
  const whole = await Promise.all(
    question.layers.map(({ columns, count, choices }, i) =>
      columns.within(asWeights(weights), (nth(min, i) + (band * choices) / count) * bandSlack, patience.left()),
    ),
  );
  if (whole.includes(false)) return late;
  const within = {
    ...totals.limits,
    cycles: Math.floor(upTo),
    energy: Math.min(totals.limits.energy ?? Infinity, totals.max / from),
    product: totals.max * bandSlack,
  };
  return choose({ ...question, limits: within, cutoff: Infinity }, [{ weights, max: sum + band }], patience);
}
