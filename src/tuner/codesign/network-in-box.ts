// One network in boxes of machines of a shape: which weights its layers were asked by, what follows for its totals, and by
// which to ask next. Prices on limits for sums (`network-bound.ts`), a polygon for energy x cycles (`product-bound.ts`).

import { nth } from '../../base/invariant.js';
import type { BoxMinima, Demand, Minima } from '../../enumerate/box-minima.js';
import { inAllRuns, isSame } from '../../enumerate/box-minima.js';
import type { Box, Item, Weights } from '../../enumerate/item.js';
import type { Totals } from '../../milp/master/master.js';
import { quantities } from '../../milp/master/master.js';
import type { Composition, Counted } from './composition.js';
import type { Known, NetworkGoal, TotalsLine } from './network-bound.js';
import { boundOf, charged, isSum, propose } from './network-bound.js';
import { leastProduct, linesAt, mostBelow, reachBelow } from './product-bound.js';

export interface NetworkState {
  /** By what its layers were asked in this box or one around it; what bounds it best last. */
  readonly asked: readonly Weights[];
  readonly lines: readonly TotalsLine[];
  /** With limits on sums that follow from one on energy x cycles. */
  readonly goal: NetworkGoal;
  readonly bound: number;
}

export const alone = (q: keyof Totals): Weights => ({ both: 0, energy: 0, cycles: 0, [q]: 1 });
/** What a polygon is closed off by. */
export const ends = [alone('energy'), alone('cycles')];

const maxRounds = 12;
/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
/** Prices so close to each other say the same; those of a corner need not be closer than this at first. */
const near = 1e-7;
const nearCorner = 1e-3;

export class NetworkInBox {
  /** Bounds need not be better than to the tolerance, a share. */
  constructor(
    private readonly goal: NetworkGoal,
    private readonly layers: Composition,
    private readonly boxes: BoxMinima,
    private readonly tolerance: number,
  ) {}

  get hasProduct(): boolean {
    return this.goal.objective === 'product' || this.goal.limits.product !== undefined;
  }

  /** Whether a sum by some weights says anything of the objective: they charge for nothing else that has no limit. */
  isBoundBy(weights: Weights): boolean {
    return isSum(this.goal) ? charged(this.goal, weights) < Infinity : weights.both === 0;
  }

  /** No machine of the shape is below; at once. */
  floor(): number {
    const { objective, limits } = this.goal;
    const of = (weights: Weights) => this.layers.floor(weights);
    if (quantities.some((q) => limits[q] !== undefined && of(alone(q)) * (1 - slack) > limits[q])) return Infinity;
    return objective === 'product' ? of(alone('energy')) * of(alone('cycles')) : of(objective);
  }

  state(minima: Minima, asked: readonly Weights[], box: Box): NetworkState {
    const all = this.hasProduct ? [...asked, ...ends] : asked;
    const lines = all.map((weights): TotalsLine => ({ weights, sum: this.lineAt(minima, weights, box) }));
    const goal = this.following(lines);
    if (!isSum(goal)) {
      const product = (weights: Weights) => {
        const totals = this.totalsAt(minima, weights, box);
        return totals ? totals.energy * totals.cycles : Infinity;
      };
      const order = asked.toSorted((x, y) => product(y) - product(x));
      return { asked: order, lines, goal, bound: leastProduct(lines, goal.limits).product };
    }
    // The best last: a box inside begins with it.
    const bounds = asked.map((_, i) => boundOf(goal, [nth(lines, i)]));
    const order = [...asked.keys()].sort((x, y) => nth(bounds, x) - nth(bounds, y));
    const { product = Infinity } = goal.limits;
    const isNone = product < Infinity && leastProduct(lines, goal.limits).product > product * (1 + slack);
    return { asked: order.map((i) => nth(asked, i)), lines, goal, bound: isNone ? Infinity : Math.max(0, ...bounds) };
  }

  /** Cycles are at most a limit on energy x cycles over the minimum energy, and the other way round. */
  following(lines: readonly TotalsLine[]): NetworkGoal {
    const { objective, limits } = this.goal;
    const { product } = limits;
    if (product === undefined) return this.goal;
    const min = (q: 'energy' | 'cycles') => lines.find(({ weights }) => isSame(weights, alone(q)))?.sum ?? 0;
    const most = (of: number, own = Infinity) => Math.min(own, of > 0 ? (product / of) * (1 + slack) : Infinity);
    const [energy, cycles] = [most(min('cycles'), limits.energy), most(min('energy'), limits.cycles)];
    return {
      objective,
      limits: { ...limits, ...(energy < Infinity && { energy }), ...(cycles < Infinity && { cycles }) },
    };
  }

  /** What a network may cost within a limit on just that; bounds beyond it say that there is nothing. */
  get most(): number {
    const { objective, limits } = this.goal;
    const q = objective === 'product' ? 'product' : quantities.find((q) => isSame(alone(q), objective));
    return ((q && limits[q]) ?? Infinity) * (1 + 2 * slack);
  }

