// The steps of a layer one by one: which engine is at work in which cycles. What `cyclesOfSteps` sums by kind stands here in
// its order in time.

import type { Engine } from '../machine/architecture.js';
import type { Loop } from '../mapping/mapping.js';
import { stepAt, stepsBeyondTiles } from './nest-steps.js';
import { runsIn } from './tile-cycles.js';

/** An engine at work on one tile, without a break. */
export interface Lane {
  readonly engine: Engine;
  /** The tile that it works on, from 0, of its nest. */
  readonly tile: number;
  /** Cycles from the beginning of the outer step. */
  readonly begin: number;
  readonly cycles: number;
}

/** One step of the outer nest: what its engines do when. */
export interface OuterStep {
  /** Of the nest of DRAM and of the one inside: steps that there are. */
  readonly steps: { readonly outer: number; readonly inner: number };
  /** Cycles of this outer step. */
  readonly cycles: number;
  /** Cycles at which each of the inner steps that are told begins, and at which the last ends. */
  readonly marks: readonly number[];
  readonly lanes: readonly Lane[];
}

const tilesOf = (loops: readonly Loop[]): number => loops.reduce((n, l) => n * l.factor, 1);

export const stepsOfNests = (outer: readonly Loop[], inner: readonly Loop[]): OuterStep['steps'] => ({
  outer: tilesOf(outer) + stepsBeyondTiles,
  inner: tilesOf(inner) + stepsBeyondTiles,
});

/**
 * Step `number` of the outer nest; of its inner steps, `count` from `from` on are told. Loops innermost first and all above 1;
 * a run of an engine lasts so many cycles, and a step `step` more than its slowest engine.
 */
export function outerStep(
  outer: readonly Loop[],
  inner: readonly Loop[],
  lasts: (e: Engine) => number,
  step: number,
  { number, from, count }: { readonly number: number; readonly from: number; readonly count: number },
): OuterStep {
  const { inRun, filled, spilled, atFirst } = runsIn(outer, inner);
  const steps = stepsOfNests(outer, inner);
  const { enter, work, leave } = stepAt(
    outer.map((l) => l.factor),
    number,
  );
  const own: Lane[] = [];
  const put = (engine: Engine, tile: number, begin: number, isRun: boolean): number => {
    if (isRun) own.push({ engine, tile, begin, cycles: lasts(engine) });
    return isRun ? lasts(engine) : 0;
  };
  const filling = put('fill', number, 0, enter >= filled);
  const spilling = put('spill', number - 2, 0, leave >= spilled);
  const marks: number[] = [];
  let at = 0;
  const bounds = inner.map((l) => l.factor);
  for (let j = 0; work && j < steps.inner; j++) {
    const kind = stepAt(bounds, j);
    const isFirst = j === 0;
    const isLast = j === steps.inner - 1;
    const isTold = j >= from && j < from + count;
    if (isTold) marks.push(at);
    const before = own.length;
    const longest = Math.max(
      put('load_i', j, at, isFirst ? work.from >= atFirst.Inputs : kind.enter >= inRun.Inputs),
      put('load_w', j, at, isFirst ? work.from >= atFirst.Weights : kind.enter >= inRun.Weights),
      put('compute', j - 1, at, kind.work !== undefined),
      put('drain', j - 2, at, isLast ? work.to >= spilled : kind.leave >= inRun.Outputs),
    );
    if (!isTold) own.length = before;
    at += longest + step;
    if (isTold && (j === from + count - 1 || isLast)) marks.push(at);
  }
  return { steps, cycles: Math.max(filling, at, spilling) + step, marks, lanes: own };
}
