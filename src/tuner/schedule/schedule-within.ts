// The best schedule within limits on the totals of the network, exactly.
//
// Prices give totals that they support, and lines below all totals; the stretch of cycles in which lines and limits leave the least is
// looked at first: between two supported totals the line through both is asked for, beyond the last a steeper or flatter one. Within
// limits the best need not be supported: where the line through both ends is known, all schedules in the band above it that could be
// better are looked at.

import { nth } from '../../base/invariant.js';
import type { MasterLimits, Totals } from '../../milp/master/master.js';
import { keepsLimits, valueOf } from '../../milp/master/master.js';
import type { Residency } from '../../milp/schedule/residency.js';
import type { Stretch as Way } from '../../milp/schedule/routes.js';
import type { Line } from '../network/lines.js';
import { leastOver, reach } from '../network/lines.js';
import { objectiveOf } from '../network/map-whole.js';
import type { Chosen, Patience } from '../network/network-question.js';
import { totalsOfChosen } from '../network/network-question.js';
import type { Floor } from '../network/price-walk.js';
import { cheapestSchedule } from './cheapest-schedule.js';
import type { ScheduleObjective, ScheduleQuestion } from './schedule-question.js';
import { schedulesInBand } from './schedules-in-band.js';

/** What is best, and what no schedule within the limits costs less than. */
export interface BestWithin {
  readonly route: readonly Way[];
  /** Of all tensors, those of other routes too. */
  readonly residency: Residency;
  readonly chosen: Chosen;
  readonly value: number;
  readonly bound: number;
  /** By which lines lie below all schedules. */
  readonly prices: readonly Totals[];
}

/** On energy, cycles and energy x cycles of the totals. */
export type ScheduleLimits = Pick<MasterLimits, 'energy' | 'cycles' | 'product'>;

interface Point {
  readonly energy: number;
  readonly cycles: number;
  /** What a cycle costs in energy where it is supported; +Infinity of the quickest. */
  readonly price: number;
}

interface Stretch {
  readonly from: number;
  readonly upTo: number;
  readonly left: Point | undefined;
  readonly right: Point | undefined;
  /** Nothing lies below it between the ends. */
  readonly line: Line | undefined;
}

/** Sums of doubles, and of the same numbers in another order. */
const slack = 1e-11;
/** From one end of what is known to the next price. */
const step = 16;
/** Prices beyond these are those of energy alone, and of cycles alone. */
const farthest = 16 ** 3;

