// Branch and bound over the sizes of one shape for what networks cost as a whole where tensors may stay in the global buffer:
// in a box every step is run on a machine of its own, beside what the largest global buffer of the box holds.
//
// On one machine that is the best schedule of each network but for where images lie (`placed`, by who asks). Within limits on totals
// the best need not be one that prices find: then all schedules are looked at that prices leave room for (`best-in-box.ts`).

import { defined, nth } from '../../../base/invariant.js';
import type { Minima } from '../../../enumerate/box-minima.js';
import type { Places } from '../../../enumerate/columns.js';
import type { ShapeCosts } from '../../../enumerate/item-costs.js';
import type { Box, Weights } from '../../../enumerate/item.js';
import type { KernelTables } from '../../../enumerate/kernels.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import type { TotalsProblem } from '../codesign-problem.js';
import type { NetworkInBox } from '../network-in-box.js';
import { wantedOf } from '../picks.js';
import type { BoxNode, PickedMachine } from '../totals-search.js';
import { TotalsSearch } from '../totals-search.js';
import type { Unsettled } from '../walked-columns.js';
import { walkedOver } from '../walked-columns.js';
import { bestInBox } from './best-in-box.js';
import type { ScheduleOverSpace } from './keeping.js';
import { keepingOf, residencyProblem } from './keeping.js';
import type { PickedNetwork, PickedSchedules } from './picked-schedules.js';
import { ScheduledLayers } from './scheduled-layers.js';
import { Variants } from './variants.js';

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;

/** A schedule for each network. */
export class ScheduleSearch extends TotalsSearch {
  /** Of each network. */
  private readonly layers: readonly ScheduledLayers[];

  constructor(
    costs: ShapeCosts,
    problem: TotalsProblem,
    over: readonly ScheduleOverSpace[],
    shape: DesignPoint,
    kernels: KernelTables,
  ) {
    const { allBanks: banks, menus } = costs;
    const each = over.map((own) => ({ ...keepingOf(own, shape), layers: own.steps }));
    const variants = new Variants(
      problem.layers.map(({ layer }) => layer),
      each,
      banks,
    );
    const made: ScheduledLayers[] = [];
    super(costs, problem, kernels, {
      layers: variants.layers,
      isBounded: (variant) => variants.takenIn(variant) === 0,
      composed: (boxes) => {
        for (const own of each) {
          const problems = menus.globalBuffer.map((value) => residencyProblem(own, banks, value));
          made.push(new ScheduledLayers(boxes, variants, own, problems));
        }
        return made;
      },
    });
    this.layers = made;
  }

  /** Of single variants it says nothing that they have no mapping. */
  override get maxValue(): number {
    return this.sumOver((network) => network.most);
  }

  protected override get isFree(): boolean {
    return false;
  }

  /** The cheapest schedule by what is known is asked for, until it is settled, or none is below the limit. */
  protected override settled(
    network: NetworkInBox,
    weights: Weights,
    box: Box,
    minima: Minima,
    limit: number,
    over: () => boolean,
  ): { readonly minima: Minima; readonly isBelow: boolean } {
    let now = minima;
    const layers = this.layersOf(network);
    while (layers.of(now, weights, box).sum < limit * (1 - slack)) {
      if (network.totalsAt(now, weights, box)) return { minima: now, isBelow: true };
      const asked = layers.of(now, weights, box).layers.map(({ layer }) => layer);
      now = super.settled(network, weights, box, layers.inherited(now, weights, asked), limit, over).minima;
    }
    return { minima: now, isBelow: false };
  }

  private layersOf(network: NetworkInBox): ScheduledLayers {
    return nth(this.layers, this.networks.indexOf(network));
  }

  /** The smallest global buffer of the box that holds what stays of every network. */
  override wanted(node: BoxNode): Places | undefined {
    const { box, picks, minima, asked } = node;
    const needs = this.layers.map((layers, k) => {
      const own = nth(asked, k);
      return layers.needOf(layers.of(minima, nth(own, own.length - 1), box).residency, box);
    });
    const low = { ...box.low, globalBuffer: Math.max(...needs) };
    return wantedOf(this.costs, low, this.minima.areaOf(box), picks) ?? super.wanted(node);
  }

