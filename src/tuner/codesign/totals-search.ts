// Branch and bound over the sizes of one shape for what networks cost as a whole, within limits on their totals.
//
// In a box every network chooses a mapping for each layer, each on a machine of its own: at prices on the limits that
// bounds the box (`network-bound.ts`), prices of its own, begun with those of the box around it. Where the layers agree on one
// machine, the master over the columns that are near the bound settles what prices leave open.

import { defined, nth } from '../../base/invariant.js';
import type { LimitedLayer, Minima } from '../../enumerate/box-minima.js';
import { BoxMinima, inAllRuns, isSame, minBetween } from '../../enumerate/box-minima.js';
import type { Places } from '../../enumerate/columns.js';
import { sizes } from '../../enumerate/columns.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import type { Box, Weights } from '../../enumerate/item.js';
import { areasAt, costOf } from '../../enumerate/item.js';
import type { KernelTables } from '../../enumerate/kernels.js';
import type { Totals } from '../../milp/master/master.js';
import { valueOf } from '../../milp/master/master.js';
import type { TotalsProblem } from './codesign-problem.js';
import type { Composition } from './composition.js';
import { FixedLayers } from './composition.js';
import type { LearnedOfShape } from './learned.js';
import { withFloors, withoutRepeats } from './learned.js';
import type { NetworkState } from './network-in-box.js';
import { NetworkInBox, alone, ends } from './network-in-box.js';
import { halves, wantedOf } from './picks.js';
import type { Pick, Unsettled, Walked } from './walked-columns.js';
import { walkedOver } from './walked-columns.js';

export interface BoxNode {
  readonly box: Box;
  readonly minima: Minima;
  /** Per network the weights that its layers were asked by, those that bound it highest last. */
  readonly asked: readonly (readonly Weights[])[];
  readonly bound: number;
  /** What layers take at the bound. */
  readonly picks: readonly Pick[];
}

/** A box in which nothing is below a target, with what that rests on; `none`: its smallest machine is too large. */
export type Closed =
  | { readonly box: Box; readonly minima: Minima; readonly asked: readonly (readonly Weights[])[] }
  | { readonly box: Box; readonly minima: 'none' };

/** A machine of the shape with a mapping for every layer of every network, within all limits. */
export interface PickedMachine {
  readonly places: Places;
  readonly value: number;
  readonly picks: readonly Pick[];
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1 + 1e-11;
const bandSlack = 1 + 1e-9;

/** The layers that are asked about, and what each network makes of them. */
export interface Composing {
  readonly layers: readonly LimitedLayer[];
  /** Whether the ends of a polygon are asked of a layer on all machines of the shape, where nothing else bounds it. */
  readonly isBounded?: (layer: number) => boolean;
  readonly composed: (boxes: BoxMinima) => readonly Composition[];
}

const fixedLayers = ({ layers, networks }: TotalsProblem): Composing => ({
  layers,
  composed: (boxes) =>
    networks.map((_, k) => {
      const own = layers.flatMap(({ counts }, layer) => (nth(counts, k) > 0 ? [{ layer, times: nth(counts, k) }] : []));
      return new FixedLayers(boxes, own);
    }),
});

export class TotalsSearch {
  /** A machine made out of a box is looked at as long as it can cost this many times the box's bound. */
  readonly reach: number = 1.25;
  protected readonly minima: BoxMinima;
  /** Hears of every box that is closed as it is bounded. */
  closed: ((closed: Closed) => void) | undefined;
  /** What is known since the box of all machines was bounded last. */
  rootLearned: LearnedOfShape | undefined;
  protected readonly networks: readonly NetworkInBox[];
  /** No choice on the machine of these places is below. */
  private readonly refuted = new Map<string, number>();

  constructor(
    readonly costs: ShapeCosts,
    protected readonly problem: TotalsProblem,
    kernels: KernelTables,
    private readonly composing: Composing = fixedLayers(problem),
  ) {
    const { padding, area, objective, limits, tolerance } = problem;
    const { layers, composed } = composing;
    this.minima = new BoxMinima(costs, layers, padding, area, kernels);
    this.networks = composed(this.minima).map(
      (own) => new NetworkInBox({ objective, limits }, own, this.minima, tolerance),
    );
  }

  /** Those that are asked about: what is picked is of them, by number. */
  get askedLayers(): readonly LimitedLayer[] {
    return this.composing.layers;
  }

  get whole(): Box {
    return this.minima.whole;
  }

  /** Of what was seen before, what the open boxes tell is left. */
  begin(open: readonly BoxNode[]): void {
    this.minima.forget();
    this.refuted.clear();
    this.minima.note(open.map(({ minima }) => minima));
  }

  /** No machine of the shape is below; at once. */
  floor(): number {
    return this.sumOver((network) => network.floor());
  }

  /** What a machine is worth on which networks come to these totals. */
  valueOf(_places: Places, totals: readonly Totals[]): number {
    return this.sumOver((_, k) => valueOf(this.problem.objective, nth(totals, k)));
  }

