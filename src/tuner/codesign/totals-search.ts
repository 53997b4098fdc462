// Branch and bound over the sizes of one shape for what networks cost as a whole, within limits on their totals.
//
// In a box every network chooses a mapping for each layer, each on a machine of its own: at prices on the limits that
// bounds the box (`network-bound.ts`), prices of its own, begun with those of the box around it. Where the layers agree on one
// machine, the master over the columns that are near the bound settles what prices leave open.

import { defined, nth } from '../../base/invariant.js';
import type { SizeParameter } from '../../model/space/design-space.js';
import type { Demand, Minima } from '../../enumerate/box-minima.js';
import { BoxMinima, inAllRuns, isSame, minBetween } from '../../enumerate/box-minima.js';
import type { Places } from '../../enumerate/columns.js';
import { cell, perSize, sizes } from '../../enumerate/columns.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import type { Box, Item, Weights } from '../../enumerate/item.js';
import { areasAt, costOf, energyOf } from '../../enumerate/item.js';
import type { KernelTables } from '../../enumerate/kernels.js';
import type { Master, Totals } from '../../milp/master/master.js';
import { quantities } from '../../milp/master/master.js';
import { walk } from '../../milp/master/walk.js';
import type { TotalsProblem } from './codesign-problem.js';
import type { NetworkGoal, TotalsLine } from './network-bound.js';
import { boundOf, charged, isSum, propose } from './network-bound.js';
import { leastProduct, linesAt, mostBelow, reachBelow } from './product-bound.js';

/** A mapping that a layer of a network takes. */
export interface Pick {
  readonly layer: number;
  readonly network: number;
  readonly item: Item;
}

export interface BoxNode {
  readonly box: Box;
  readonly minima: Minima;
  /** Per network the weights that its layers were asked by, those that bound it highest last. */
  readonly asked: readonly (readonly Weights[])[];
  readonly bound: number;
  /** What layers take at the bound. */
  readonly picks: readonly Pick[];
}

/** A machine of the shape with a mapping for every layer of every network, within all limits. */
export interface PickedMachine {
  readonly places: Places;
  readonly value: number;
  readonly picks: readonly Pick[];
}

interface NetworkState {
  readonly asked: readonly Weights[];
  readonly lines: readonly TotalsLine[];
  /** With limits on sums that follow from one on energy x cycles. */
  readonly goal: NetworkGoal;
  readonly bound: number;
}

const alone = (q: keyof Totals): Weights => ({ both: 0, energy: 0, cycles: 0, [q]: 1 });
/** What a polygon is closed off by. */
const ends = [alone('energy'), alone('cycles')];

const maxRounds = 12;
/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
const bandSlack = 1 + 1e-9;

export class TotalsSearch {
  private readonly minima: BoxMinima;
  private readonly networks: readonly number[];
  private readonly goal: NetworkGoal;

  constructor(
    readonly costs: ShapeCosts,
    private readonly problem: TotalsProblem,
    kernels: KernelTables,
  ) {
    const { layers, padding, area, networks, objective, limits } = problem;
    this.minima = new BoxMinima(costs, layers, padding, area, kernels);
    this.networks = [...networks.keys()];
    this.goal = { objective, limits };
  }

  get whole(): Box {
    return this.minima.whole;
  }

  /** No machine of the shape is below; at once. */
  floor(): number {
    const { objective, limits } = this.problem;
    return this.sumOver((network) => {
      const floorOf = (weights: Weights) =>
        this.demands(network, weights).reduce((n, d) => n + d.times * this.minima.floor(d.layer, weights), 0);
      for (const q of ['energy', 'cycles', 'both'] as const)
        if (limits[q] !== undefined && floorOf(alone(q)) * (1 - slack) > limits[q]) return Infinity;
      return objective === 'product' ? floorOf(alone('energy')) * floorOf(alone('cycles')) : floorOf(objective);
    });
  }

