// The best choice among columns of a network's layers, as its search in a box takes them.

import { nth } from '../../base/invariant.js';
import type { Demand, LimitedLayer } from '../../enumerate/box-minima.js';
import { inAllRuns } from '../../enumerate/box-minima.js';
import type { Item } from '../../enumerate/item.js';
import type { Master } from '../../milp/master/master.js';
import { walk } from '../../milp/master/walk.js';

/** A mapping that a layer of a network takes. */
export interface Pick {
  readonly layer: number;
  readonly network: number;
  /** How often the network has it. */
  readonly times: number;
  readonly item: Item;
}

/** There is none; or too much to walk over. */
export type Unsettled = 'none' | 'too-many';

export type Walked = { readonly value: number; readonly picks: readonly Pick[] } | Unsettled;

/** Of one network within the limits, worth no more than `most`. */
export function walkedOver(
  { objective, limits }: Omit<Master, 'layers'>,
  layers: readonly LimitedLayer[],
  network: number,
  of: readonly (Demand & { readonly items: readonly Item[] })[],
  most: number,
  rounding: 'up' | 'down',
): Walked {
  const totals = of.map(({ items }) => items.map(inAllRuns));
  const isProduct = objective === 'product';
  const master: Master = {
    layers: of.map(({ layer, times }, i) => ({
      name: nth(layers, layer).layer.name,
      count: 1,
      times,
      energy: nth(totals, i).map((t) => t.energy),
      cycles: nth(totals, i).map((t) => t.cycles),
    })),
    objective,
    limits: isProduct && most < Infinity ? { ...limits, product: Math.min(most, limits.product ?? Infinity) } : limits,
  };
  const found = walk(master, rounding, !isProduct && most < Infinity ? [{ weights: objective, max: most }] : []);
  if (found.status !== 'optimal') return found.status;
  const picks = of.map(({ layer, times, items }, i) => {
    const taken = nth(found.picks, i).findIndex((n) => n > 0);
    return { layer, times, network, item: nth(items, taken) };
  });
  return { value: found.value, picks };
}
