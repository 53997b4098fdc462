// The best schedule of a network on one machine: the minimum over residencies and mappings of all steps, then whether its
// images can lie side by side; where they cannot, residencies without one of them, the most promising first.

import { Frontier } from '../../base/frontier.js';
import { invariant } from '../../base/diagnostics.js';
import { defined, nth } from '../../base/invariant.js';
import type { StopReason } from '../../base/stop-reason.js';
import { timeLimit } from '../../base/stop-reason.js';
import type { Totals } from '../../milp/master/master.js';
import { valueOf } from '../../milp/master/master.js';
import type { Residency, ResidencyProblem } from '../../milp/schedule/residency.js';
import type { Stretch } from '../../milp/schedule/routes.js';
import { leastOver, problemOf } from '../../milp/schedule/routes.js';
import type { Chosen, Patience } from '../network/network-question.js';
import { totalsOfChosen } from '../network/network-question.js';
import type { Floor, PricesKnown } from '../network/price-walk.js';
import { walkPrices } from '../network/price-walk.js';
import { SupportedTotals } from '../network/supported-totals.js';
import type { PricedSchedule } from './cheapest-schedule.js';
import { cheapestOrEnough, cheapestSchedule } from './cheapest-schedule.js';
import { objectiveOf } from '../network/map-whole.js';
import type { ScheduleObjective, ScheduleQuestion } from './schedule-question.js';
import type { ScheduleLimits } from './schedule-within.js';
import { scheduleWithin } from './schedule-within.js';
import { routesIn, stepFloor } from './schedule-question.js';

export interface Schedule<Places> {
  /** A step each, in their order: the layer with what stays around it, and its mapping. */
  readonly chosen: Chosen;
  /** Its steps as they stand, of which stretches; the problem of the question where there is no other route. */
  readonly problem: ResidencyProblem;
  readonly route: readonly Stretch[];
  /** Of the tensors of its problem. */
  readonly residency: Residency;
  readonly places: Places;
  readonly value: number;
}

export type ScheduleAnswer<Places> =
  /** `bound`: no schedule costs less. */
  | {
      readonly status: 'found';
      readonly schedule: Schedule<Places>;
      readonly bound: number;
      /** By which lines lie below all schedules, wherever their images lie. */
      readonly prices: readonly Totals[];
    }
  /** A step has no mapping, or no schedule keeps the limits. */
  | { readonly status: 'none' }
  | { readonly status: 'unknown'; readonly reason: StopReason; readonly bound: number };

/**
 * Where images and tiles of a schedule lie. 'images' where the images alone cannot lie side by side; 'tiles' where that is not
 * so or not settled, and the tiles of these mappings found no place beside them.
 */
export type PlaceSchedule<Places> = (
  residency: Residency,
  chosen: Chosen,
  problem: ResidencyProblem,
) => { readonly places: Places } | 'images' | 'tiles';

interface Node {
  readonly fixed: ReadonlyMap<number, boolean>;
  readonly bound: number;
}

/**
 * A sum of the totals, or energy x cycles of them; within limits on the totals. What was found among fewer schedules of the same runs
 * says which prices are asked for first, by which much is known.
 */
