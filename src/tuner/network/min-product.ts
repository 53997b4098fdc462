// The minimum energy x cycles of a network's totals, exactly.
//
// Totals of every choice lie above the lines E + price x T >= c that prices give. Between two supported totals the line
// through both is asked for next; where nothing lies below it, the product has its least over it at an end, for it is
// quasi-concave. Without other limits such an end is the answer. Under limits the least need not lie on the hull: where it
// may lie, a band of columns above the line is all that a better choice can use, and the walk over these settles it.

import { defined, nth } from '../../base/invariant.js';
import type { Totals } from '../../milp/master/master.js';
import { choose } from './choose.js';
import type { Choice } from './choose.js';
import type { Line } from './lines.js';
import { leastOver, reach } from './lines.js';
import type { NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';
import { asWeights, late, totalsOfChosen } from './network-question.js';

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
const bandSlack = 1 + 1e-9;

/** Cycles between two supported totals; `line` where nothing lies below the one through both. */
interface Stretch {
  readonly from: number;
  readonly upTo: number;
  readonly line: Line | undefined;
}

export async function minProduct(
  question: NetworkQuestion,
  patience: Patience,
  ask: (question: NetworkQuestion) => Promise<NetworkAnswer>,
): Promise<NetworkAnswer> {
  const { layers } = question;
  const { product = Infinity, ...limits } = question.limits;
  const cutoff = Math.min(question.cutoff ?? Infinity, product);
  const lines: Line[] = [];
  const points = new Map<number, number>();
  let best: Choice | undefined;
  const max = () => Math.min(cutoff, best?.value ?? Infinity);
  const keep = (choice: NetworkAnswer): void => {
    if (choice.status === 'found' && choice.value < (best?.value ?? Infinity) && choice.value <= cutoff) best = choice;
  };

  const quickest = await supported({ energy: 0, cycles: 1, both: 0 });
  const leanest = quickest && (await supported({ energy: 1, cycles: 0, both: 0 }));
  if (!quickest || !leanest) return late;
  if (quickest === 'none' || leanest === 'none') return { status: 'none' };
  const end = Math.min(limits.cycles ?? Infinity, max() / Math.max(leanest.energy, Number.MIN_VALUE));
  let stretches: Stretch[] = [
    ...(quickest.cycles < leanest.cycles ? [{ from: quickest.cycles, upTo: leanest.cycles, line: undefined }] : []),
    { from: leanest.cycles, upTo: Math.max(end, leanest.cycles), line: nth(lines, 1) },
  ];
  for (;;) {
    const open = stretches.find((s) => !s.line && mayHave(s));
    if (!open) break;
    const [e1, e2] = [defined(points.get(open.from)), defined(points.get(open.upTo))];
    const price = (e1 - e2) / (open.upTo - open.from);
    const through = e1 + price * open.from;
    const point = await supported({ energy: 1, cycles: price, both: 0 });
    if (!point || point === 'none') return late;
    const isBelow = point.energy + price * point.cycles < through * (1 - slack);
    const parts: Stretch[] =
      isBelow && point.cycles > open.from && point.cycles < open.upTo
        ? [
            { from: open.from, upTo: point.cycles, line: undefined },
            { from: point.cycles, upTo: open.upTo, line: undefined },
          ]
        : [{ ...open, line: nth(lines, lines.length - 1) }];
    stretches = stretches.flatMap((s) => (s === open ? parts : [s]));
  }
  const left = stretches.filter(mayHave);
  if (left.length === 0) return best ? { ...best, bound: bounded(stretches) } : { status: 'none' };
  if (max() === Infinity) {
    const feasible = await anyWithin();
    if (feasible.status !== 'found') return feasible;
    const { energy, cycles } = totalsOfChosen(feasible.chosen);
    keep({ ...feasible, value: energy * cycles });
  }
  return overBands(left, bounded(stretches.filter((s) => !left.includes(s))));

  /** The best columns by some prices: the line that they give, and their totals, which lie on it. */
  async function supported(weights: Totals): Promise<Totals | 'none' | undefined> {
    const min = await Promise.all(layers.map(({ columns }) => columns.min(asWeights(weights), patience.left())));
    if (min.includes(undefined) || patience.over()) return undefined;
    if (min.includes(Infinity)) return 'none';
    const sum = layers.reduce((n, { count }, i) => n + count * defined(min[i]), 0);
    lines.push({ weights, sum: sum * (1 - slack), min: min.map(defined) });
    const chosen = layers.map(({ layer, count, columns }) => ({
      layer,
      count,
      found: columns.bestBy(asWeights(weights)),
    }));
    const totals = totalsOfChosen(chosen);
    points.set(totals.cycles, Math.min(totals.energy, points.get(totals.cycles) ?? Infinity));
    const isWithin = (['energy', 'cycles', 'both'] as const).every((q) => totals[q] <= (limits[q] ?? Infinity));
    const value = totals.energy * totals.cycles;
    if (isWithin) keep({ status: 'found', chosen, value, bound: 0 });
    return totals;
  }

  /** No choice with cycles of the stretch, within the limits, has less. */
  function boundOf(stretch: Stretch): number {
    const [from, upTo] = reach(lines, limits, stretch);
    return from > upTo ? Infinity : leastOver(lines, from, upTo).product;
  }

  /** Whether something better than what is known may lie in a stretch, or anything at all where nothing is. */
  function mayHave(stretch: Stretch): boolean {
    const bound = boundOf(stretch);
    return best ? bound < best.value * (1 - 4 * slack) : bound <= cutoff;
  }

  function bounded(of: readonly Stretch[]): number {
    return of.reduce((min, s) => Math.min(min, boundOf(s)), max()) * (1 - slack);
  }

  /** Any choice within the limits: the columns known mostly have one. */
  async function anyWithin(): Promise<NetworkAnswer> {
    const known = await choose({ ...question, limits }, [], patience);
    return known.status === 'found' ? known : ask({ layers, objective: { energy: 1, cycles: 0, both: 0 }, limits });
  }

  /** Stretch by stretch: columns in the band above its line, and the walk over them. */
  async function overBands(of: readonly Stretch[], others: number): Promise<NetworkAnswer> {
    let bound = others;
    for (const stretch of of) {
      const line = defined(stretch.line);
      const [from, upTo] = reach(lines, limits, { ...stretch, upTo: Math.min(stretch.upTo, max() / leanestEnergy()) });
      if (from > upTo) continue;
      const { weights, sum, min } = line;
      // Below the hyperbola of the best product the priced sum is highest at one of the ends.
      const highest = Math.max(...[from, upTo].map((t) => weights.energy * (max() / t) + weights.cycles * t));
      const band = Math.max(0, highest - sum);
      const whole = await Promise.all(
        layers.map(({ columns, count, choices }, i) =>
          columns.within(asWeights(weights), (nth(min, i) + (band * choices) / count) * bandSlack, patience.left()),
        ),
      );
      if (whole.includes(false)) return late;
      const product = max() * bandSlack;
      const cut = { weights, max: sum + band };
      const within = {
        ...limits,
        cycles: Math.floor(upTo),
        energy: Math.min(limits.energy ?? Infinity, max() / from),
        product,
      };
      const found = await choose({ ...question, limits: within, cutoff: Infinity }, [cut], patience);
      if (found.status === 'unknown') return found;
      if (found.status === 'found') bound = Math.min(bound, found.bound);
      keep(found);
    }
    return best ? { ...best, bound: Math.min(bound, best.value) } : { status: 'none' };
  }

  function leanestEnergy(): number {
    return Math.max(nth(lines, 1).sum, Number.MIN_VALUE);
  }
}
