// Every mapping of a small space, looked at one by one: all padded bounds, all factors, all orders that tell, all that
// levels may keep. What is best of them is the optimum.

import { timeLimit } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { measure } from '../../model/cost/goal.js';
import { countKeepings, keeping } from '../../model/machine/keeping.js';
import type { EveryPoint } from './every-point.js';
import { everyPoint } from './every-point.js';
import { layoutOf } from './point-layout.js';
import type { Space } from './point.js';
import { space } from './point.js';
import type { Value } from './quick-cost.js';
import { missed } from './quick-cost.js';
import type { Found, Strategy, Task } from '../strategy.js';
import { heuristicAnswer } from '../strategy.js';

/** Mappings that are looked at within a few seconds: with more of them other solvers are faster. */
export const fewMappings = 1e6;
/** Beyond this nobody looks at every mapping, who has not a day. */
export const maxMappings = 2e7;

type Asked = Pick<Task, 'architectures' | 'layer' | 'conventions' | 'goal' | 'padding'>;

/** How many mappings a task has; Infinity where there are more than `max` to look at. */
export interface SpaceSize {
  /** Factors, orders of loops and what levels keep, legal or not. */
  readonly mappings: number;
  /** Those that have to be looked at: of orders that make no difference one is. */
  readonly looks: number;
}

const boundless: SpaceSize = { mappings: Infinity, looks: Infinity };

export function sizeOfSpace(task: Asked, max: number): SpaceSize {
  let [mappings, looks] = [0, 0];
  for (const [i, a] of task.architectures.entries()) {
    const keepings = countKeepings(a);
    const own = pointsOf(task, i, a).extent((max - looks) / keepings);
    if (!own) return boundless;
    mappings += own.mappings * keepings;
    looks += own.points * keepings;
  }
  return { mappings, looks };
}

/** Slots and factors are the same whatever levels keep. */
const pointsOf = (task: Asked, arrangement: number, a: Architecture): EveryPoint =>
  everyPoint(layoutOf(task, arrangement, a));

export interface Looked {
  readonly best: Found | undefined;
  /** What it costs; Infinity. */
  readonly value: number;
  readonly looks: number;
  /** Whether all was seen, or what was seen is as good as it need be. */
  readonly whole: boolean;
}

/** How often the clock is asked: a choice of factors has some hundred orders at most. */
const betweenClocks = 256;

/** Looks until nothing is left, the time is over, or something costs no more than `enough`. */
export function lookAtAll(
  task: Asked,
  how: {
    readonly value?: Value;
    readonly over: () => boolean;
    readonly enough: number;
    readonly improved?: (value: number) => void;
  },
): Looked {
  let best: Found | undefined;
  let [value, min, looks, whole] = [Infinity, missed, 0, true];
  const costOf = how.value ?? ((of) => measure(task.goal.objective, of));
  const judge = (from: Space, point: Parameters<Space['judge']>[0]): void => {
    const found = from.judge(point);
    // The quick cost takes limits with a hair of room.
    if (!found) return;
    min = from.cost.of(point);
    const own = costOf(found.evaluation);
    if (own >= value) return;
    [best, value] = [found, own];
    how.improved?.(own);
  };
  for (const [i, a] of task.architectures.entries()) {
    const points = pointsOf(task, i, a);
    for (let n = 0; n < countKeepings(a) && whole && value > how.enough; n++) {
      const from = space(task, i, keeping(a, n), how.value);
      points.each((factors, orders) => {
        for (const chosen of choices(orders)) {
          if (looks++ % betweenClocks === 0 && how.over()) return (whole = false);
          const point = { factors, orders: chosen };
          const cost = from.cost.of(point);
          if (cost < min) {
            // The arrays of a visit are used again.
            judge(from, { factors: [...factors], orders: [...chosen] });
            if (value <= how.enough) return false;
          } else if (cost === Infinity && tooLarge(from, point)) {
            // In no order does a tile fit that does not in one.
            return true;
          }
        }
        return true;
      });
    }
  }
  return { best, value, looks, whole };
}

const tooLarge = ({ cost }: Space, point: Parameters<Space['judge']>[0]): boolean =>
  cost.fault(point)?.kind !== 'partial-sums';

/** One order for each slot, in all combinations; the array is used again. */
function* choices(orders: readonly (readonly (readonly number[])[])[]): Generator<readonly (readonly number[])[]> {
  const chosen = orders.map((own) => nth(own, 0));
  const at = orders.map(() => 0);
  for (;;) {
    yield [...chosen];
    let s = orders.length - 1;
    while (s >= 0 && nth(at, s) + 1 === nth(orders, s).length) {
      at[s] = 0;
      chosen[s] = nth(nth(orders, s), 0);
      s--;
    }
    if (s < 0) return;
    at[s] = nth(at, s) + 1;
    chosen[s] = nth(nth(orders, s), nth(at, s));
  }
}

/** How many mappings there are to look at, to people. */
const tooManyText = (max: number): string => `there are more than ${max.toLocaleString('en-US')} mappings to look at`;

/** The best of all mappings, where these are few enough; proven. */
export const exhaustive: Strategy = {
  name: 'exhaustive',
  find(task, budget) {
    const max = Math.min(maxMappings, budget.evaluations);
    if (sizeOfSpace(task, max).looks > max)
      return Promise.resolve({
        ...heuristicAnswer('exhaustive', undefined, 0),
        reason: { kind: 'unsuited', message: tooManyText(max) },
      });
    const end = budget.now() + budget.time * 1000;
    // Nothing costs less than nothing.
    const { best, value, looks, whole } = lookAtAll(task, {
      over: () => budget.now() >= end,
      enough: 0,
      improved: (v) => budget.progress?.(v, 0),
    });
    if (!whole) return Promise.resolve({ ...heuristicAnswer('exhaustive', best, looks), reason: timeLimit });
    return Promise.resolve({
      ...heuristicAnswer('exhaustive', best, looks),
      status: best ? 'optimal' : 'infeasible',
      bound: value,
      reason: undefined,
    });
  },
};
