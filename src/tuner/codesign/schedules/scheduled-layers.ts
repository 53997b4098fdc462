// The schedule of a network that costs least in a box of machines, by what is known of what its steps cost at least: with the
// most room that a machine of the box has for what stays, and every step on a machine of its own.
//
// No more banks taken cost a step less, so that what is known with fewer holds.

import { nth } from '../../../base/invariant.js';
import type { BoxMinima, Minima } from '../../../enumerate/box-minima.js';
import { isSame, minBetween } from '../../../enumerate/box-minima.js';
import type { Box, Weights } from '../../../enumerate/item.js';
import { areasAt } from '../../../enumerate/item.js';
import type { Residency, ResidencyProblem } from '../../../milp/schedule/residency.js';
import { statesOf } from '../../../milp/schedule/residency.js';
import { noDetours, routesOf } from '../../../milp/schedule/routes.js';
import type { Move, Trellis } from '../../../milp/schedule/trellis.js';
import { cheapestWay, scheduleOn, trellisOf } from '../../../milp/schedule/trellis.js';
import { hasRoom } from '../../schedule/schedule-question.js';
import type { Composed, Composition } from '../composition.js';
import type { Steps, Variants } from './variants.js';

export interface ComposedSchedule extends Composed {
  readonly residency: Residency;
  /** The variant of each step. */
  readonly steps: readonly number[];
}

/** Ways through all residencies on the machines of a box. */
export interface WaysInBox {
  readonly trellis: Trellis;
  readonly variantOf: (move: Move) => number;
  readonly residencyOf: (way: readonly Move[]) => Residency;
}

const none: ComposedSchedule = { layers: [], sum: Infinity, residency: [], steps: [] };

export class ScheduledLayers implements Composition {
  /** What was made of minima, by weights and room. */
  private readonly made = new WeakMap<Minima, Map<string, ComposedSchedule>>();
  private readonly nothing: Minima;
  private readonly trellises: (Trellis | undefined)[];

  /** `problems`: per place of the global buffer. */
  constructor(
    private readonly boxes: BoxMinima,
    private readonly variants: Variants,
    private readonly steps: Steps,
    private readonly problems: readonly ResidencyProblem[],
  ) {
    this.nothing = variants.layers.map(() => []);
    this.trellises = problems.map(() => undefined);
  }

  /** Place of the largest global buffer that a machine of the box can have. */
  roomIn(box: Box): number {
    let place = box.high.globalBuffer;
    const fits = () => areasAt(this.boxes.costs, { ...box.low, globalBuffer: place }).area <= this.boxes.areaOf(box);
    while (place > box.low.globalBuffer && !fits()) place--;
    return place;
  }

  /** Place of the smallest global buffer in the box that holds what stays. */
  needOf(residency: Residency, box: Box): number {
    for (let place = box.low.globalBuffer; place < box.high.globalBuffer; place++)
      if (statesOf(nth(this.problems, place), residency)) return place;
    return box.high.globalBuffer;
  }

  floor(weights: Weights): number {
    return this.of(this.nothing, weights, this.boxes.whole).sum;
  }

  of(minima: Minima, weights: Weights, box: Box): ComposedSchedule {
    const place = this.roomIn(box);
    const known = this.made.get(minima) ?? new Map<string, ComposedSchedule>();
    this.made.set(minima, known);
    const key = `${weights.energy} ${weights.cycles} ${place}`;
    const made = known.get(key) ?? this.cheapest(minima, weights, place);
    known.set(key, made);
    return made;
  }

  /** What a variant costs at least: by what is known of it, and of the same with fewer banks taken. */
  floorOf(minima: Minima, weights: Weights, variant: number): number {
    const first = variant - this.variants.takenIn(variant);
    const plain = nth(minima, first);
    let floor = plain.length > 0 ? minBetween(plain, weights) : this.boxes.floor(first, weights);
    for (let v = first + 1; v <= variant; v++) floor = Math.max(floor, minBetween(nth(minima, v), weights));
    return floor;
  }

  private trellisAt(place: number): Trellis {
    const { steps, problems, trellises } = this;
    return (trellises[place] ??= trellisOf(routesOf(nth(problems, place), noDetours), new Map(), (state) =>
      hasRoom({ roles: nth(steps.roles, state.step) }, state),
    ));
  }

  private variantAt(place: number): (move: Move) => number {
    const { steps, variants, problems } = this;
    const { banks } = nth(problems, place);
    return ({ state: { step, kept, free } }) => {
      const roles = nth(steps.roles, step).filter((_, i) => kept[i]);
      return variants.of(nth(steps.layers, step), roles, banks - free);
    };
  }

  waysIn(box: Box): WaysInBox {
    const place = this.roomIn(box);
    return {
      trellis: this.trellisAt(place),
      variantOf: this.variantAt(place),
      residencyOf: (way) => scheduleOn(nth(this.problems, place), way).residency,
    };
  }

  /** With what is known of variants with fewer banks taken said of these. */
  inherited(minima: Minima, weights: Weights, variants: Iterable<number>): Minima {
    const now = [...minima];
    for (const variant of variants) {
      if (this.variants.takenIn(variant) === 0) continue;
      const own = nth(minima, variant);
      const known = own.find((m) => isSame(m.weights, weights));
      const min = this.floorOf(minima, weights, variant);
      if (known && known.min >= min) continue;
      now[variant] = [...own.filter((m) => m !== known), { weights, min, item: undefined }];
    }
    return now;
  }

  private cheapest(minima: Minima, weights: Weights, place: number): ComposedSchedule {
    const variantOf = this.variantAt(place);
    const floors = new Map<number, number>();
    const costOf = (move: Move): number => {
      const variant = variantOf(move);
      const floor = floors.get(variant) ?? this.floorOf(minima, weights, variant);
      floors.set(variant, floor);
      return floor;
    };
    const found = cheapestWay(this.trellisAt(place), costOf);
    if (!found) return none;
    const own = found.moves.map(variantOf);
    const times = new Map<number, number>();
    for (const variant of own) times.set(variant, (times.get(variant) ?? 0) + 1);
    const { residency } = scheduleOn(nth(this.problems, place), found.moves);
    return {
      layers: [...times].map(([layer, n]) => ({ layer, times: n })),
      sum: found.cost,
      residency,
      steps: own,
    };
  }
}
