// The schedule that costs least by some prices: dynamic programming over bounds of what steps cost, and the steps of its
// answer settled, until all of the answer is.
//
// A step costs no less with more banks taken from its tiles, so that what it costs with fewer is a bound; so is what other prices
// leave between them, and what the enumeration says at once. Only what an answer needs is asked for.

import { nth } from '../../base/invariant.js';
import type { Totals } from '../../milp/master/master.js';
import type { Residency } from '../../milp/schedule/residency.js';
import type { Stretch } from '../../milp/schedule/routes.js';
import type { Move } from '../../milp/schedule/trellis.js';
import { cheapestWay, scheduleOn } from '../../milp/schedule/trellis.js';
import type { Patience } from '../network/network-question.js';
import { asWeights } from '../network/network-question.js';
import type { Bounded, Supported } from '../network/supported-totals.js';
import type { ScheduleQuestion } from './schedule-question.js';
import { layerIn, routesIn } from './schedule-question.js';
import { StepMinima } from './step-minima.js';
import { stepVariants } from './step-variants.js';

export interface PricedSchedule extends Supported {
  readonly route: readonly Stretch[];
  /** Of all tensors, those of other routes too. */
  readonly residency: Residency;
  /** What it rests on: what steps cost at least by these prices. */
  readonly minima: StepMinima;
}

/** `fixed` says of some tensors whether they stay. 'none' where steps have no mappings; undefined where the time was over. */
export async function cheapestSchedule(
  question: ScheduleQuestion,
  weights: Totals,
  patience: Patience,
  fixed: ReadonlyMap<number, boolean>,
): Promise<PricedSchedule | 'none' | undefined> {
  const found = await cheapestOrEnough(question, weights, patience, fixed, () => false);
  if (!found || found === 'none' || found.chosen) return found;
  throw new Error('invariant: no bound is enough, and the search ended with one');
}

/** The same; or what every schedule costs at least, as soon as that is enough. */
export async function cheapestOrEnough(
  question: ScheduleQuestion,
  weights: Totals,
  patience: Patience,
  fixed: ReadonlyMap<number, boolean>,
  isEnough: (sum: number) => boolean,
): Promise<PricedSchedule | Bounded | 'none' | undefined> {
  const { columns } = question;
  const routes = routesIn(question);
  const prices = asWeights(weights);
  const minima = new StepMinima(question, prices, patience);
  const { trellis, variants, own, taken } = stepVariants(question).varied(fixed);
  const floors = variants.map((variant) => minima.byTaken(variant));
  const costOf = (_: Move, place: number) => nth(nth(floors, nth(own, place)), nth(taken, place));
  for (;;) {
    const found = cheapestWay(trellis, costOf);
    if (!found) return 'none';
    const states = found.moves.map(({ state }) => state);
    const open = states.filter((state) => !minima.isExact(state));
    if (open.length === 0) {
      const layers = states.map((state) => layerIn(question, state));
      return {
        ...scheduleOn(routes, found.moves),
        minima,
        chosen: layers.map((layer) => ({ layer, count: 1, found: columns(layer).bestBy(prices) })),
        sum: found.cost,
        min: states.map((state) => minima.floor(state)),
      };
    }
    if (isEnough(found.cost))
      return { chosen: undefined, sum: found.cost, min: states.map((state) => minima.floor(state)) };
    if (!minima.sharpen(open) && !(await minima.settle(open))) return undefined;
  }
}
