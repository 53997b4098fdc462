// All schedules that cost no more than so much by some prices, but for those that another of them undercuts in energy and in cycles.
//
// Steps are settled until all that the band has room for is; of their mappings only those are asked for that this room allows.

import type { Totals } from '../../milp/master/master.js';
import type { Residency } from '../../milp/schedule/residency.js';
import type { Stretch } from '../../milp/schedule/routes.js';
import type { Move } from '../../milp/schedule/trellis.js';
import { scheduleOn } from '../../milp/schedule/trellis.js';
import type { Found } from '../../search/strategy.js';
import type { Chosen, Patience } from '../network/network-question.js';
import { asWeights } from '../network/network-question.js';
import type { ScheduleQuestion } from './schedule-question.js';
import { layerIn, routesIn } from './schedule-question.js';
import { StepMinima } from './step-minima.js';
import { stepVariants } from './step-variants.js';
import type { Way } from './ways-in-band.js';
import { bandOf, stepsOf, waysIn, widestRooms } from './ways-in-band.js';

export interface BandedSchedule {
  readonly energy: number;
  readonly cycles: number;
  readonly route: readonly Stretch[];
  /** Of all tensors, those of other routes too. */
  readonly residency: Residency;
  readonly chosen: Chosen;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-9;

/** From the quickest on. 'too-many' where there are more than can be kept in mind, undefined where the time was over. */
export async function schedulesInBand(
  question: ScheduleQuestion,
  { weights, max }: { readonly weights: Totals; readonly max: number },
  fixed: ReadonlyMap<number, boolean>,
  patience: Patience,
): Promise<readonly BandedSchedule[] | 'too-many' | undefined> {
  const { columns } = question;
  const prices = asWeights(weights);
  const trellis = stepVariants(question).trellis(fixed);
  const minima = new StepMinima(question, prices, patience);
  const widest = max + slack * Math.abs(max);
  const bandNow = () => bandOf(trellis, ({ state }) => minima.floor(state), widest);
  let band = bandNow();
  for (;;) {
    const open = band.rooms.filter(({ move }) => !minima.isExact(move.state));
    if (open.length === 0) break;
    const states = open.map(({ move }) => move.state);
    if (!minima.sharpen(states) && !(await minima.settle(states))) return undefined;
    band = bandNow();
  }
  const columnsAt = ({ state }: Move) => columns(layerIn(question, state));
  const rooms = widestRooms(band.rooms, ({ state: { step, kept, free } }) => `${step} ${kept.join()} ${free}`);
  const whole = await Promise.all(
    [...rooms.values()].map(({ move, room }) => columnsAt(move).within(prices, room, patience.left())),
  );
  if (whole.includes(false) || patience.over()) return undefined;
  const ways = waysIn(
    band,
    weights,
    (move) => columnsAt(move).columns,
    ({ evaluation }) => evaluation,
  );
  return ways === 'too-many' ? ways : ways.map((way) => scheduleOf(question, way));
}

function scheduleOf(question: ScheduleQuestion, way: Way<Found>): BandedSchedule {
  const steps = stepsOf(way);
  const moves = steps.map(({ move }) => move);
  return {
    energy: way.energy,
    cycles: way.cycles,
    ...scheduleOn(routesIn(question), moves),
    chosen: steps.map(({ move, column }) => ({ layer: layerIn(question, move.state), count: 1, found: column })),
  };
}
