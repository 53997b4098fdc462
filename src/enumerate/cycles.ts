// Cycles of two nests of tiles in closed form: what the steps of `model/cost/tile-cycles.ts` add up
// to, whatever the order of loops.
//
// Of a nest only this matters: how many tiles it has, and which class of loops stands innermost, with how many steps to
// a run. Of two tiles that follow each other the second is in the same run, or begins another. Loops of one class are irrelevant
// to one tensor alone, so no other tensor is kept from step to step. docs/formulation.md derives it (Cycles).

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
 * `keeps` of the outer nest are what it keeps for the inner one, whose first step brings inputs and weights in, and
 * whose last step drains: all loops of the inner nest are of that class too. What it keeps of the global buffer's
 * inputs does not depend on these: `keepsFill`.
 */
export function cyclesOfTiles(
  c: Pick<ShapeCosts, 'step' | 'latency'>,
  beats: Beats,
  inner: Nest,
  outer: Nest,
  keepsFill: boolean,
): number {
  const { step, latency } = c;
  const compute = beats.compute + latency.compute;
  const drain = beats.drain + latency.drain;
  const loadI = beats.loadI + latency.load_i;
  const loadW = beats.loadW + latency.load_w;
  const load = Math.max(loadI, loadW);
  const within = innerSteps(inner, step, {
    compute,
    load,
    loadOn: inner.keepsI ? loadW : inner.keepsW ? loadI : load,
    drain,
    drainOn: inner.keepsO ? 0 : drain,
  });

  const fill = beats.fill + latency.fill;
  const spill = beats.spill + latency.spill;
  const { tiles, runs } = outer;
  // First fill, last spill, and their steps.
  const ends = fill + spill + 2 * step;
  const around = within + 2 * step;
  const anew = around + load + drain;
  if (tiles === 1) return ends + anew + step;
  // What the first step of the inner nest loads, and its last one drains, where the outer nest goes on with a run.
  const loadOn = outer.keepsI ? loadW : outer.keepsW ? loadI : load;
  const drainOn = outer.keepsO ? 0 : drain;
  const fillOn = keepsFill ? 0 : fill;
  const spillOn = outer.keepsO ? 0 : spill;
  const begins = around + load + drainOn;
  const goesOn = around + loadOn + drainOn;
  const finishes = around + loadOn + drain;
  return (
    ends +
    Math.max(fillOn, begins) +
    step +
    (tiles - 2 * runs) * (Math.max(fillOn, goesOn, spillOn) + step) +
    (runs - 1) * (Math.max(fill, finishes, spillOn) + Math.max(fillOn, begins, spill) + 2 * step) +
    Math.max(finishes, spillOn) +
    step
  );
}

/** Cycles of the engines in a step of the inner nest that begins a run; of one that goes on with it (`On`). */
interface InnerStep {
  readonly compute: number;
  readonly load: number;
  readonly loadOn: number;
  readonly drain: number;
  readonly drainOn: number;
}

/** All steps of the inner nest but the first, which only loads, and the last, which only drains. */
function innerSteps({ tiles, runs }: Nest, step: number, { compute, load, loadOn, drain, drainOn }: InnerStep): number {
  if (tiles === 1) return compute + step;
  return (
    Math.max(loadOn, compute) +
    step +
    (tiles - 2 * runs) * (Math.max(loadOn, compute, drainOn) + step) +
    (runs - 1) * (Math.max(load, compute, drainOn) + Math.max(loadOn, compute, drain) + 2 * step) +
    Math.max(compute, drainOn) +
    step
  );
}
