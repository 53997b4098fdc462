// Branch and bound over the sizes of one shape for what networks cost as a whole where tensors may stay in the global buffer:
// in a box every step is run on a machine of its own, beside what the largest global buffer of the box holds.
//
// On one machine that is the best schedule of each network but for where images lie (`placed`, by who asks).

import { nth } from '../../../base/invariant.js';
import type { Minima } from '../../../enumerate/box-minima.js';
import { isSame } from '../../../enumerate/box-minima.js';
import type { Places } from '../../../enumerate/columns.js';
import type { ShapeCosts } from '../../../enumerate/item-costs.js';
import type { Box, Weights } from '../../../enumerate/item.js';
import type { KernelTables } from '../../../enumerate/kernels.js';
import { valueOf } from '../../../milp/master/master.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import type { TotalsProblem } from '../codesign-problem.js';
import type { NetworkInBox } from '../network-in-box.js';
import { wantedOf } from '../picks.js';
import type { BoxNode, PickedMachine } from '../totals-search.js';
import { TotalsSearch } from '../totals-search.js';
import type { ScheduleOverSpace } from './keeping.js';
import { keepingOf, residencyProblem } from './keeping.js';
import type { ComposedSchedule } from './scheduled-layers.js';
import { ScheduledLayers } from './scheduled-layers.js';
import { Variants } from './variants.js';

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;

export interface PickedSchedules extends PickedMachine {
  /** Of each network. */
  readonly schedules: readonly ComposedSchedule[];
}

/** A schedule for each network. */
export class ScheduleSearch extends TotalsSearch {
  readonly variants: Variants;
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
    this.variants = variants;
    this.layers = made;
  }

  /** Of single variants it says nothing that they have no mapping. */
  override get maxValue(): number {
    return Infinity;
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
      now = super.settled(network, weights, box, this.inherited(layers, now, weights, box), limit, over).minima;
    }
    return { minima: now, isBelow: false };
  }

  /** With what is known with fewer banks taken said of the variants of the cheapest schedule. */
  private inherited(layers: ScheduledLayers, minima: Minima, weights: Weights, box: Box): Minima {
    const now = [...minima];
    for (const { layer } of layers.of(minima, weights, box).layers) {
      if (this.variants.takenIn(layer) === 0) continue;
      const own = nth(minima, layer);
      const known = own.find((m) => isSame(m.weights, weights));
      const min = layers.floorOf(minima, weights, layer);
      if (known && known.min >= min) continue;
      now[layer] = [...own.filter((m) => m !== known), { weights, min, item: undefined }];
    }
    return now;
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

  override exact({ bound, picks }: BoxNode): PickedMachine {
    return { places: nth(picks, 0).item.places, value: bound, picks };
  }

  /** Of each network the best of the schedules that bound the machine. */
  protected override chosen(places: Places, { box, minima, asked }: BoxNode): PickedSchedules | undefined {
    const { objective, networks } = this.problem;
    const each = this.networks.flatMap((network, k) => {
      let best: { readonly value: number; readonly weights: Weights } | undefined;
      for (const weights of nth(asked, k)) {
        const totals = network.totalsAt(minima, weights, box);
        const value = totals ? valueOf(objective, totals) : Infinity;
        if (value < (best?.value ?? Infinity)) best = { value, weights };
      }
      if (!best) return [];
      const items = network.items(minima, { asked: [best.weights] }, box);
      const picks = items.map(({ layer, times, item }) => ({ layer, times, network: k, item }));
      const schedule = this.layersOf(network).of(minima, best.weights, box);
      return [{ value: nth(networks, k) * best.value, picks, schedule }];
    });
    if (each.length < networks.length) return undefined;
    return {
      places,
      value: each.reduce((sum, { value }) => sum + value, 0),
      picks: each.flatMap(({ picks }) => picks),
      schedules: each.map(({ schedule }) => schedule),
    };
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