  /** What a sum by some weights need not exceed: then no choice is worth less than `rest`. */
  interest({ goal, lines }: NetworkState, weights: Weights, rest: number): number {
    if (isSum(goal)) return rest + charged(goal, weights);
    if (rest === Infinity) return Infinity;
    const reach = reachBelow(lines, goal.limits, rest);
    return reach ? mostBelow(weights, rest, reach) : 0;
  }

  /** The weights to ask a network's layers by, where that promises more; the first are those that were best before. */
  next(minima: Minima, state: NetworkState, box: Box, round: number): Weights | undefined {
    const { asked, bound, goal, lines } = state;
    const last = asked.at(-1);
    if (!last) return this.first(minima, box);
    const isSettled = (weights: Weights) => this.totalsAt(minima, weights, box) !== undefined;
    if (!isSettled(last)) return last;
    if (round + 1 >= maxRounds) return undefined;
    const isNew = (weights: Weights, share: number) => !asked.some((w) => isNear(w, weights, share));
    if (isSum(goal)) {
      if (Object.keys(goal.limits).length === 0) return undefined;
      const proposal = propose(goal, this.known(minima, asked, box));
      if (!proposal) return undefined;
      if (proposal.value - bound <= this.tolerance * Math.abs(proposal.value)) return undefined;
      return isNew(proposal.weights, near) ? proposal.weights : undefined;
    }
    const corner = leastProduct(lines, goal.limits);
    const open = linesAt(lines, corner).find((l) => asked.some((w) => w === l.weights) && !isSettled(l.weights));
    if (open) return open.weights;
    const points = asked.flatMap((w) => this.totalsAt(minima, w, box) ?? []).sort((x, y) => x.cycles - y.cycles);
    const best = points.reduce((min, { energy, cycles }) => Math.min(min, energy * cycles), Infinity);
    if (best <= corner.product * (1 + this.tolerance)) return undefined;
    const own = { energy: 1, cycles: corner.energy / corner.cycles, both: 0 };
    if (isNew(own, nearCorner)) return own;
    const after = points.find((p) => p.cycles > corner.cycles);
    const before = points.findLast((p) => p.cycles <= corner.cycles);
    if (!after || !before) return undefined;
    const slope = { energy: 1, cycles: (before.energy - after.energy) / (after.cycles - before.cycles), both: 0 };
    return slope.cycles > 0 && isNew(slope, near) ? slope : undefined;
  }

  /** What is known of the layers of each choice that some weights have led to. */
  private known(minima: Minima, asked: readonly Weights[], box: Box): readonly (readonly Known[])[] {
    const columns = new Map<number, readonly Totals[]>();
    const columnsOf = (layer: number) => {
      const own = columns.get(layer) ?? this.boxes.columns(layer, box).map(totalsOf);
      columns.set(layer, own);
      return own;
    };
    const choices = new Set(asked.map((weights) => this.layers.of(minima, weights, box).layers));
    return [...choices].map((layers) => layers.map(({ layer, times }) => ({ times, columns: columnsOf(layer) })));
  }

  /** Where nothing is known: the objective alone. */
  first(minima: Minima, box: Box): Weights {
    const { objective } = this.goal;
    if (objective !== 'product') return objective;
    const [energy, cycles] = ends.map((w) => this.lineAt(minima, w, box)) as [number, number];
    return { energy: 1, cycles: energy / Math.max(cycles, 1), both: 0 };
  }

  /** Of what layers take at some weights; undefined where that is not settled in the box. */
  totalsAt(minima: Minima, weights: Weights, box: Box): Totals | undefined {
    const sum = { energy: 0, cycles: 0, both: 0 };
    for (const { layer, times } of this.demands(minima, weights, box)) {
      const item = nth(minima, layer).find((m) => isSame(m.weights, weights))?.item;
      if (!item || !this.boxes.holds(box, item.places)) return undefined;
      const { energy, cycles } = totalsOf(item);
      sum.energy += times * energy;
      sum.cycles += times * cycles;
    }
    return sum;
  }

  lineAt(minima: Minima, weights: Weights, box: Box): number {
    return this.layers.of(minima, weights, box).sum;
  }

  /** What layers take at the weights that bound it best. */
  items(
    minima: Minima,
    { asked }: Pick<NetworkState, 'asked'>,
    box: Box,
  ): readonly (Counted & { readonly weights: Weights; readonly item: Item })[] {
    const weights = asked.at(-1);
    if (!weights) return [];
    return this.demands(minima, weights, box).flatMap((demand) => {
      const item = nth(minima, demand.layer).find((m) => isSame(m.weights, weights))?.item;
      return item ? [{ ...demand, item }] : [];
    });
  }

  demands(minima: Minima, weights: Weights, box: Box): readonly Demand[] {
    return this.layers.of(minima, weights, box).layers.map((counted) => ({ ...counted, weights }));
  }
}

const totalsOf = (item: Item): Totals => {
  const { energy, cycles } = inAllRuns(item);
  return { energy, cycles, both: energy * cycles };
};

const isNear = (a: Weights, b: Weights, share: number): boolean =>
  quantities.every((q) => Math.abs(a[q] - b[q]) <= share * Math.max(a[q], b[q]));
