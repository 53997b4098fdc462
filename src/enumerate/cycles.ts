// Cycles of two nests of tiles in closed form: what the steps of `model/cost/tile-cycles.ts` add up to, whatever the order of loops.
//
// Of a nest only this matters: how many tiles it has, and which class of loops stands innermost, with how many steps to a
// run. Of two tiles that follow each other the second is in the same run, or begins another. Loops of one class spare one
// tensor alone, so no other tensor is kept from step to step. docs/formulation.md derives it (Cycles).

import type { ShapeCosts } from './item-costs.js';

/** A nest of tiles; loops of the class that stands innermost are all innermost. */
interface Nest {
  readonly tiles: number;
  /** How many runs of the innermost class there are; as many as tiles where it has no loops. */
  readonly runs: number;
  /** Whether a step that goes on with a run keeps the inputs, the weights, the sums that are there. */
  readonly keepsI: boolean;
  readonly keepsW: boolean;
  readonly keepsO: boolean;
}

/** Beats of one run of each engine. */
interface Beats {
  readonly compute: number;
  readonly loadI: number;
  readonly loadW: number;
  readonly drain: number;
  readonly fill: number;
  readonly spill: number;
}

/**
 * `keeps` of the outer nest are what it keeps for the inner one, whose first step brings inputs and weights in, and whose
 * last step drains: all loops of the inner nest are of that class too. What it keeps of the global buffer's inputs does
 * not depend on these: `keepsFill`.
 */
export function cyclesOfTiles(
  c: Pick<ShapeCosts, 'step' | 'latency'>,
  b: Beats,
  inner: Nest,
  outer: Nest,
  keepsFill: boolean,
): number {
  const h = c.step,
    l = c.latency;
  const compute = b.compute + l.compute,
    drain = b.drain + l.drain;
  const loadI = b.loadI + l.load_i,
    loadW = b.loadW + l.load_w,
    load = Math.max(loadI, loadW);
  const within = innerSteps(
    inner,
    compute,
    inner.keepsI ? loadW : inner.keepsW ? loadI : load,
    load,
    inner.keepsO ? 0 : drain,
    drain,
    h,
  );

  const fill = b.fill + l.fill,
    spill = b.spill + l.spill;
  const { tiles, runs } = outer;
  // First fill, last spill, and their steps.
  const ends = fill + spill + 2 * h;
  const around = within + 2 * h;
  const anew = around + load + drain;
  if (tiles === 1) return ends + anew + h;
  // What the first step of the inner nest loads, and its last one drains, where the outer nest goes on with a run.
  const loadOn = outer.keepsI ? loadW : outer.keepsW ? loadI : load,
    drainOn = outer.keepsO ? 0 : drain;
  const fillOn = keepsFill ? 0 : fill,
    spillOn = outer.keepsO ? 0 : spill;
  const begins = around + load + drainOn,
    goesOn = around + loadOn + drainOn,
    finishes = around + loadOn + drain;
  return (
    ends +
    Math.max(fillOn, begins) +
    h +
    (tiles - 2 * runs) * (Math.max(fillOn, goesOn, spillOn) + h) +
    (runs - 1) * (Math.max(fill, finishes, spillOn) + Math.max(fillOn, begins, spill) + 2 * h) +
    Math.max(finishes, spillOn) +
    h
  );
}

/** All steps of the inner nest but the first, which only loads, and the last, which only drains. */
function innerSteps(
  { tiles, runs }: Nest,
  compute: number,
  loadOn: number,
  load: number,
  drainOn: number,
  drain: number,
  h: number,
): number {
  if (tiles === 1) return compute + h;
  return (
    Math.max(loadOn, compute) +
    h +
    (tiles - 2 * runs) * (Math.max(loadOn, compute, drainOn) + h) +
    (runs - 1) * (Math.max(load, compute, drainOn) + Math.max(loadOn, compute, drain) + 2 * h) +
    Math.max(compute, drainOn) +
    h
  );
}
