// The schedule that costs least by some prices: dynamic programming over bounds of what steps cost, and the steps of its
// answer settled, until all of the answer is.
//
// A step costs no less with more banks taken from its tiles, so that what it costs with fewer is a bound. First every step is
// asked with none taken, for each choice of operands that stay; after that only what an answer needs.

import { nth } from '../../base/invariant.js';
import type { Totals } from '../../milp/master/master.js';
import type { Residency, StepState } from '../../milp/schedule/residency.js';
import type { Stretch } from '../../milp/schedule/routes.js';
import type { Move } from '../../milp/schedule/trellis.js';
import { cheapestWay, scheduleOn, trellisOf } from '../../milp/schedule/trellis.js';
import type { Patience } from '../network/network-question.js';
import { asWeights } from '../network/network-question.js';
import type { Supported } from '../network/supported-totals.js';
import type { ScheduleQuestion } from './schedule-question.js';
import { hasRoom, layerIn, routesIn } from './schedule-question.js';
import { StepMinima } from './step-minima.js';

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
  const { steps, columns } = question;
  const routes = routesIn(question);
  const prices = asWeights(weights);
  const minima = new StepMinima(question, prices, patience);
  const atFirst = routes.stretches.flatMap((stretch) =>
    stretch.steps.flatMap(({ step, operands }) =>
      choicesOf(operands, fixed).map((kept): StepState => ({ step, kept, free: routes.banks })),
    ),
  );
  if (!(await minima.settle(atFirst))) return undefined;
  const trellis = trellisOf(routes, fixed, (state) => hasRoom(nth(steps, state.step), state));
  const costOf = ({ state }: Move) => minima.floor(state);
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
    if (!(await minima.settle(open))) return undefined;
  }
}

function choicesOf(own: readonly number[], fixed: ReadonlyMap<number, boolean>): readonly (readonly boolean[])[] {
  return own.reduce<readonly (readonly boolean[])[]>(
    (all, t) => {
      const stays = fixed.get(t);
      const may = stays === undefined ? [false, true] : [stays];
      return all.flatMap((kept) => may.map((k) => [...kept, k]));
    },
    [[]],
  );
}
