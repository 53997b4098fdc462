// The best of all schedules within limits in a box of machines, every step on a machine of its own: those in the band that prices
// leave are looked at, step by step.

import { got, nth } from '../../../base/invariant.js';
import type { BoxMinima, Minima } from '../../../enumerate/box-minima.js';
import { inAllRuns, isSame } from '../../../enumerate/box-minima.js';
import type { Box, Item, Weights } from '../../../enumerate/item.js';
import type { Master } from '../../../milp/master/master.js';
import { keepsLimits, valueOf } from '../../../milp/master/master.js';
import type { Move } from '../../../milp/schedule/trellis.js';
import type { Band, Way } from '../../schedule/ways-in-band.js';
import { bandOf, stepsOf, waysIn, widestRooms } from '../../schedule/ways-in-band.js';
import type { Unsettled } from '../walked-columns.js';
import type { PickedNetwork } from './picked-schedules.js';
import type { ScheduledLayers, WaysInBox } from './scheduled-layers.js';

/** A network in a box of machines. */
interface InBox extends Omit<Master, 'layers'> {
  readonly network: number;
  readonly boxes: BoxMinima;
  readonly layers: ScheduledLayers;
  readonly box: Box;
  readonly minima: Minima;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
const bandSlack = 1 + 1e-9;

/** None that costs more than `max` by the weights is of interest. `none`: there is none. Throws `Late`. */
export function bestInBox(of: InBox, weights: Weights, max: number, over: () => boolean): PickedNetwork | Unsettled {
  const { boxes, layers, box, objective, limits } = of;
  if (!Number.isFinite(max)) return 'too-many';
  const own = layers.waysIn(box);
  const { band, rooms } = settledBand(of, own, weights, max * bandSlack, over);
  const items = new Map(
    [...rooms].map(([variant, room]) => [variant, boxes.band(variant, box, weights, room * bandSlack, over)]),
  );
  const ways = waysIn(band, weights, (move) => got(items, own.variantOf(move)), inAllRuns);
  if (ways === 'too-many') return ways;
  let best: Way<Item> | undefined;
  let value = Infinity;
  for (const way of ways) {
    const totals = { energy: way.energy * (1 - slack), cycles: way.cycles, both: 0 };
    const cost = valueOf(objective, totals);
    if (cost < value && keepsLimits(totals, limits)) [best, value] = [way, cost];
  }
  return best ? { value, ...picked(best, of.network, own) } : 'none';
}

/** The moves that some schedule below `max` has, once what they cost at least is settled; with the widest room of each variant. */
function settledBand(
  { boxes, layers, box, minima }: InBox,
  { trellis, variantOf }: WaysInBox,
  weights: Weights,
  max: number,
  over: () => boolean,
): { readonly band: Band; readonly rooms: ReadonlyMap<number, number> } {
  let now = minima;
  const isOpen = (variant: number) => {
    const item = nth(now, variant).find((m) => isSame(m.weights, weights))?.item;
    return !item || !boxes.holds(box, item.places);
  };
  for (;;) {
    const floors = new Map<number, number>();
    const floorOf = (move: Move) => {
      const variant = variantOf(move);
      const floor = floors.get(variant) ?? layers.floorOf(now, weights, variant);
      floors.set(variant, floor);
      return floor;
    };
    const band = bandOf(trellis, floorOf, max);
    const rooms = new Map([...widestRooms(band.rooms, variantOf)].map(([variant, { room }]) => [variant, room]));
    const open = [...rooms].filter(([variant]) => isOpen(variant));
    if (open.length === 0) return { band, rooms };
    for (const [variant, room] of open) {
      now = layers.inherited(now, weights, [variant]);
      now = boxes.settled(box, now, [{ layer: variant, weights, times: 1 }], room * bandSlack, over).minima;
    }
  }
}

function picked(way: Way<Item>, network: number, { variantOf, residencyOf }: WaysInBox): Omit<PickedNetwork, 'value'> {
  const steps = stepsOf(way);
  const mapped = steps.map(({ move, column: item }) => ({ layer: variantOf(move), item }));
  type Mapped = (typeof mapped)[number];
  const isSame = (a: Mapped, b: Mapped) => a.layer === b.layer && a.item === b.item;
  const firsts = mapped.filter((m, i) => i === mapped.findIndex((n) => isSame(m, n)));
  const taken = mapped.map((m) => firsts.findIndex((n) => isSame(m, n)));
  return {
    picks: firsts.map((m, i) => ({ ...m, network, times: taken.filter((t) => t === i).length })),
    schedule: { residency: residencyOf(steps.map(({ move }) => move)), steps: taken },
  };
}
