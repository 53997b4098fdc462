// The minimum energy x cycles of a network's totals, exactly.
//
// Totals of every choice lie above the lines E + price x T >= c that prices give. Between two supported totals the line
// through both is asked for next; where nothing lies below it, the product has its least over it at an end, for it is
// quasi-concave. Without other limits such an end is the answer. Under limits the least need not lie on the hull: where it
// may lie, a band of columns above the line is all that a better choice can use, and the walk over these settles it.

import { defined, nth } from '../../base/invariant.js';
import { choose } from './choose.js';
import type { Line } from './lines.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';
import { asWeights, late, totalsOfChosen } from './network-question.js';
import type { Stretch } from './supported-totals.js';
import { slack, SupportedTotals } from './supported-totals.js';

/** A band of columns is wider than what is asked of it: sums of doubles. */
const bandSlack = 1 + 1e-9;

/** The line below the minimum energy, and the stretches between the quickest totals, the leanest, and the limits. */
interface Ends {
  readonly leanest: Line;
  readonly stretches: readonly Stretch[];
}

export async function minProduct(
  question: NetworkQuestion,
  patience: Patience,
  ask: (question: NetworkQuestion) => Promise<NetworkAnswer>,
): Promise<NetworkAnswer> {
  const totals = new SupportedTotals(question, patience);
  const ends = await endsOf(totals);
  if (!ends) return late;
  if (ends === 'none') return { status: 'none' };
  const stretches = await refined(totals, ends.stretches);
  if (!stretches) return late;
  const left = stretches.filter((s) => totals.mayHave(s));
  if (left.length === 0) return totals.best ? { ...totals.best, bound: totals.bounded(stretches) } : { status: 'none' };
  if (totals.max === Infinity) {
    const feasible = await anyWithin(question, totals, patience, ask);
    if (feasible.status !== 'found') return feasible;
    const { energy, cycles } = totalsOfChosen(feasible.chosen);
    totals.keep({ ...feasible, value: energy * cycles });
  }
  const others = totals.bounded(stretches.filter((s) => !left.includes(s)));
  return overBands(question, totals, { leanest: ends.leanest, stretches: left }, others, patience);
}

async function endsOf(totals: SupportedTotals): Promise<Ends | 'none' | undefined> {
  const quickest = await totals.by({ energy: 0, cycles: 1, both: 0 });
  const leanest = quickest && (await totals.by({ energy: 1, cycles: 0, both: 0 }));
  if (!quickest || !leanest) return undefined;
  if (quickest === 'none' || leanest === 'none') return 'none';
  const line = totals.lastLine;
  const end = Math.min(totals.limits.cycles ?? Infinity, totals.max / Math.max(leanest.energy, Number.MIN_VALUE));
  return {
    leanest: line,
    stretches: [
      ...(quickest.cycles < leanest.cycles ? [{ from: quickest.cycles, upTo: leanest.cycles, line: undefined }] : []),
      { from: leanest.cycles, upTo: Math.max(end, leanest.cycles), line },
    ],
  };
}

/** Stretches whose line is known, or which cannot have anything better. */
async function refined(totals: SupportedTotals, begun: readonly Stretch[]): Promise<readonly Stretch[] | undefined> {
  let stretches = begun;
  for (;;) {
    const open = stretches.find((s) => !s.line && totals.mayHave(s));
    if (!open) return stretches;
    const parts = await divided(totals, open);
    if (!parts) return undefined;
    stretches = stretches.flatMap((s) => (s === open ? parts : [s]));
  }
}

/** A stretch in two where totals lie below the line through its ends; with that line where none do. */
async function divided(totals: SupportedTotals, open: Stretch): Promise<readonly Stretch[] | undefined> {
  const [first, last] = [totals.energyAt(open.from), totals.energyAt(open.upTo)];
  const price = (first - last) / (open.upTo - open.from);
  const through = first + price * open.from;
  const point = await totals.by({ energy: 1, cycles: price, both: 0 });
  if (!point || point === 'none') return undefined;
  const isBelow = point.energy + price * point.cycles < through * (1 - slack);
  return isBelow && point.cycles > open.from && point.cycles < open.upTo
    ? [
        { from: open.from, upTo: point.cycles, line: undefined },
        { from: point.cycles, upTo: open.upTo, line: undefined },
      ]
    : [{ ...open, line: totals.lastLine }];
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
  { leanest, stretches }: Ends,
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
