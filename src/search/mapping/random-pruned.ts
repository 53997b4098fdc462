// Random sampling with pruning, after the `random-pruned` mapper of Timeloop (Parashar et al., ISPASS 2019):
// factorisations at random, orders of loops only of those that fit, each order once.

import { nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import { seeded } from '../../base/random.js';
import { mappingRun } from './mapping-run.js';
import type { MappingRun } from './mapping-run.js';
import type { Point, Space } from './point.js';
import type { Strategy } from '../strategy.js';

/** Orders looked at of one factorisation, at most. */
const maxOrders = 4;
/**
 * Timeloop's victory condition: so many legal mappings in a row that are no better than the best of the round end it.
 */
const victory = 500;
/**
 * Timeloop's timeout: so many in a row that are not legal end a round too, and another arrangement may have its turn.
 */
const timeout = 250;

/** A round that has ended begins anew, from other numbers: time that is there is used. */
export const randomPruned: Strategy = {
  name: 'random-pruned',
  find(task, budget) {
    const run = mappingRun('random-pruned', task, budget);
    const seeds = seeded(budget.seed);
    for (let n = 0; run.left(); n++) round(run, seeded(seeds.below(2 ** 32)), nth(run.spaces, n % run.spaces.length));
    return Promise.resolve(run.answer());
  },
};

function round(run: MappingRun, chance: Random, arrangement: Space): void {
  let best = Infinity;
  let [since, illegal] = [0, 0];
  while (run.left() && since < victory && illegal < timeout) {
    const from = run.drawn(arrangement, chance);
    const drawn = from.random(chance);
    // What does not fit does not in any order: none is looked at.
    const fitting = from.cost.fault(drawn)?.kind === 'capacity' ? undefined : from.repaired(drawn, chance);
    if (!fitting) {
      illegal++;
      run.look(from, drawn);
      continue;
    }
    for (const point of orders(from, fitting, chance)) {
      if (!run.left()) return;
      const { cost } = run.look(from, point);
      illegal = cost < Infinity ? 0 : illegal + 1;
      since = cost < best ? 0 : since + (cost < Infinity ? 1 : 0);
      best = Math.min(best, cost);
    }
  }
}

/**
 * The point, then its factors in other orders: loops of one pass and loops in space have none that make a difference.
 */
function orders(from: Space, { factors, orders: own }: Point, chance: Random): readonly Point[] {
  const { temporal } = from.layout;
  const active = (order: readonly number[], s: number) => order.filter((d) => nth(nth(factors, d), s) > 1);
  const keyOf = (orders: Point['orders']) => temporal.map((s) => active(nth(orders, s), s)).join('/');
  const found = new Map([[keyOf(own), own]]);
  for (let i = 1; i < maxOrders; i++) {
    const shuffled = own.map((order, s) => (temporal.includes(s) ? chance.shuffle(order) : order));
    // Sums that leave where they must not are a matter of orders alone: put right, not thrown away.
    const mended = from.repaired({ factors, orders: shuffled }, chance);
    if (mended && mended.factors === factors) found.set(keyOf(mended.orders), mended.orders);
  }
  return [...found.values()].map((orders) => ({ factors, orders }));
}
