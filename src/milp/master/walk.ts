// The master problem solved exactly: instance after instance joins all totals reached so far, in whole numbers, and totals
// that others undercut go. What is left at the end has the minimum of every objective that grows with the totals.

import { nth } from '../../base/invariant.js';
import { Staircase } from '../../base/staircase.js';
import type { Master, Picks, Totals } from './master.js';
import { quantities, valueOf, weighted } from './master.js';
import type { Rounding, WholeLayer } from './whole-numbers.js';
import { inWholeNumbers } from './whole-numbers.js';

/** Only totals whose weighted sum is at most so much are of interest. */
export interface Cut {
  readonly weights: Totals;
  readonly max: number;
}

export type Walked =
  /** `totals` and `value` are those of the rounded costs. */
  | { readonly status: 'optimal'; readonly picks: Picks; readonly totals: Totals; readonly value: number }
  | { readonly status: 'none' }
  /** More totals than can be walked over. */
  | { readonly status: 'too-many' };

/** Totals after some instances, each with the one that it came from and the column that was added. */
interface Reached {
  readonly energy: Float64Array;
  readonly cycles: Float64Array;
  readonly both: Float64Array;
  readonly from: Int32Array;
  readonly column: Int32Array;
}

/** Sums looked at: tenths of a second a million. */
const maxSums = 2e7;
/** Cuts are sums of doubles. */
const cutSlack = 1 + 1e-9;

/** The minimum of the objective within limits and cuts. */
export function walk(master: Master, rounding: Rounding, cuts: readonly Cut[] = []): Walked {
  const { layers, limits, unit } = inWholeNumbers(master, rounding);
  if (layers.some(({ count, energy }) => count > 0 && energy.length === 0)) return { status: 'none' };
  const used = usedBy(master, layers);
  // Layers of few columns first: there is least to look at as long as little is known.
  const order = [...layers.keys()].sort((x, y) => nth(used, x).energy.length - nth(used, y).energy.length);
  const steps = order.flatMap((l) => Array.from({ length: nth(layers, l).count }, () => l));
  const own = cuts.map(({ weights, max }) => ({
    weights: {
      energy: weights.energy * unit.energy,
      cycles: weights.cycles * unit.cycles,
      both: weights.both * unit.both,
    },
    max: max * cutSlack + Number.MIN_VALUE,
  }));
  const rests = restsOf(steps, used, own);
  const product = (limits.product ?? Infinity) * cutSlack;
  const allows = (e: number, t: number, b: number, step: number): boolean => {
    const rest = nth(rests, step);
    const [energy, cycles, both] = [e + rest.min.energy, t + rest.min.cycles, b + rest.min.both];
    if (energy > (limits.energy ?? Infinity) || cycles > (limits.cycles ?? Infinity)) return false;
    if (both > (limits.both ?? Infinity) || energy * cycles > product) return false;
    return own.every(({ weights: w, max }, i) => w.energy * e + w.cycles * t + w.both * b + nth(rest.cuts, i) <= max);
  };
  const passed: Reached[] = [start()];
  let sums = 0;
  for (const [step, l] of steps.entries()) {
    const last = nth(passed, step);
    sums += last.energy.length * nth(used, l).energy.length;
    if (sums > maxSums) return { status: 'too-many' };
    passed.push(joined(last, nth(used, l), (e, t, b) => allows(e, t, b, step + 1)));
  }
  const end = nth(passed, steps.length);
  if (end.energy.length === 0) return { status: 'none' };
  const totalsAt = (i: number): Totals => ({
    energy: nth(end.energy, i) * unit.energy,
    cycles: nth(end.cycles, i) * unit.cycles,
    both: nth(end.both, i) * unit.both,
  });
  let at = 0;
  for (let i = 1; i < end.energy.length; i++)
    if (valueOf(master.objective, totalsAt(i)) < valueOf(master.objective, totalsAt(at))) at = i;
  const totals = totalsAt(at);
  const picks = layers.map(({ energy }) => Array.from(energy, () => 0));
  for (let step = steps.length; step > 0; step--) {
    const reached = nth(passed, step);
    const column = nth(reached.column, at);
    const taken = nth(picks, nth(steps, step - 1));
    taken[column] = nth(taken, column) + 1;
    at = nth(reached.from, at);
  }
  return { status: 'optimal', picks, totals, value: valueOf(master.objective, totals) };
}