/** 'none' where no schedule keeps the limits, undefined where the time was over. */
export async function scheduleWithin(
  question: ScheduleQuestion,
  { objective, limits, floor }: { objective: ScheduleObjective; limits: ScheduleLimits; floor: Floor },
  fixed: ReadonlyMap<number, boolean>,
  patience: Patience,
): Promise<BestWithin | 'none' | undefined> {
  const lines: Line[] = [];
  let best: Omit<BestWithin, 'bound' | 'prices'> | undefined;
  const keep = ({ route, residency, chosen }: Pick<BestWithin, 'route' | 'residency' | 'chosen'>) => {
    const totals = totalsOfChosen(chosen);
    const value = valueOf(objectiveOf[objective], totals);
    if (keepsLimits(totals, limits) && value < (best?.value ?? Infinity)) best = { route, residency, chosen, value };
  };
  const ask = async (price: number): Promise<Point | 'none' | undefined> => {
    const weights: Totals =
      price === Infinity ? { energy: 0, cycles: 1, both: 0 } : { energy: 1, cycles: price, both: 0 };
    const found = await cheapestSchedule(question, weights, patience, fixed);
    if (!found || found === 'none') return found;
    lines.push({ weights, sum: found.sum * (1 - slack), min: found.min });
    keep(found);
    const { energy, cycles } = totalsOfChosen(found.chosen);
    return { energy, cycles, price };
  };
  /** No schedule with cycles of the stretch, within the limits, has less. */
  const boundOf = ({ from, upTo }: Pick<Stretch, 'from' | 'upTo'>): number => {
    const [first, last] = reach(lines, limits, { from, upTo });
    if (first > last) return Infinity;
    const end = Math.min(last, Number.MAX_VALUE);
    const least = leastOver(lines, first, end);
    if (least.product > (limits.product ?? Infinity) * (1 + slack)) return Infinity;
    const bound = {
      energy: Math.max(floor.energy, leastOver(lines, end, end).energy),
      latency: first,
      edp: least.product,
    };
    return bound[objective] * (1 - slack);
  };

  const middle = await ask(floor.energy / Math.max(1, floor.cycles));
  if (!middle || middle === 'none') return middle;
  let stretches: readonly Stretch[] = [
    { from: 0, upTo: middle.cycles, left: undefined, right: middle, line: undefined },
    { from: middle.cycles, upTo: Infinity, left: middle, right: undefined, line: undefined },
  ];
  /** Least of what was given up: too much lies in its band. */
  let left = Infinity;
  for (;;) {
    const [next] = stretches.toSorted((a, b) => boundOf(a) - boundOf(b));
    const max = best?.value ?? Infinity;
    if (!next || boundOf(next) >= max * (1 - 4 * slack) || boundOf(next) === Infinity) break;
    const parts = await (next.left && next.right ? between(next, next.left, next.right) : beyond(next));
    if (!parts) return undefined;
    stretches = stretches.flatMap((s) => (s === next ? parts : [s]));
  }
  if (!best) return left < Infinity ? undefined : 'none';
  const bound = stretches.reduce((min, s) => Math.min(min, boundOf(s)), Math.min(best.value, left));
  return { ...best, bound, prices: lines.map((line) => line.weights) };

  /** An end of what is known: the next price, until there is none. */
  async function beyond(stretch: Stretch): Promise<readonly Stretch[] | undefined> {
    const { left: last, right: first } = stretch;
    const price = last ? lower(last.price) : higher(first?.price ?? 0);
    const point = await ask(price);
    if (!point || point === 'none') return undefined;
    const isEnd = price === 0 || price === Infinity;
    if (last) {
      const inner = { ...stretch, upTo: point.cycles, right: point };
      const outer = { ...stretch, from: point.cycles, left: point };
      return [...(point.cycles > last.cycles ? [inner] : []), ...(isEnd ? [] : [outer])];
    }
    const inner = { ...stretch, from: point.cycles, left: point };
    const outer = { ...stretch, upTo: point.cycles, right: point };
    return [...(first && point.cycles < first.cycles ? [inner] : []), ...(isEnd ? [] : [outer])];
  }

  async function between(stretch: Stretch, a: Point, b: Point): Promise<readonly Stretch[] | undefined> {
    if (stretch.line) return overBand(stretch, stretch.line);
    const price = (a.energy - b.energy) / (b.cycles - a.cycles);
    const through = a.energy + price * a.cycles;
    const point = await ask(price);
    if (!point || point === 'none') return undefined;
    const isBelow = point.energy + price * point.cycles < through * (1 - slack);
    return isBelow && point.cycles > a.cycles && point.cycles < b.cycles
      ? [
          { ...stretch, upTo: point.cycles, right: point },
          { ...stretch, from: point.cycles, left: point },
        ]
      : [{ ...stretch, line: nth(lines, lines.length - 1) }];
  }

  /** All schedules of a stretch that could be better than the best: nothing is left of it. */
  async function overBand(stretch: Stretch, { weights }: Line): Promise<readonly Stretch[] | undefined> {
    const max = best?.value ?? Infinity;
    const [from, last] = reach(lines, limits, stretch);
    const upTo = objective === 'latency' ? Math.min(last, max) : last;
    const mostEnergy = Math.min(limits.energy ?? Infinity, objective === 'energy' ? max : Infinity);
    const mostProduct = Math.min(limits.product ?? Infinity, objective === 'edp' ? max : Infinity);
    // Up to where both meet the most energy is of interest, behind it the most product, which is convex over cycles: what is of
    // interest lies farthest above the line there, or at one of the ends.
    const meeting = Math.min(Math.max(from, mostProduct / mostEnergy), upTo);
    const ends = Number.isNaN(meeting) ? [from, upTo] : [from, meeting, upTo];
    const highest = Math.max(
      ...ends.map((t) => weights.energy * Math.min(mostEnergy, mostProduct / t) + weights.cycles * t),
    );
    const found =
      highest < Infinity ? await schedulesInBand(question, { weights, max: highest }, fixed, patience) : 'too-many';
    if (!found) return undefined;
    if (found === 'too-many') left = Math.min(left, boundOf(stretch));
    else found.forEach(keep);
    return [];
  }
}

const lower = (price: number): number => (price < 1 / farthest ? 0 : price / step);
const higher = (price: number): number => (price > farthest ? Infinity : price * step);