  /** The box of all machines that take at most so much area, bounded; prices begin with those given, or that were learned. */
  root(
    prices: readonly Weights[] | undefined,
    target: number,
    over: () => boolean,
    { area, learned }: { readonly area?: number; readonly learned?: LearnedOfShape | undefined } = {},
  ): BoxNode | undefined {
    const isProduct = this.networks.some((n) => n.hasProduct);
    const minima = withFloors(this.askedLayers.length, learned?.minima, isProduct ? ends : [], (layer, weights) =>
      this.composing.isBounded?.(layer) === false ? undefined : this.minima.floor(layer, weights),
    );
    if (learned) this.minima.note([learned.minima]);
    const asked = this.networks.map((network, k) => [
      ...(learned?.asked ?? []).filter((weights) => network.isBoundBy(weights)),
      ...(prices ? [nth(prices, k)] : []),
    ]);
    const box = { ...this.whole, ...(area !== undefined && { area }) };
    this.rootLearned = undefined;
    const node = this.bounded({ box, minima, asked, bound: 0, picks: [] }, target, over, (now, by) => {
      this.rootLearned = { minima: now, asked: withoutRepeats([...(learned?.asked ?? []), ...by.flat()]) };
    });
    if (node)
      this.rootLearned = {
        minima: node.minima,
        asked: withoutRepeats([...(learned?.asked ?? []), ...node.asked.flat()]),
      };
    return node;
  }

  /** A box inside that of a node. */
  child(node: BoxNode, box: Box, target: number, over: () => boolean): BoxNode | undefined {
    return this.bounded({ ...node, box }, target, over);
  }

  /**
   * A box with its bound at the best prices; undefined where no machine in it is below the target, and `learn` hears what that
   * rests on. Throws `Late`.
   */
  private bounded(
    from: BoxNode,
    target: number,
    over: () => boolean,
    learn?: (minima: Minima, asked: BoxNode['asked']) => void,
  ): BoxNode | undefined {
    const { box, asked } = from;
    if (areasAt(this.costs, box.low).area > this.minima.areaOf(box)) {
      this.closed?.({ box, minima: 'none' });
      return undefined;
    }
    let { minima } = from;
    let states: readonly NetworkState[] = this.networks.map((n, k) => n.state(minima, nth(asked, k), box));
    /** `by`: what a network was asked last. */
    const close = (now: Minima, of = -1, by: readonly Weights[] = []): undefined => {
      const last = states.map((s, k) => (k === of ? [...s.asked, ...by] : s.asked));
      this.closed?.({ box, minima: now, asked: last });
      learn?.(now, last);
      return undefined;
    };
    if (this.total(states) >= target) {
      close(minima);
      return;
    }
    for (const [k, network] of this.networks.entries()) {
      for (let round = 0; ; round++) {
        const state = nth(states, k);
        const weights = network.next(minima, state, box, round);
        if (!weights) break;
        const limit = network.interest(state, weights, this.restFor(k, states, target)) * slack;
        const found = this.settled(network, weights, box, minima, limit, over);
        minima = found.minima;
        if (!found.isBelow) {
          close(minima, k, [weights]);
          return;
        }
        const now = network.state(minima, [...state.asked.filter((w) => !isSame(w, weights)), weights], box);
        states = states.map((s, i) => (i === k ? now : s));
        if (this.total(states) >= target) {
          close(minima);
          return;
        }
      }
    }
    const picks = this.networks.flatMap((n, network) =>
      n.items(minima, nth(states, network), box).map(({ layer, times, item }) => ({ layer, times, network, item })),
    );
    return { box, minima, asked: states.map((s) => s.asked), bound: this.total(states), picks };
  }

  /** What its layers cost at least together in a box, with all that is known then, as far as that is below a limit. Throws `Late`. */
  protected settled(
    network: NetworkInBox,
    weights: Weights,
    box: Box,
    minima: Minima,
    limit: number,
    over: () => boolean,
  ): { readonly minima: Minima; readonly isBelow: boolean } {
    return this.minima.settled(box, minima, network.demands(minima, weights, box), limit, over);
  }

  /** No machine whose networks keep the limits costs more; none at all where some layer has no mapping. */
  get maxValue(): number {
    return this.minima.hopeless ? 0 : this.sumOver((network) => network.most);
  }

  /** A sum without limits is settled by its layers one by one. */
  protected get isFree(): boolean {
    const { objective, limits } = this.problem;
    return objective !== 'product' && Object.keys(limits).length === 0;
  }

  protected sumOver(of: (network: NetworkInBox, k: number) => number): number {
    return this.networks.reduce((sum, network, k) => {
      const own = of(network, k);
      return sum + (own === Infinity ? Infinity : nth(this.problem.networks, k) * own);
    }, 0);
  }

  private total(states: readonly NetworkState[]): number {
    return this.sumOver((_, k) => nth(states, k).bound);
  }