  /** The box of all machines, bounded; prices begin with those given. */
  root(prices: readonly Weights[] | undefined, target: number, over: () => boolean): BoxNode | undefined {
    const nothing = this.problem.layers.map((_, layer) =>
      this.hasProduct
        ? ends.map((weights) => ({ weights, min: this.minima.floor(layer, weights), item: undefined }))
        : [],
    );
    const asked = this.networks.map((k) => (prices ? [nth(prices, k)] : []));
    return this.bounded({ box: this.whole, minima: nothing, asked, bound: 0, picks: [] }, target, over);
  }

  /** A box inside that of a node. */
  child(node: BoxNode, box: Box, target: number, over: () => boolean): BoxNode | undefined {
    return this.bounded({ ...node, box }, target, over);
  }

  /** A box with its bound at the best prices; undefined where no machine in it is below the target. Throws `Late`. */
  private bounded(from: BoxNode, target: number, over: () => boolean): BoxNode | undefined {
    if (areasAt(this.costs, from.box.low).area > this.problem.area) return undefined;
    let { minima } = from;
    let states: readonly NetworkState[] = this.networks.map((k) => this.state(k, minima, nth(from.asked, k), from.box));
    if (this.total(states) >= target) return undefined;
    for (const network of this.networks) {
      for (let round = 0; ; round++) {
        const weights = this.next(network, minima, nth(states, network), from.box, round);
        if (!weights) break;
        const limit = this.interest(nth(states, network), weights, this.restFor(network, states, target));
        const found = this.minima.sum(from.box, minima, this.demands(network, weights), limit * (1 + slack), over);
        if (!found) return undefined;
        minima = found.minima;
        const asked = [...nth(states, network).asked.filter((w) => !isSame(w, weights)), weights];
        const now = this.state(network, minima, asked, from.box);
        states = states.map((s, k) => (k === network ? now : s));
        if (this.total(states) >= target) return undefined;
      }
    }
    const picks = this.networks.flatMap((k) => this.picksAt(k, minima, nth(states, k)));
    return { box: from.box, minima, asked: states.map((s) => s.asked), bound: this.total(states), picks };
  }

  /** What a sum by some weights need not exceed: then no choice is worth less than `rest`. */
  private interest({ goal, lines }: NetworkState, weights: Weights, rest: number): number {
    if (isSum(goal)) return rest + charged(goal, weights);
    if (rest === Infinity) return Infinity;
    const reach = reachBelow(lines, goal.limits, rest);
    return reach ? mostBelow(weights, rest, reach) : 0;
  }

  /** The weights to ask a network's layers by, where that promises more; the first are those that were best before. */
  private next(network: number, minima: Minima, state: NetworkState, box: Box, round: number): Weights | undefined {
    const { asked, bound, goal, lines } = state;
    const last = asked.at(-1);
    if (!last) return this.first(network, minima);
    const isSettled = (weights: Weights) => this.totalsAt(network, minima, weights, box) !== undefined;
    if (!isSettled(last)) return last;
    if (round + 1 >= maxRounds) return undefined;
    const isNew = (weights: Weights, near: number) => !asked.some((w) => isNear(w, weights, near));
    if (isSum(goal)) {
      if (Object.keys(goal.limits).length === 0) return undefined;
      const layers = this.demands(network, last).map(({ layer, times }) => ({
        times,
        columns: this.minima.columns(layer, box).map(totalsOf),
      }));
      const proposal = propose(goal, layers);
      if (!proposal) return undefined;
      if (proposal.value - bound <= this.problem.tolerance * Math.abs(proposal.value)) return undefined;
      return isNew(proposal.weights, near) ? proposal.weights : undefined;
    }
    const corner = leastProduct(lines, goal.limits);
    const open = linesAt(lines, corner).find((l) => asked.some((w) => w === l.weights) && !isSettled(l.weights));
    if (open) return open.weights;
    const points = asked
      .flatMap((w) => this.totalsAt(network, minima, w, box) ?? [])
      .sort((x, y) => x.cycles - y.cycles);
    const best = points.reduce((min, { energy, cycles }) => Math.min(min, energy * cycles), Infinity);
    if (best <= corner.product * (1 + this.problem.tolerance)) return undefined;
    const own = { energy: 1, cycles: corner.energy / corner.cycles, both: 0 };
    if (isNew(own, 1e-3)) return own;
    const after = points.find((p) => p.cycles > corner.cycles);
    const before = points.findLast((p) => p.cycles <= corner.cycles);
    if (!after || !before) return undefined;
    const slope = { energy: 1, cycles: (before.energy - after.energy) / (after.cycles - before.cycles), both: 0 };
    return slope.cycles > 0 && isNew(slope, near) ? slope : undefined;
  }