export async function scheduleNetwork<Places>(
  question: ScheduleQuestion,
  objective: ScheduleObjective,
  place: PlaceSchedule<Places>,
  patience: Patience,
  limits: ScheduleLimits = {},
  among?: ScheduleAnswer<Places>,
): Promise<ScheduleAnswer<Places>> {
  const routes = routesIn(question);
  const nodes = new Frontier<Node>();
  nodes.push({ fixed: new Map(), bound: 0 });
  let best: Schedule<Places> | undefined;
  /** Of residencies that were left without looking at all their mappings. */
  let left = Infinity;
  let prices: readonly Totals[] = [];
  let known = among?.status === 'found' ? pricesKnown(among.schedule.chosen, among.prices) : undefined;
  for (;;) {
    const node = nodes.pop();
    if (!node || node.bound >= (best?.value ?? Infinity))
      return best ? { status: 'found', schedule: best, bound: Math.min(best.value, left), prices } : { status: 'none' };
    const found = await minimum(question, objective, limits, node.fixed, patience, known);
    if (!found)
      return best
        ? { status: 'found', schedule: best, bound: Math.min(node.bound, left), prices }
        : { status: 'unknown', reason: timeLimit, bound: node.bound };
    if (found !== 'none' && node.fixed.size === 0) prices = found.prices;
    if (found !== 'none') known = pricesKnown(found.chosen, found.prices);
    if (found === 'none' || found.value >= (best?.value ?? Infinity)) continue;
    const { residency: all, route, chosen, value } = found;
    const { problem, tensors } = problemOf(routes, route);
    const residency = tensors.map((t) => nth(all, t));
    const placed = place(residency, chosen, problem);
    if (typeof placed !== 'string') {
      best = { problem, route, residency, chosen, places: placed.places, value };
      continue;
    }
    // Another route keeps the same tensors for another time.
    if (placed === 'tiles' || question.detours) left = Math.min(left, found.bound);
    for (const fixed of without(all, node.fixed)) nodes.push({ fixed, bound: found.bound });
  }
}

/** What a schedule and the prices that it was found by say of where to look next. */
function pricesKnown(chosen: Chosen, prices: readonly Totals[]): PricesKnown {
  const { energy, cycles } = totalsOfChosen(chosen);
  return {
    near: energy / cycles,
    asked: prices.flatMap((p) => (p.energy > 0 && p.cycles > 0 ? [p.cycles / p.energy] : [])),
  };
}

/** Every residency within what is fixed but those that keep all that this one keeps: they lack one of its tensors. */
function without(residency: Residency, fixed: ReadonlyMap<number, boolean>): readonly ReadonlyMap<number, boolean>[] {
  const staying = residency.flatMap((stays, t) => (stays && !fixed.has(t) ? [t] : []));
  return staying.map((t, i) => new Map([...fixed, ...staying.slice(0, i).map((s) => [s, true] as const), [t, false]]));
}

/** What all steps take at least. */
function floorOf(question: ScheduleQuestion): Floor {
  const routes = routesIn(question);
  const least = (of: keyof Floor) => leastOver(routes, (step) => stepFloor(question, step)[of]);
  return { energy: least('energy'), cycles: least('cycles') };
}

interface Minimum {
  readonly route: readonly Stretch[];
  readonly residency: Residency;
  readonly chosen: Chosen;
  readonly value: number;
  readonly bound: number;
  readonly prices: readonly Totals[];
}

async function minimum(
  question: ScheduleQuestion,
  objective: ScheduleObjective,
  limits: ScheduleLimits,
  fixed: ReadonlyMap<number, boolean>,
  patience: Patience,
  known: PricesKnown | undefined,
): Promise<Minimum | 'none' | undefined> {
  if (Object.keys(limits).length > 0)
    return scheduleWithin(question, { objective, limits, floor: floorOf(question) }, fixed, patience);
  const weights = objectiveOf[objective];
  if (weights !== 'product') {
    const found = await cheapestSchedule(question, weights, patience, fixed);
    if (!found || found === 'none') return found;
    const value = valueOf(weights, totalsOfChosen(found.chosen));
    return { ...found, value, bound: Math.min(value, found.sum), prices: [weights] };
  }
  const schedules = new Map<Chosen, PricedSchedule>();
  const prices: Totals[] = [];
  const totals = new SupportedTotals(
    async (weights, isEnough) => {
      prices.push(weights);
      const found = await cheapestOrEnough(question, weights, patience, fixed, isEnough);
      if (found && found !== 'none' && found.chosen) schedules.set(found.chosen, found);
      return found;
    },
    { limits: {} },
  );
  const walked = await walkPrices(totals, floorOf(question), known);
  if (!walked || walked === 'none') return walked;
  const { chosen, value } = defined(totals.best);
  invariant(
    !walked.stretches.some((s) => totals.mayHave(s)),
    'without limits the least product is at a supported total',
  );
  const { route, residency } = defined(schedules.get(chosen));
  return { route, residency, chosen, value, bound: totals.bounded(walked.stretches), prices };
}