  /** What a network may cost in a machine below the target: what the bounds of the others leave. */
  protected restFor(network: number, states: readonly NetworkState[], target: number): number {
    const weight = nth(this.problem.networks, network);
    const others = this.sumOver((_, k) => (k === network ? 0 : nth(states, k).bound));
    return Math.min(nth(this.networks, network).most, weight > 0 ? (target - others) / weight : Infinity);
  }

  /** The machine that holds all that a node's layers take, or one within the area made out of it; undefined where there is none. */
  wanted({ box, picks }: BoxNode): Places | undefined {
    return wantedOf(this.costs, box.low, this.minima.areaOf(box), picks);
  }

  /** A node's own mappings on a machine that holds them all, where that is a choice within the limits: there are none. */
  joined(places: Places, { picks }: BoxNode): PickedMachine | undefined {
    const { objective, networks } = this.problem;
    if (!this.isFree || objective === 'product') return undefined;
    if (picks.some(({ item }) => sizes.some((size) => item.needs[size] > places[size]))) return undefined;
    const moved = picks.flatMap((pick) => {
      const item = this.minima.at(pick.layer, pick.item, places);
      return item ? [{ ...pick, item }] : [];
    });
    if (moved.length < picks.length) return undefined;
    const value = moved.reduce((sum, { network, times, item }) => {
      const { energy, cycles } = inAllRuns(item);
      return sum + nth(networks, network) * times * costOf(objective, energy, cycles);
    }, 0);
    return { places, value, picks: moved };
  }

  /** Whether all that a node's layers take is of one machine. */
  agreed({ picks }: { readonly picks: readonly Pick[] }): boolean {
    const [first] = picks;
    return (
      first !== undefined && picks.every(({ item }) => sizes.every((s) => item.places[s] === first.item.places[s]))
    );
  }

  /**
   * What one machine costs at least below the target, by what is known of its layers at the prices of a node; with a choice.
   * Nodes beside each other want the same machine: what is proven of it is not proven again.
   */
  machine(places: Places, node: BoxNode, target: number, over: () => boolean): PickedMachine | undefined {
    const key = sizes.map((size) => places[size]).join(' ');
    if (target <= (this.refuted.get(key) ?? 0)) return undefined;
    const own = this.bounded({ ...node, box: { low: places, high: places } }, target, over);
    if (!own) this.refuted.set(key, target);
    if (!own || this.isFree) return own && { places, value: own.bound, picks: own.picks };
    return this.chosen(places, own, target);
  }

  /** A choice among the mappings seen that are of one machine. */
  protected chosen(places: Places, { box, minima }: BoxNode, target: number): PickedMachine | undefined {
    const each = this.networks.map((network, k) => {
      const of = network
        .demands(minima, alone('energy'), box)
        .map((d) => ({ ...d, items: this.minima.columns(d.layer, box) }));
      const weight = nth(this.problem.networks, k);
      return walkedOver(this.problem, this.askedLayers, k, of, weight > 0 ? target / weight : Infinity, 'up');
    });
    return this.together(each, places);
  }

  private together(each: readonly Walked[], places: Places): PickedMachine | undefined {
    const all = each.flatMap((one) => (typeof one === 'string' ? [] : [one]));
    if (all.length < each.length) return undefined;
    return { places, value: this.sumOver((_, k) => nth(all, k).value), picks: all.flatMap(({ picks }) => picks) };
  }

  /**
   * The exact minimum of a box: by the master over all columns that a choice below the target can use. `none`: there is none.
   * The choice may be of several machines, then the box is to be split.
   */
  exact(node: BoxNode, target: number, over: () => boolean): PickedMachine | Unsettled {
    const { box, minima, asked, picks, bound } = node;
    if (this.isFree) return { places: nth(picks, 0).item.places, value: bound, picks };
    const states = this.networks.map((n, k) => n.state(minima, nth(asked, k), box));
    const each = this.networks.map((network, k) => {
      const state = nth(states, k);
      const weights = defined(state.asked.at(-1));
      const rest = this.restFor(k, states, target);
      const room = Math.max(0, network.interest(state, weights, rest) - network.lineAt(minima, weights, box));
      const of = network.demands(minima, weights, box).map((d) => {
        const min = minBetween(nth(minima, d.layer), weights);
        return { ...d, items: this.minima.band(d.layer, box, weights, (min + room / d.times) * bandSlack, over) };
      });
      return walkedOver(this.problem, this.askedLayers, k, of, rest, 'down');
    });
    if (each.includes('none')) return 'none';
    const [first] = each;
    const places = first && typeof first !== 'string' ? nth(first.picks, 0).item.places : box.low;
    return this.together(each, places) ?? 'too-many';
  }

  /** Splits a node's box where its picks differ most, or off the one machine that they take; none where the box is one. */
  split({ box, picks, asked }: BoxNode): readonly Box[] {
    const counting = picks.map(({ item, network, times }) => ({
      item,
      weights: nth(asked, network).at(-1) ?? alone('energy'),
      times: nth(this.problem.networks, network) * times || 1,
    }));
    return halves(this.costs, box, counting);
  }
}