  private roomIn(box: Box): number {
    return nth(this.layers, 0).roomIn(box);
  }

  /** On that machine there is as much room as in the box. */
  override agreed(node: Pick<BoxNode, 'picks' | 'box'>): boolean {
    const [first] = node.picks;
    return super.agreed(node) && first?.item.places.globalBuffer === this.roomIn(node.box);
  }

  override exact(node: BoxNode, target: number, over: () => boolean): PickedMachine | Unsettled {
    const { bound, picks, box, minima, asked } = node;
    if (!this.isLimited) return { places: nth(picks, 0).item.places, value: bound, picks };
    const states = this.networks.map((network, k) => network.state(minima, nth(asked, k), box));
    const each: PickedNetwork[] = [];
    for (const [k, network] of this.networks.entries()) {
      const state = nth(states, k);
      const weights = defined(state.asked.at(-1));
      const max = network.interest(state, weights, this.restFor(k, states, target));
      const of = { ...this.problem, network: k, boxes: this.minima, layers: nth(this.layers, k), box, minima };
      const found = bestInBox(of, weights, max, over);
      if (typeof found === 'string') return found;
      each.push(found);
    }
    return this.joinedOf(each);
  }

  /** Of each network the best of the schedules that bound the machine; within limits with any mappings seen of their steps. */
  protected override chosen(
    places: Places,
    { box, minima, asked }: BoxNode,
    target: number,
  ): PickedSchedules | undefined {
    const each = this.networks.flatMap((network, k) => {
      const weight = nth(this.problem.networks, k);
      let best: PickedNetwork | undefined;
      for (const weights of nth(asked, k)) {
        if (!network.totalsAt(minima, weights, box)) continue;
        const items = network.items(minima, { asked: [weights] }, box).map(({ item, ...demand }) => ({
          ...demand,
          items: this.isLimited ? this.minima.columns(demand.layer, box) : [item],
        }));
        const most = Math.min(best?.value ?? Infinity, weight > 0 ? target / weight : Infinity);
        const own = walkedOver(this.problem, this.askedLayers, k, items, this.isLimited ? most : Infinity, 'up');
        if (typeof own === 'string' || own.value >= (best?.value ?? Infinity)) continue;
        const { residency, steps } = this.layersOf(network).of(minima, weights, box);
        const taken = steps.map((variant) => own.picks.findIndex(({ layer }) => layer === variant));
        best = { ...own, schedule: { residency, steps: taken } };
      }
      return best ?? [];
    });
    return each.length < this.networks.length ? undefined : { ...this.joinedOf(each), places };
  }

  private joinedOf(each: readonly PickedNetwork[]): PickedSchedules {
    const picks = each.flatMap((own) => own.picks);
    const before = each.map((_, k) => each.slice(0, k).reduce((n, own) => n + own.picks.length, 0));
    return {
      places: nth(picks, 0).item.places,
      value: this.sumOver((_, k) => nth(each, k).value),
      picks,
      schedules: each.map(({ schedule: { residency, steps } }, k) => ({
        residency,
        steps: steps.map((pick) => nth(before, k) + pick),
      })),
    };
  }

  private get isLimited(): boolean {
    return Object.keys(this.problem.limits).length > 0;
  }

  /** Sizes of the global buffer apart first: most hangs on the room in it. */
  override split(node: BoxNode): readonly Box[] {
    const { box } = node;
    const [low, high] = [box.low.globalBuffer, this.roomIn(box)];
    if (low === high || node.picks.every(({ item }) => item.places.globalBuffer === high)) return super.split(node);
    const after = Math.floor((low + high) / 2);
    return [
      { ...box, high: { ...box.high, globalBuffer: after } },
      { ...box, low: { ...box.low, globalBuffer: after + 1 }, high: { ...box.high, globalBuffer: high } },
    ];
  }
}
