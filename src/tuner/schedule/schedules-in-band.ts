// All schedules that cost no more than so much by some prices, but for those that another of them undercuts in energy and in cycles.
//
// A way through the residencies is in the band only where the least that the steps before it and behind it cost leaves room for it;
// of the mappings of a step only those are asked for that this room allows. Then totals are added up step by step: of those that end
// in the same tensors kept only the ones stay that no other undercuts, and that may still end in the band.

import { nth } from '../../base/invariant.js';
import { Staircase } from '../../base/staircase.js';
import type { Totals } from '../../milp/master/master.js';
import type { Residency } from '../../milp/schedule/residency.js';
import type { Move } from '../../milp/schedule/trellis.js';
import { cheapestWays, residencyOf, trellisOf } from '../../milp/schedule/trellis.js';
import type { Found } from '../../search/strategy.js';
import type { Chosen, Patience } from '../network/network-question.js';
import { asWeights } from '../network/network-question.js';
import type { ScheduleQuestion } from './schedule-question.js';
import { hasRoom, layerIn } from './schedule-question.js';
import { StepMinima } from './step-minima.js';

export interface BandedSchedule {
  readonly energy: number;
  readonly cycles: number;
  readonly residency: Residency;
  readonly chosen: Chosen;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-9;
/** Totals that are kept in mind at a step. */
const maxTotals = 200_000;

/** The totals of steps so far, and how they came about. */
interface Way {
  readonly energy: number;
  readonly cycles: number;
  readonly move: Move | undefined;
  readonly found: Found | undefined;
  readonly before: Way | undefined;
}

/** From the quickest on. 'too-many' where there are more than can be kept in mind, undefined where the time was over. */
export async function schedulesInBand(
  question: ScheduleQuestion,
  { weights, max }: { readonly weights: Totals; readonly max: number },
  fixed: ReadonlyMap<number, boolean>,
  patience: Patience,
): Promise<readonly BandedSchedule[] | 'too-many' | undefined> {
  const { problem, steps, columns } = question;
  const prices = asWeights(weights);
  const trellis = trellisOf(problem, fixed, (state) => hasRoom(nth(steps, state.step), state));
  const minima = new StepMinima(question, prices, patience);
  const floorOf = ({ state }: Move) => minima.floor(state);
  const widest = max + slack * Math.abs(max);
  /** What each move may cost, where any way that has it is in the band. */
  let rooms: readonly { readonly move: Move; readonly room: number }[];
  let behind: readonly Float64Array[];
  for (;;) {
    const ways = cheapestWays(trellis, floorOf);
    const { before } = ways;
    behind = ways.behind;
    rooms = trellis.moves.flatMap((own, step) =>
      own.flatMap((move) => {
        const room = widest - nth(nth(before, step), move.from) - nth(nth(ways.behind, step + 1), move.to);
        return floorOf(move) <= room ? [{ move, room }] : [];
      }),
    );
    const open = rooms.filter(({ move }) => !minima.isExact(move.state));
    if (open.length === 0) break;
    if (!(await minima.settle(open.map(({ move }) => move.state)))) return undefined;
  }
  const widestRooms = new Map<string, { readonly move: Move; readonly room: number }>();
  for (const own of rooms) {
    const { step, kept, free } = own.move.state;
    const key = `${step} ${kept.join()} ${free}`;
    if (own.room > (widestRooms.get(key)?.room ?? -Infinity)) widestRooms.set(key, own);
  }
  const whole = await Promise.all(
    [...widestRooms.values()].map(({ move, room }) =>
      columns(layerIn(question, move.state)).within(prices, room, patience.left()),
    ),
  );
  if (whole.includes(false) || patience.over()) return undefined;

  const allowed = new Set(rooms.map(({ move }) => move));
  let ways = new Map<number, readonly Way[]>([
    [0, [{ energy: 0, cycles: 0, move: undefined, found: undefined, before: undefined }]],
  ]);
  for (const [step, own] of trellis.moves.entries()) {
    const next = new Map<number, Staircase<Way>>();
    for (const move of own.filter((m) => allowed.has(m))) {
      const room = widest - nth(nth(behind, step + 1), move.to);
      const into = next.get(move.to) ?? new Staircase<Way>();
      next.set(move.to, into);
      const found = columns(layerIn(question, move.state)).columns;
      for (const way of ways.get(move.from) ?? [])
        for (const column of found) {
          const energy = way.energy + column.evaluation.energy;
          const cycles = way.cycles + column.evaluation.cycles;
          if (weights.energy * energy + weights.cycles * cycles > room) continue;
          into.add(cycles, energy, { energy, cycles, move, found: column, before: way });
        }
    }
    ways = new Map([...next].map(([to, stairs]) => [to, stairs.items]));
    if ([...ways.values()].reduce((n, all) => n + all.length, 0) > maxTotals) return 'too-many';
  }
  // Tensors do not outlive the last step: one point is left.
  return (ways.get(0) ?? []).map((way) => scheduleOf(question, way));
}

function scheduleOf(question: ScheduleQuestion, end: Way): BandedSchedule {
  const way: { readonly move: Move; readonly found: Found }[] = [];
  for (let at: Way | undefined = end; at; at = at.before)
    if (at.move && at.found) way.unshift({ move: at.move, found: at.found });
  return {
    energy: end.energy,
    cycles: end.cycles,
    residency: residencyOf(
      question.problem,
      way.map(({ move }) => move),
    ),
    chosen: way.map(({ move, found }) => ({ layer: layerIn(question, move.state), count: 1, found })),
  };
}
