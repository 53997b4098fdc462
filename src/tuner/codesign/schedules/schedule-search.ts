// Branch and bound over the sizes of one shape for what a network costs as a whole where tensors may stay in the global buffer:
// in a box every step is run on a machine of its own, beside what the largest global buffer of the box holds.
//
// On one machine that is its best schedule but for where images lie (`placed`, by who asks).

import { nth } from '../../../base/invariant.js';
import type { Minima } from '../../../enumerate/box-minima.js';
import { isSame } from '../../../enumerate/box-minima.js';
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
import type { ScheduleOverSpace } from './keeping.js';
import { keepingOf, residencyProblem } from './keeping.js';
import type { ComposedSchedule } from './scheduled-layers.js';
import { ScheduledLayers } from './scheduled-layers.js';
import { Variants } from './variants.js';

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;

export interface PickedSchedule extends PickedMachine {
  readonly schedule: ComposedSchedule;
}

/** Of one network. */
export class ScheduleSearch extends TotalsSearch {
  readonly variants: Variants;
  private readonly layers: ScheduledLayers;

  constructor(
    costs: ShapeCosts,
    problem: TotalsProblem,
    over: ScheduleOverSpace,
    shape: DesignPoint,
    kernels: KernelTables,
  ) {
    const keeping = keepingOf(over, shape);
    const { allBanks: banks, menus } = costs;
    const variants = new Variants(
      problem.layers.map(({ layer }) => layer),
      over.steps,
      keeping.roles,
      banks,
    );
    const problems = menus.globalBuffer.map((value) =>
      residencyProblem(keeping, banks, problem.space.menus.globalBuffer, value),
    );
    const made: ScheduledLayers[] = [];
    super(costs, problem, kernels, {
      layers: variants.layers,
      isBounded: (variant) => variants.takenIn(variant) === 0,
      composed: (boxes) => {
        made.push(new ScheduledLayers(boxes, variants, { layers: over.steps, roles: keeping.roles }, problems));
        return made;
      },
    });
    this.variants = variants;
    this.layers = nth(made, 0);
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
    while (this.layers.of(now, weights, box).sum < limit * (1 - slack)) {
      if (network.totalsAt(now, weights, box)) return { minima: now, isBelow: true };
      now = super.settled(network, weights, box, this.inherited(now, weights, box), limit, over).minima;
    }
    return { minima: now, isBelow: false };
  }

  /** With what is known with fewer banks taken said of the variants of the cheapest schedule. */
  private inherited(minima: Minima, weights: Weights, box: Box): Minima {
    const now = [...minima];
    for (const { layer } of this.layers.of(minima, weights, box).layers) {
      if (this.variants.takenIn(layer) === 0) continue;
      const own = nth(minima, layer);
      const known = own.find((m) => isSame(m.weights, weights));
      const min = this.layers.floorOf(minima, weights, layer);
      if (known && known.min >= min) continue;
      now[layer] = [...own.filter((m) => m !== known), { weights, min, item: undefined }];
    }
    return now;
  }

  private scheduleOf({ minima, asked, box }: Pick<BoxNode, 'minima' | 'asked' | 'box'>): ComposedSchedule {
    return this.layers.of(minima, nth(nth(asked, 0), nth(asked, 0).length - 1), box);
  }

  override wanted(node: BoxNode): Places | undefined {
    const { box, picks } = node;
    const globalBuffer = this.layers.needOf(this.scheduleOf(node).residency, box);
    return wantedOf(this.costs, { ...box.low, globalBuffer }, this.minima.areaOf(box), picks) ?? super.wanted(node);
  }

  /** On that machine there is as much room as in the box. */
  override agreed(node: Pick<BoxNode, 'picks' | 'box'>): boolean {
    const [first] = node.picks;
    return super.agreed(node) && first?.item.places.globalBuffer === this.layers.roomIn(node.box);
  }

  override exact({ bound, picks }: BoxNode): PickedMachine {
    return { places: nth(picks, 0).item.places, value: bound, picks };
  }

  /** The best of the schedules that bound the machine. */
  protected override chosen(places: Places, { box, minima, asked }: BoxNode): PickedSchedule | undefined {
    const network = nth(this.networks, 0);
    let best: PickedSchedule | undefined;
    for (const weights of nth(asked, 0)) {
      const totals = network.totalsAt(minima, weights, box);
      const value = totals ? this.valueOf(places, [totals]) : Infinity;
      if (value >= (best?.value ?? Infinity)) continue;
      const items = network.items(minima, { asked: [weights] }, box);
      const picks = items.map(({ layer, times, item }) => ({ layer, times, network: 0, item }));
      best = { places, value, picks, schedule: this.layers.of(minima, weights, box) };
    }
    return best;
  }

  /** Sizes of the global buffer apart first: most hangs on the room in it. */
  override split(node: BoxNode): readonly Box[] {
    const { box } = node;
    const [low, high] = [box.low.globalBuffer, this.layers.roomIn(box)];
    if (low === high || node.picks.every(({ item }) => item.places.globalBuffer === high)) return super.split(node);
    const after = Math.floor((low + high) / 2);
    return [
      { ...box, high: { ...box.high, globalBuffer: after } },
      { ...box, low: { ...box.low, globalBuffer: after + 1 }, high: { ...box.high, globalBuffer: high } },
    ];
  }
}