  /** Where nothing is known: the objective alone. */
  private first(network: number, minima: Minima): Weights {
    const { objective } = this.goal;
    if (objective !== 'product') return objective;
    const [energy, cycles] = ends.map((w) => this.lineAt(network, minima, w)) as [number, number];
    return { energy: 1, cycles: energy / Math.max(cycles, 1), both: 0 };
  }

  private state(network: number, minima: Minima, asked: readonly Weights[], box: Box): NetworkState {
    const all = this.hasProduct ? [...asked, ...ends] : asked;
    const lines = all.map((weights): TotalsLine => ({ weights, sum: this.lineAt(network, minima, weights) }));
    const goal = this.following(lines);
    if (!isSum(goal)) {
      const product = (weights: Weights) => {
        const totals = this.totalsAt(network, minima, weights, box);
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
  private following(lines: readonly TotalsLine[]): NetworkGoal {
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
  private get most(): number {
    const { objective, limits } = this.goal;
    const q = objective === 'product' ? 'product' : quantities.find((q) => isSame(alone(q), objective));
    return ((q && limits[q]) ?? Infinity) * (1 + 2 * slack);
  }

  /** No machine whose networks keep the limits costs more. */
  get maxValue(): number {
    return this.sumOver(() => this.most);
  }

  private get hasProduct(): boolean {
    return this.goal.objective === 'product' || this.goal.limits.product !== undefined;
  }

  /** Of what layers take at some weights; undefined where that is not settled in the box. */
  private totalsAt(network: number, minima: Minima, weights: Weights, box: Box): Totals | undefined {
    const sum = { energy: 0, cycles: 0, both: 0 };
    for (const { layer, times } of this.demands(network, weights)) {
      const item = nth(minima, layer).find((m) => isSame(m.weights, weights))?.item;
      if (!item || !inside(item.places, box)) return undefined;
      const { energy, cycles } = totalsOf(item);
      sum.energy += times * energy;
      sum.cycles += times * cycles;
    }
    return sum;
  }

  private lineAt(network: number, minima: Minima, weights: Weights): number {
    return this.demands(network, weights).reduce(
      (sum, { layer, times }) => sum + times * minBetween(nth(minima, layer), weights),
      0,
    );
  }

  private picksAt(network: number, minima: Minima, { asked }: NetworkState): readonly Pick[] {
    const weights = asked.at(-1);
    if (!weights) return [];
    return this.demands(network, weights).flatMap(({ layer }) => {
      const item = nth(minima, layer).find((m) => isSame(m.weights, weights))?.item;
      return item ? [{ layer, network, item }] : [];
    });
  }

  private demands(network: number, weights: Weights): readonly Demand[] {
    return this.problem.layers.flatMap(({ counts }, layer) => {
      const times = nth(counts, network);
      return times > 0 ? [{ layer, weights, times }] : [];
    });
  }

  private sumOver(of: (network: number) => number): number {
    return this.networks.reduce((sum, k) => {
      const own = of(k);
      return sum + (own === Infinity ? Infinity : nth(this.problem.networks, k) * own);
    }, 0);
  }

  private total(states: readonly NetworkState[]): number {
    return this.sumOver((k) => nth(states, k).bound);
  }

  /** What a network may cost in a machine below the target: what the bounds of the others leave. */
  private restFor(network: number, states: readonly NetworkState[], target: number): number {
    const weight = nth(this.problem.networks, network);
    const others = this.sumOver((k) => (k === network ? 0 : nth(states, k).bound));
    return Math.min(this.most, weight > 0 ? (target - others) / weight : Infinity);
  }

  /** The machine that holds all that a node's layers take, or one within the area made out of it; undefined where there is none. */
  wanted({ box, picks }: BoxNode): Places | undefined {
    const places = perSize((size) => picks.reduce((max, { item }) => Math.max(max, item.places[size]), box.low[size]));
    const { area } = this.problem;
    for (
      let excess = areasAt(this.costs, places).area - area;
      excess > 0;
      excess = areasAt(this.costs, places).area - area
    ) {
      let cheapest: SizeParameter | undefined;
      let min = Infinity;
      for (const size of sizes) {
        const place = places[size];
        if (place <= box.low[size]) continue;
        const { area: more } = this.costs.more[size];
        const hurt = picks.reduce((n, { item }) => n + (item.places[size] >= place ? item.energy : 0), 0);
        const price = hurt / Math.min(excess, cell(more, place) - cell(more, place - 1));
        if (price < min) [cheapest, min] = [size, price];
      }
      if (!cheapest) return undefined;
      places[cheapest]--;
    }
    return places;
  }

  /** Whether all that a node's layers take is of one machine. */
  agreed({ picks }: BoxNode): boolean {
    const [first] = picks;
    return (
      first !== undefined && picks.every(({ item }) => sizes.every((s) => item.places[s] === first.item.places[s]))
    );
  }

  /** What one machine costs at least below the target, by what is known of its layers at the prices of a node; with a choice. */
  machine(places: Places, node: BoxNode, target: number, over: () => boolean): PickedMachine | undefined {
    const own = this.bounded({ ...node, box: { low: places, high: places } }, target, over);
    return own && this.chosen(own, places, target);
  }

  /** A choice among the mappings seen that are of one machine. */
  private chosen({ asked }: BoxNode, places: Places, target: number): PickedMachine | undefined {
    const box = { low: places, high: places };
    const each = this.networks.map((network) => {
      const of = this.demands(network, nth(nth(asked, network), 0)).map((d) => ({
        ...d,
        items: this.minima.columns(d.layer, box),
      }));
      const weight = nth(this.problem.networks, network);
      return this.walked(network, of, weight > 0 ? target / weight : Infinity);
    });
    return this.together(each, places);
  }

  private together(
    each: readonly (readonly [number, readonly Pick[]] | undefined)[],
    places: Places,
  ): PickedMachine | undefined {
    if (each.includes(undefined)) return undefined;
    const all = each.map(defined);
    return { places, value: this.sumOver((k) => nth(all, k)[0]), picks: all.flatMap(([, picks]) => picks) };
  }

  /** The best choice of columns of one network within the limits, with its value. */
  private walked(
    network: number,
    of: readonly (Demand & { readonly items: readonly Item[] })[],
    most: number,
    rounding: 'up' | 'down' = 'up',
  ): readonly [number, readonly Pick[]] | undefined {
    const totals = of.map(({ items }) => items.map(inAllRuns));
    const { objective } = this.goal;
    const limits =
      objective === 'product' && most < Infinity
        ? { ...this.goal.limits, product: Math.min(most, this.goal.limits.product ?? Infinity) }
        : this.goal.limits;
    const master: Master = {
      layers: of.map(({ layer, times }, i) => ({
        name: nth(this.problem.layers, layer).layer.name,
        count: 1,
        times,
        energy: nth(totals, i).map((t) => t.energy),
        cycles: nth(totals, i).map((t) => t.cycles),
      })),
      objective,
      limits,
    };
    const cuts = objective !== 'product' && most < Infinity ? [{ weights: objective, max: most }] : [];
    const found = walk(master, rounding, cuts);
    if (found.status !== 'optimal') return undefined;
    const picks = of.map(({ layer, items }, i) => ({
      layer,
      network,
      item: nth(
        items,
        nth(found.picks, i).findIndex((n) => n > 0),
      ),
    }));
    return [found.value, picks];
  }

  /**
   * The exact minimum of a box: by the master over all columns that a choice below the target can use. Undefined where there is
   * none; the choice may be of several machines, then the box is to be split.
   */
  exact(
    node: BoxNode,
    target: number,
    over: () => boolean,
  ): (PickedMachine & { readonly agreed: boolean }) | undefined {
    const { box, minima, asked } = node;
    const states = this.networks.map((k) => this.state(k, minima, nth(asked, k), box));
    const each = this.networks.map((network) => {
      const state = nth(states, network);
      const weights = defined(state.asked.at(-1));
      const rest = this.restFor(network, states, target);
      const room = Math.max(0, this.interest(state, weights, rest) - this.lineAt(network, minima, weights));
      const of = this.demands(network, weights).map((d) => {
        const min = minBetween(nth(minima, d.layer), weights);
        return { ...d, items: this.minima.band(d.layer, box, weights, (min + room / d.times) * bandSlack, over) };
      });
      return this.walked(network, of, rest, 'down');
    });
    const found = this.together(each, node.box.low);
    if (!found) return undefined;
    const node2 = { ...node, picks: found.picks };
    const agreed = this.agreed(node2);
    return { ...found, places: agreed ? nth(found.picks, 0).item.places : found.places, agreed };
  }

  /** Splits a node's box where its picks differ most, or off the one machine that they take; none where the box is one. */
  split({ box, picks, asked }: BoxNode): readonly Box[] {
    let best: { readonly size: SizeParameter; readonly after: number } | undefined;
    let max = -1;
    const worth = picks.map(({ item, layer, network }) => {
      const weights = nth(asked, network).at(-1) ?? alone('energy');
      const times = nth(this.problem.networks, network) * nth(nth(this.problem.layers, layer).counts, network);
      const at = (places: Places) => {
        const energy = energyOf(this.costs, item.counts, places, areasAt(this.costs, places));
        const of = inAllRuns({ ...item, energy });
        return (times || 1) * costOf(weights, of.energy, of.cycles);
      };
      return { item, at, value: at(item.places) };
    });
    for (const size of sizes) {
      const wanted = worth.map(({ item }) => item.places[size]);
      const high = Math.max(...wanted);
      for (let after = Math.min(...wanted); after < high; after++) {
        let raised = 0;
        let above = 0;
        for (const { item, at, value } of worth) {
          if (item.places[size] > after) above += value;
          else raised += at({ ...item.places, [size]: after + 1 }) - value;
        }
        const gain = Math.min(raised, above) + 1e-3 * raised;
        if (gain > max) [best, max] = [{ size, after }, gain];
      }
    }
    best ??= this.offOne(box, picks);
    if (!best) return [];
    const { size, after } = best;
    return [
      { low: box.low, high: { ...box.high, [size]: after } },
      { low: { ...box.low, [size]: after + 1 }, high: box.high },
    ];
  }

  /** All take one machine: what is larger in some size goes first, then what is smaller. */
  private offOne(
    box: Box,
    picks: readonly Pick[],
  ): { readonly size: SizeParameter; readonly after: number } | undefined {
    const places = picks[0]?.item.places ?? box.low;
    const size = sizes.find((s) => box.low[s] < box.high[s]);
    if (!size) return undefined;
    const place = places[size];
    return { size, after: place < box.high[size] ? place : place - 1 };
  }
}

const totalsOf = (item: Item): Totals => {
  const { energy, cycles } = inAllRuns(item);
  return { energy, cycles, both: energy * cycles };
};

const inside = (places: Places, { low, high }: Box): boolean =>
  sizes.every((size) => places[size] >= low[size] && places[size] <= high[size]);

/** Prices so close to each other say the same. */
const near = 1e-7;
const isNear = (a: Weights, b: Weights, near: number): boolean =>
  (['energy', 'cycles', 'both'] as const).every((q) => Math.abs(a[q] - b[q]) <= near * Math.max(a[q], b[q]));