const start = (): Reached => ({
  energy: new Float64Array(1),
  cycles: new Float64Array(1),
  both: new Float64Array(1),
  from: new Int32Array(1),
  column: new Int32Array(1),
});

/** Quantities that neither objective nor limits speak of count nothing: totals need not be told apart by them. */
function usedBy({ objective, limits }: Master, layers: readonly WholeLayer[]): readonly WholeLayer[] {
  const ofProduct = objective === 'product' || limits.product !== undefined;
  const isUsed = (q: keyof Totals) =>
    limits[q] !== undefined || (objective !== 'product' && objective[q] > 0) || (ofProduct && q !== 'both');
  const nothing = quantities.filter((q) => !isUsed(q));
  return layers.map((layer) => ({
    ...layer,
    ...Object.fromEntries(nothing.map((q) => [q, new Float64Array(layer.energy.length)])),
  }));
}

/** What the instances from each step on come to at least: of each quantity, and of the sum of each cut. */
function restsOf(
  steps: readonly number[],
  layers: readonly WholeLayer[],
  cuts: readonly Cut[],
): readonly { readonly min: Totals; readonly cuts: readonly number[] }[] {
  const min = (of: Float64Array) => of.reduce((x, y) => Math.min(x, y), Infinity);
  const own = layers.map((layer) => ({
    min: { energy: min(layer.energy), cycles: min(layer.cycles), both: min(layer.both) },
    cuts: cuts.map(({ weights }) =>
      layer.energy.reduce(
        (x, energy, i) =>
          Math.min(x, weighted(weights, { energy, cycles: nth(layer.cycles, i), both: nth(layer.both, i) })),
        Infinity,
      ),
    ),
  }));
  const rests = [{ min: { energy: 0, cycles: 0, both: 0 }, cuts: cuts.map(() => 0) }];
  for (const l of steps.toReversed()) {
    const [after, layer] = [nth(rests, 0), nth(own, l)];
    rests.unshift({
      min: {
        energy: after.min.energy + layer.min.energy,
        cycles: after.min.cycles + layer.min.cycles,
        both: after.min.both + layer.min.both,
      },
      cuts: after.cuts.map((sum, i) => sum + nth(layer.cuts, i)),
    });
  }
  return rests;
}

/** All totals reached, each with every column of one more instance; without those that others undercut. */
function joined(
  last: Reached,
  layer: WholeLayer,
  allows: (energy: number, cycles: number, both: number) => boolean,
): Reached {
  const max = last.energy.length * layer.energy.length;
  const all = {
    energy: new Float64Array(max),
    cycles: new Float64Array(max),
    both: new Float64Array(max),
    from: new Int32Array(max),
    column: new Int32Array(max),
  };
  let size = 0;
  for (let i = 0; i < last.energy.length; i++) {
    for (let c = 0; c < layer.energy.length; c++) {
      const energy = nth(last.energy, i) + nth(layer.energy, c);
      const cycles = nth(last.cycles, i) + nth(layer.cycles, c);
      const both = nth(last.both, i) + nth(layer.both, c);
      if (!allows(energy, cycles, both)) continue;
      all.energy[size] = energy;
      all.cycles[size] = cycles;
      all.both[size] = both;
      all.from[size] = i;
      all.column[size] = c;
      size++;
    }
  }
  const { energy, cycles, both } = all;
  const sorted = Int32Array.from({ length: size }, (_, i) => i).sort(
    (x, y) =>
      nth(cycles, x) - nth(cycles, y) || nth(energy, x) - nth(energy, y) || nth(both, x) - nth(both, y) || x - y,
  );
  // In this order nothing is undercut by what comes later: two quantities are left to be compared.
  const steps = new Staircase<undefined>();
  const kept = sorted.filter((i) => {
    if (steps.undercuts(nth(energy, i), nth(both, i))) return false;
    steps.add(nth(energy, i), nth(both, i), undefined);
    return true;
  });
  const of = (list: Float64Array) => Float64Array.from(kept, (i) => nth(list, i));
  const whole = (list: Int32Array) => Int32Array.from(kept, (i) => nth(list, i));
  return { energy: of(energy), cycles: of(cycles), both: of(both), from: whole(all.from), column: whole(all.column) };
}
